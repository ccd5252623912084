#include "models/system/pmu_core.hpp"

namespace exysim::system {

namespace {
using P = PmuCore;
// clang-format off
constexpr uint32_t kCores = P::kCores, kDomains = 9;  // domains: CAM, TV, MFC, G3D, LCD0, LCD1, MAUDIO, GPS, GPS_ALIVE
constexpr uint32_t kCorePowered = 3;
constexpr Field kSwResetBit    {P::kSwReset,             "SWRESET",       0,  0, Access::w1p, 0};
constexpr Field kHold          {P::kPsHold,              "DATA",          8,  8, Access::rw,  1};
constexpr Field kCoreConfig    {P::kCoreConfiguration,   "LOCAL_PWR_CFG", 1,  0, Access::rw,  3, kCores, 0x80};
constexpr Field kCoreState     {P::kCoreStatus,          "STATUS",        1,  0, Access::ro,  3, kCores, 0x80};
constexpr Field kDomainConfig  {P::kDomainConfiguration, "CONFIGURATION", 2,  0, Access::rw,  7, kDomains, 0x20};
constexpr Field kDomainState   {P::kDomainStatus,        "STATUS",        2,  0, Access::ro,  7, kDomains, 0x20};
constexpr Field kInformWord    {P::kInform,              "INFORM",       31,  0, Access::rw,  0, 8};
constexpr Field kMap[] = {
    kSwResetBit, kHold, kCoreConfig, kCoreState, kDomainConfig, kDomainState, kInformWord,
    {P::kOmStat,                  "OM_STAT",             31,  0, Access::ro,  0},
    {P::kCentralSeqConfiguration, "CENTRAL_SEQ_CONFIG",  31,  0, Access::rw,  0x0001'0000},
    {P::kCentralSeqOption,        "CENTRAL_SEQ_OPTION",  31,  0, Access::rw,  0x0303'0000},
    {P::kRstStat,                 "RST_STAT",            31,  0, Access::ro,  0},
    {P::kWdtDisable,              "WDT_RESET",           31,  0, Access::rw,  0, 2},  // auto-disable, mask
    {P::kWakeupStat,              "WAKEUP",              31,  0, Access::rw,  0, 3},  // status, EINT mask, mask
    {P::kPhyControl,              "HDMI_PHY_CONTROL",    31,  0, Access::rw,  0x0096'0000},
    {P::kPhyControl + 0x04,       "PHY_CONTROL",         31,  0, Access::rw,  0, 5},  // USB device, host, DAC, MIPI 0, 1
    {P::kPhyControl + 0x18,       "ADC_PHY_CONTROL",     31,  0, Access::rw,  1},
    {P::kPmuDebug,                "PMU_DEBUG",           31,  0, Access::rw,  0},
    {P::kSysPwr,                  "SYS_PWR_REG",         31,  0, Access::rw,  0, 0x400 / 4},
    {P::kCoreStatus,              "STATUS_HIGH",         17, 16, Access::ro,  3, kCores, 0x80},
    {P::kCoreOption,              "CORE_OPTION",         31,  0, Access::rw,  0x0101'0001, kCores, 0x80},
    {0x2400,                      "COMMON_CONFIG",        1,  0, Access::rw,  3},
    {0x2404,                      "COMMON_STATUS",        1,  0, Access::ro,  3},
    {0x2408,                      "COMMON_OPTION",       31,  0, Access::rw,  3},
    {0x2600,                      "L2_CONFIG",            1,  0, Access::rw,  3},
    {0x2604,                      "L2_STATUS",            1,  0, Access::ro,  3},
    {0x2608,                      "L2_OPTION",           31,  0, Access::rw,  0},
    {0x3028,                      "PAD_RET_MAUDIO",      31,  0, Access::rw,  0},
    {0x3108,                      "PAD_RET_OPTION",      31,  0, Access::rw,  0, 6, 0x20},
    {P::kPsHold,                  "PS_HOLD_LOW",          7,  0, Access::rw,  0},
    {P::kPsHold,                  "PS_HOLD_HIGH",        31,  9, Access::rw,  0x5200 >> 9},
    {P::kDomainOption,            "DOMAIN_OPTION",       31,  0, Access::rw,  0, kDomains, 0x20},
};
// clang-format on
static_assert(well_formed(kMap));
}  // namespace

PmuCore::PmuCore() : regs{kMap} {
    regs.on_write(kSwReset, [this](uint32_t written) {
        if (written & kSwResetBit.mask()) request_ = PowerRequest::reset;
    });
    regs.on_write(kPsHold, [this](uint32_t) {
        if (!regs.get(kHold)) request_ = PowerRequest::off;
    });
    regs.on_write_each(kDomainConfig, [this](uint32_t domain, uint32_t) {
        regs.set(kDomainState, regs.get(kDomainConfig, domain), domain);
        domains_changed();
    });
}

bool PmuCore::core_wanted(uint32_t core) const { return regs.get(kCoreConfig, core) == kCorePowered; }

void PmuCore::core_is(uint32_t core, bool on) { regs.set(kCoreState, on ? kCorePowered : 0, core); }

bool PmuCore::domain_on(Domain domain) const {
    return regs.get(kDomainState, static_cast<uint32_t>(domain)) == 7;
}

void PmuCore::switch_off(Domain domain) {
    const auto n = static_cast<uint32_t>(domain);
    regs.set(kDomainConfig, 0, n);
    regs.set(kDomainState, 0, n);
}

uint32_t PmuCore::secondary_entry() const { return regs.get(kInformWord, 5); }

}  // namespace exysim::system
