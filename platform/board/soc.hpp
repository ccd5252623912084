// What differs between the chips of the family, beside the places of their blocks.
// Source: hardware pages "CPU subsystem" sections 1, 7 and 11, "Memory map" sections 1 to 4; Linux 6.1's
// exynos4210.dtsi and exynos4412.dtsi.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/base/address.hpp"
#include "models/display/hdmi_core.hpp"
#include "models/system/chip.hpp"
#include "platform/board/memory_map.hpp"

namespace exysim::board {

struct Soc {
    std::string_view name;
    uint32_t cores;        ///< at most
    uint32_t midr, mpidr;  ///< core 0's; the others count up in MPIDR
    uint32_t gic_stride;   ///< a core's GIC registers lie this far behind its predecessor's
    uint32_t sysram_bytes;
    PhysAddr boot_word;         ///< where a secondary core finds its entry
    uint32_t boot_word_stride;  ///< 0: one word for all
    uint32_t combiner_groups;
    int local_timer_ppi;         ///< MCT local timers: PPI of every core, or -1: SPIs mct.l0, mct.l1
    CombinerLine global_timer1;  ///< MCT G1 where it is not an SPI: group 0 = it is one
    std::string_view compatible[2];
    std::string_view mct_compatible, pmu_compatible, clock_compatible, pinctrl_compatible;
    std::string_view fimc_compatible, mixer_compatible, hdmi_compatible, hdmi_phy_compatible;
    display::HdmiLayout hdmi;
    bool sdo;  ///< has an analogue TV encoder
    system::Chip chip;
};

// clang-format off
constexpr Soc kSocs[] = {
    {.name = "exynos4210", .cores = 2, .midr = 0x412F'C091, .mpidr = 0x8000'0900,
     .gic_stride = 0x8000, .sysram_bytes = 0x2'0000,
     .boot_word = PhysAddr{0x1002'0814}, .boot_word_stride = 0,  // INFORM5
     .combiner_groups = 16, .local_timer_ppi = -1, .global_timer1 = {},
     .compatible = {"samsung,smdkv310", "samsung,exynos4210"},
     .mct_compatible = "samsung,exynos4210-mct", .pmu_compatible = "samsung,exynos4210-pmu",
     .clock_compatible = "samsung,exynos4210-clock", .pinctrl_compatible = "samsung,exynos4210-pinctrl",
     .fimc_compatible = "samsung,exynos4210-fimc", .mixer_compatible = "samsung,exynos4210-mixer",
     .hdmi_compatible = "samsung,exynos4210-hdmi", .hdmi_phy_compatible = "samsung,exynos4210-hdmiphy",
     .hdmi = display::HdmiLayout::v1_3, .sdo = true,
     .chip = system::Chip::exynos4210},
    {.name = "exynos4412", .cores = 4, .midr = 0x413F'C090, .mpidr = 0x8000'0A00,
     .gic_stride = 0x4000, .sysram_bytes = 0x4'0000,
     .boot_word = PhysAddr{0x0202'0000}, .boot_word_stride = 4,
     .combiner_groups = 20, .local_timer_ppi = 12, .global_timer1 = {"mct.g1", 12, 5},
     .compatible = {"samsung,smdk4412", "samsung,exynos4412"},
     .mct_compatible = "samsung,exynos4412-mct", .pmu_compatible = "samsung,exynos4412-pmu",
     .clock_compatible = "samsung,exynos4412-clock", .pinctrl_compatible = "samsung,exynos4x12-pinctrl",
     .fimc_compatible = "samsung,exynos4212-fimc", .mixer_compatible = "samsung,exynos4212-mixer",
     .hdmi_compatible = "samsung,exynos4212-hdmi", .hdmi_phy_compatible = "samsung,exynos4212-hdmiphy",
     .hdmi = display::HdmiLayout::v1_4, .sdo = false,
     .chip = system::Chip::exynos4412},
};
// clang-format on

constexpr const Soc& soc_of(std::string_view name) {
    for (const Soc& soc : kSocs) {
        if (soc.name == name) return soc;
    }
    return kSocs[0];
}

/// The SPI a combiner group drives.
constexpr uint32_t combiner_spi(uint32_t group) {
    constexpr uint32_t kUpper[] = {107, 108, 48, 42};  // groups 16 to 19, Exynos4412 only
    return group < 16 ? group : kUpper[group - 16];
}

/// Performance-monitor interrupt of each core: bit 2 of these groups.
constexpr uint32_t kPmuGroups[] = {2, 3, 18, 19};
constexpr uint32_t kPmuBit = 2;

}  // namespace exysim::board
