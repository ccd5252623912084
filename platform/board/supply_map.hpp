// Which clock gates and power domains each block hangs on: one table.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/system/cmu_core.hpp"
#include "models/system/pmu_core.hpp"

namespace exysim::board {

/// A block has its clock while all of `bits` are set in the gate register, and power while all its domains
/// are on. `bits` of a SysMMU include its master's: without either it does not translate.
struct SupplyRule {
    std::string_view block;
    system::CmuCore::GateIp gate;
    uint32_t bits;
    uint32_t domains;  ///< a bit per system::Domain; 0: always powered
};

constexpr uint32_t bit(uint32_t n) { return 1U << n; }
constexpr uint32_t bit(system::Domain domain) { return 1U << static_cast<uint32_t>(domain); }

/// The TV domain's blocks need LCD0 too: it is their parent in Linux's device tree. Assumed: so on the chip.
constexpr uint32_t kCamDomain = bit(system::Domain::cam), kLcd0Domain = bit(system::Domain::lcd0),
                   kTvDomain = bit(system::Domain::tv) | kLcd0Domain, kMfcDomain = bit(system::Domain::mfc),
                   kLcd1Domain = bit(system::Domain::lcd1), kGpsDomain = bit(system::Domain::gps);
/// On the Exynos4412 the ISP has LCD1's place.
constexpr uint32_t kIspDomain = kLcd1Domain;

using Gate = system::CmuCore::GateIp;
// Sources: hardware page "System devices" sections 4 and 5; Linux 6.1's clk-exynos4 (gate bits) and
// exynos4.dtsi, exynos4210.dtsi (domains). Blocks without a row are always on: pin controllers, interrupt
// controllers, the clock and power controllers themselves, and the chip id, which has a gate but no clock in
// Linux's tree. The multi-core timer counts the crystal: its gate is that of its registers. Assumed: so it is
// with UARTs and I2C, which go on with what they have begun; watchdog and PWM stand still.
// clang-format off
constexpr SupplyRule kSupplies[] = {
    {"fimc0",        Gate::cam,   bit(0),          kCamDomain},
    {"fimc1",        Gate::cam,   bit(1),          kCamDomain},
    {"fimc2",        Gate::cam,   bit(2),          kCamDomain},
    {"fimc3",        Gate::cam,   bit(3),          kCamDomain},
    {"csis0",        Gate::cam,   bit(4),          kCamDomain},
    {"csis1",        Gate::cam,   bit(5),          kCamDomain},
    {"sysmmu_fimc0", Gate::cam,   bit(7) | bit(0),  kCamDomain},
    {"sysmmu_fimc1", Gate::cam,   bit(8) | bit(1),  kCamDomain},
    {"sysmmu_fimc2", Gate::cam,   bit(9) | bit(2),  kCamDomain},
    {"sysmmu_fimc3", Gate::cam,   bit(10) | bit(3), kCamDomain},
    {"sysmmu_jpeg",  Gate::cam,   bit(11) | bit(6), kCamDomain},
    {"vp",           Gate::tv,    bit(0),          kTvDomain},
    {"mixer0",       Gate::tv,    bit(1),          kTvDomain},
    {"sdo",          Gate::tv,    bit(2),          kTvDomain},
    {"hdmi",         Gate::tv,    bit(3),          kTvDomain},
    {"sysmmu_tv",    Gate::tv,    bit(4) | bit(1),  kTvDomain},
    {"fimd0",        Gate::lcd0,  bit(0),          kLcd0Domain},
    {"sysmmu_fimd0", Gate::lcd0,  bit(4) | bit(0),  kLcd0Domain},
    {"g2d",          Gate::image, bit(0),          kLcd0Domain},
    {"mdma1",        Gate::image, bit(2),          kLcd0Domain},
    {"sysmmu_g2d",   Gate::image, bit(3) | bit(0),  kLcd0Domain},
    {"sysmmu_rotator", Gate::image, bit(4) | bit(1), kLcd0Domain},
    {"sysmmu_mfc_l", Gate::mfc,   bit(1) | bit(0),  kMfcDomain},
    {"sysmmu_mfc_r", Gate::mfc,   bit(2) | bit(0),  kMfcDomain},
    {"sysmmu_fimd1", Gate::lcd1,  bit(4) | bit(0),  kLcd1Domain},
    {"sysmmu_pcie",  Gate::fsys,  bit(18) | bit(14), 0},
    {"sysmmu_gps",   Gate::gps,   bit(1) | bit(0),  kGpsDomain},
    {"sysmmu_mdma1", Gate::image, bit(5) | bit(2),  kLcd0Domain},
    {"pdma0",        Gate::fsys,  bit(0),          0},
    {"pdma1",        Gate::fsys,  bit(1),          0},
    {"uart0",        Gate::peril, bit(0),          0},
    {"uart1",        Gate::peril, bit(1),          0},
    {"uart2",        Gate::peril, bit(2),          0},
    {"uart3",        Gate::peril, bit(3),          0},
    {"i2c0",         Gate::peril, bit(6),          0},
    {"i2c1",         Gate::peril, bit(7),          0},
    {"i2c2",         Gate::peril, bit(8),          0},
    {"i2c3",         Gate::peril, bit(9),          0},
    {"i2c4",         Gate::peril, bit(10),         0},
    {"i2c5",         Gate::peril, bit(11),         0},
    {"i2c6",         Gate::peril, bit(12),         0},
    {"i2c7",         Gate::peril, bit(13),         0},
    {"i2c8",         Gate::peril, bit(14),         0},
    {"pwm",          Gate::peril, bit(24),         0},
    {"mct",          Gate::perir, bit(13),         0},
    {"wdt",          Gate::perir, bit(14),         0},
};
// clang-format on

/// What hangs elsewhere on the Exynos4412: its 2D engine on the memory controller's gates, in no domain; and
/// what is there alone.
constexpr SupplyRule kSupplies4412[] = {
    {"g2d", Gate::dmc, bit(23), 0},
    {"sysmmu_g2d", Gate::dmc, bit(24) | bit(23), 0},
    {"sysmmu_fimc_isp", Gate::isp0, bit(8) | bit(0), kIspDomain},
    {"sysmmu_fimc_drc", Gate::isp0, bit(9) | bit(1), kIspDomain},
    {"sysmmu_fimc_fd", Gate::isp0, bit(10) | bit(2), kIspDomain},
    {"fimc_lite0", Gate::isp0, bit(3), kIspDomain},
    {"fimc_lite1", Gate::isp0, bit(4), kIspDomain},
    {"sysmmu_fimc_lite0", Gate::isp0, bit(11) | bit(3), kIspDomain},
    {"sysmmu_fimc_lite1", Gate::isp0, bit(12) | bit(4), kIspDomain},
    {"sysmmu_fimc_mcuctl", Gate::isp1, bit(4), kIspDomain},
};

constexpr const SupplyRule* supply_rule(std::string_view block,
                                        system::Chip chip = system::Chip::exynos4210) {
    for (const SupplyRule& rule : kSupplies4412) {
        if (chip == system::Chip::exynos4412 && rule.block == block) return &rule;
    }
    for (const SupplyRule& rule : kSupplies) {
        if (rule.block == block) return &rule;
    }
    return nullptr;
}

}  // namespace exysim::board
