// Where everything is, and which interrupt it raises: one screen each. What the Exynos4412 has elsewhere, or
// has besides, stands in a table of its own. Source: Linux 6.1's exynos4.dtsi and exynos4210.dtsi;
// Samsung's 3.0 kernel headers (map-exynos4.h, irqs-exynos4.h).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/base/address.hpp"
#include "models/system/chip.hpp"

namespace exysim::board {

/// One block's registers.
struct Block {
    std::string_view name;
    PhysRange range;
};

// clang-format off
constexpr Block kMemoryMap[] = {
    {"irom",            {PhysAddr{0x0000'0000}, 0x1'0000}},
    {"sysram",          {PhysAddr{0x0202'0000}, 0x2'0000}},
    {"gpio2",           {PhysAddr{0x0386'0000}, 0x1000}},
    {"chipid",          {PhysAddr{0x1000'0000}, 0x1000}},
    {"sysreg",          {PhysAddr{0x1001'0000}, 0x1000}},
    {"pmu",             {PhysAddr{0x1002'0000}, 0x4000}},
    {"cmu",             {PhysAddr{0x1003'0000}, 0x2'0000}},
    {"mct",             {PhysAddr{0x1005'0000}, 0x1000}},
    {"wdt",             {PhysAddr{0x1006'0000}, 0x1000}},
    {"combiner",        {PhysAddr{0x1044'0000}, 0x1000}},
    {"gic_cpu",         {PhysAddr{0x1048'0000}, 0x1'0000}},
    {"gic_dist",        {PhysAddr{0x1049'0000}, 0x1'0000}},
    {"scu",             {PhysAddr{0x1050'0000}, 0x2000}},
    {"l2c",             {PhysAddr{0x1050'2000}, 0x1000}},
    {"sysmmu_sss",      {PhysAddr{0x10A5'0000}, 0x1000}},
    {"gpio1",           {PhysAddr{0x1100'0000}, 0x1000}},
    {"gpio0",           {PhysAddr{0x1140'0000}, 0x1000}},
    {"fimc0",           {PhysAddr{0x1180'0000}, 0x1000}},
    {"fimc1",           {PhysAddr{0x1181'0000}, 0x1000}},
    {"fimc2",           {PhysAddr{0x1182'0000}, 0x1000}},
    {"fimc3",           {PhysAddr{0x1183'0000}, 0x1000}},
    {"csis0",           {PhysAddr{0x1188'0000}, 0x4000}},
    {"csis1",           {PhysAddr{0x1189'0000}, 0x4000}},
    {"sysmmu_fimc0",    {PhysAddr{0x11A2'0000}, 0x1000}},
    {"sysmmu_fimc1",    {PhysAddr{0x11A3'0000}, 0x1000}},
    {"sysmmu_fimc2",    {PhysAddr{0x11A4'0000}, 0x1000}},
    {"sysmmu_fimc3",    {PhysAddr{0x11A5'0000}, 0x1000}},
    {"sysmmu_jpeg",     {PhysAddr{0x11A6'0000}, 0x1000}},
    {"fimd0",           {PhysAddr{0x11C0'0000}, 0x2'0000}},
    {"sysmmu_fimd0",    {PhysAddr{0x11E2'0000}, 0x1000}},
    {"sysmmu_fimd1",    {PhysAddr{0x1222'0000}, 0x1000}},
    {"sysmmu_pcie",     {PhysAddr{0x1262'0000}, 0x1000}},
    {"pdma0",           {PhysAddr{0x1268'0000}, 0x1000}},
    {"pdma1",           {PhysAddr{0x1269'0000}, 0x1000}},
    {"sysmmu_gps",      {PhysAddr{0x1273'0000}, 0x1000}},
    {"g2d",             {PhysAddr{0x1280'0000}, 0x1000}},
    {"mdma1",           {PhysAddr{0x1285'0000}, 0x1000}},
    {"sysmmu_g2d",      {PhysAddr{0x12A2'0000}, 0x1000}},
    {"sysmmu_rotator",  {PhysAddr{0x12A3'0000}, 0x1000}},
    {"sysmmu_mdma1",    {PhysAddr{0x12A4'0000}, 0x1000}},
    {"vp",              {PhysAddr{0x12C0'0000}, 0x1000}},
    {"mixer0",          {PhysAddr{0x12C1'0000}, 0x3000}},
    {"sdo",             {PhysAddr{0x12C2'0000}, 0x1000}},
    {"hdmi",            {PhysAddr{0x12D0'0000}, 0x7'0000}},
    {"sysmmu_tv",       {PhysAddr{0x12E2'0000}, 0x1000}},
    {"sysmmu_mfc_l",    {PhysAddr{0x1362'0000}, 0x1000}},
    {"sysmmu_mfc_r",    {PhysAddr{0x1363'0000}, 0x1000}},
    {"uart0",           {PhysAddr{0x1380'0000}, 0x1000}},
    {"uart1",           {PhysAddr{0x1381'0000}, 0x1000}},
    {"uart2",           {PhysAddr{0x1382'0000}, 0x1000}},
    {"uart3",           {PhysAddr{0x1383'0000}, 0x1000}},
    {"i2c0",            {PhysAddr{0x1386'0000}, 0x1000}},
    {"i2c1",            {PhysAddr{0x1387'0000}, 0x1000}},
    {"i2c2",            {PhysAddr{0x1388'0000}, 0x1000}},
    {"i2c3",            {PhysAddr{0x1389'0000}, 0x1000}},
    {"i2c4",            {PhysAddr{0x138A'0000}, 0x1000}},
    {"i2c5",            {PhysAddr{0x138B'0000}, 0x1000}},
    {"i2c6",            {PhysAddr{0x138C'0000}, 0x1000}},
    {"i2c7",            {PhysAddr{0x138D'0000}, 0x1000}},
    {"i2c8",            {PhysAddr{0x138E'0000}, 0x1000}},
    {"pwm",             {PhysAddr{0x139D'0000}, 0x1000}},
    {"simctl",          {PhysAddr{0x13F0'0000}, 0x1000}},  // ours, free on the chip
};
/// Elsewhere on the Exynos4412, or there alone.
constexpr Block kMemoryMap4412[] = {
    {"g2d",                {PhysAddr{0x1080'0000}, 0x1000}},  // at the ACP
    {"sysmmu_g2d",         {PhysAddr{0x10A4'0000}, 0x1000}},
    {"sysmmu_fimc_isp",    {PhysAddr{0x1226'0000}, 0x1000}},
    {"sysmmu_fimc_drc",    {PhysAddr{0x1227'0000}, 0x1000}},
    {"sysmmu_fimc_fd",     {PhysAddr{0x122A'0000}, 0x1000}},
    {"sysmmu_fimc_mcuctl", {PhysAddr{0x122B'0000}, 0x1000}},
    {"fimc_lite0",         {PhysAddr{0x1239'0000}, 0x1000}},
    {"fimc_lite1",         {PhysAddr{0x123A'0000}, 0x1000}},
    {"sysmmu_fimc_lite0",  {PhysAddr{0x123B'0000}, 0x1000}},
    {"sysmmu_fimc_lite1",  {PhysAddr{0x123C'0000}, 0x1000}},
};
constexpr PhysAddr kRamBase{0x4000'0000};

/// SysMMUs whose masters are not modelled: their registers alone are there, for drivers that look for them.
/// That of MDMA0 is left out: no source gives its address.
struct LoneMmu { std::string_view name; bool on_4210, on_4412; };
constexpr LoneMmu kLoneMmus[] = {
    {"sysmmu_jpeg", true, true}, {"sysmmu_rotator", true, true}, {"sysmmu_mfc_l", true, true}, {"sysmmu_mfc_r", true, true},
    {"sysmmu_sss", true, true}, {"sysmmu_gps", true, true}, {"sysmmu_fimd1", true, false}, {"sysmmu_pcie", true, false},
    {"sysmmu_fimc_isp", false, true}, {"sysmmu_fimc_drc", false, true}, {"sysmmu_fimc_fd", false, true},
    {"sysmmu_fimc_mcuctl", false, true}, {"sysmmu_fimc_lite0", false, true}, {"sysmmu_fimc_lite1", false, true},
};

/// Interrupts wired straight to the GIC as shared peripheral interrupts (GIC id = 32 + spi).
struct SpiLine { std::string_view from; uint32_t spi; };
constexpr SpiLine kSpis[] = {
    {"mct.g0", 57}, {"mct.g1", 69}, {"mct.l0", 42}, {"mct.l1", 48},
    {"uart0", 52}, {"uart1", 53}, {"uart2", 54}, {"uart3", 55},
    {"mdma1", 34}, {"pdma0", 35}, {"pdma1", 36}, {"pwm0", 37}, {"pwm1", 38}, {"pwm2", 39}, {"pwm3", 40}, {"pwm4", 41}, {"wdt", 43},
    {"i2c1", 59}, {"i2c2", 60}, {"i2c3", 61}, {"i2c4", 62}, {"i2c5", 63}, {"i2c6", 64}, {"i2c7", 65}, {"i2c8", 93},
    {"i2c0", 58}, {"csis0", 78}, {"csis1", 80}, {"fimc0", 84}, {"fimc1", 85}, {"fimc2", 86}, {"fimc3", 87}, {"g2d", 89}, {"mixer0", 91}, {"hdmi", 92},
    {"sdo", 95}, {"fimc_lite0", 105}, {"fimc_lite1", 106},
};  // combiner group g drives SPI g, g = 0..15

/// Interrupts that share a combiner group.
struct CombinerLine { std::string_view from; uint32_t group; uint32_t bit; };
constexpr CombinerLine kCombiner[] = {
    {"fimd0.fifo", 11, 0}, {"fimd0.vsync", 11, 1}, {"fimd0.sys", 11, 2}, {"sysmmu_fimd0", 5, 2},
    {"sysmmu_fimc0", 4, 2}, {"sysmmu_fimc1", 4, 3}, {"sysmmu_fimc2", 4, 4}, {"sysmmu_fimc3", 4, 5}, {"sysmmu_g2d", 4, 7}, {"sysmmu_mdma1", 5, 1}, {"sysmmu_tv", 5, 4},
    {"sysmmu_sss", 4, 1}, {"sysmmu_jpeg", 4, 6}, {"sysmmu_rotator", 5, 0}, {"sysmmu_fimd1", 5, 3}, {"sysmmu_mfc_l", 5, 5}, {"sysmmu_mfc_r", 5, 6}, {"sysmmu_pcie", 5, 7},
    {"sysmmu_fimc_lite0", 16, 0}, {"sysmmu_fimc_lite1", 16, 1}, {"sysmmu_fimc_isp", 16, 2}, {"sysmmu_fimc_drc", 16, 3}, {"sysmmu_fimc_fd", 16, 4}, {"sysmmu_fimc_mcuctl", 16, 5},
    {"mct.g2", 12, 6}, {"mct.g3", 12, 7},
};
// clang-format on

constexpr uint8_t kSensorI2cAddress = 0x3C;   ///< S5K6AA, 7 bits; Assumed: the usual board wiring
constexpr uint8_t kSensorBI2cAddress = 0x2D;  ///< a second one; Assumed: where others of its family answer

constexpr uint8_t kHdmiPhyI2cAddress = 0x38;    ///< on I2C8
constexpr uint8_t kEdidI2cAddress = 0x50;       ///< the screen's, on I2C2; Assumed: boards differ
constexpr uint8_t kRawSensorI2cAddress = 0x10;  ///< IMX219, 7 bits
constexpr uint32_t kMipiPhy0Control = 0x0710, kMipiPhy1Control = 0x0714;  ///< in the PMU

constexpr uint32_t kHotPlugBank = 3, kHotPlugPin = 7;        ///< HDMI's hot-plug line: GPX3[7], EINT31
constexpr uint32_t kFirstEintSpi = 16, kUpperEintsSpi = 32;  ///< EINT0-15; EINT16-31 share one

/// The camera interfaces, each with a SysMMU "sysmmu_<name>".
constexpr std::string_view kFimcs[] = {"fimc0", "fimc1", "fimc2", "fimc3"};
/// FIMC-LITE of the Exynos4412, likewise.
constexpr std::string_view kFimcLites[] = {"fimc_lite0", "fimc_lite1"};
constexpr bool is_fimc(std::string_view name) {
    for (const std::string_view fimc : kFimcs) {
        if (fimc == name) return true;
    }
    return false;
}

/// Where `chip` has the block called `name`; empty where it has none.
constexpr PhysRange range_of(std::string_view name, system::Chip chip = system::Chip::exynos4210) {
    for (const Block& block : kMemoryMap4412) {
        if (chip == system::Chip::exynos4412 && block.name == name) return block.range;
    }
    for (const Block& block : kMemoryMap) {
        if (block.name == name) return block.range;
    }
    return {};
}
/// All rows of the chip's map.
inline std::vector<Block> blocks_of(system::Chip chip) {
    std::vector<Block> all;
    for (const Block& block : kMemoryMap) all.push_back({block.name, range_of(block.name, chip)});
    for (const Block& block : kMemoryMap4412) {
        if (chip == system::Chip::exynos4412 && range_of(block.name).size == 0) all.push_back(block);
    }
    return all;
}
constexpr uint32_t spi_of(std::string_view from) {
    for (const SpiLine& line : kSpis) {
        if (line.from == from) return line.spi;
    }
    return ~0U;
}
/// Group 0, which no device uses, for a block without a line.
constexpr CombinerLine combiner_line_of(std::string_view from) {
    for (const CombinerLine& line : kCombiner) {
        if (line.from == from) return line;
    }
    return {};
}

}  // namespace exysim::board
