// SDO, the encoder for composite video (Exynos4210 only): its standards' rasters and its interrupt
// (hardware/mixer.md, section 10). Filters, teletext and copy protection are storage.
#pragma once

#include <string_view>

#include "models/base/register_bank.hpp"
#include "models/display/timing.hpp"

namespace exysim::display {

struct SdoCore {
    enum Reg : uint32_t {
        kClkcon = 0x000,
        kConfig = 0x008,
        kVbi = 0x014,
        kDac = 0x03C,
        kIrq = 0x280,
        kIrqMask = 0x284
    };
    // clang-format off
    //                               register   name            high low access       reset count
    static constexpr Field kReset     {kClkcon,  "SW_RESET",       4,  4, Access::rw,  0};
    static constexpr Field kReady     {kClkcon,  "CLOCK_READY",    1,  1, Access::ro,  1};  // at once, either way
    static constexpr Field kClockOn   {kClkcon,  "CLOCK_ON",       0,  0, Access::rw,  0};
    static constexpr Field kProgressive{kConfig, "PROGRESSIVE",    4,  4, Access::rw,  0};
    static constexpr Field kStandard  {kConfig,  "STANDARD",       3,  0, Access::rw,  0};
    static constexpr Field kConfigRest{kConfig,  "CONFIG_REST",   31,  5, Access::rw,  0};
    static constexpr Field kScale     {0x00C,    "SCALE",         31,  0, Access::rw,  0, 2};
    static constexpr Field kVbiReg    {kVbi,     "VBI",           31,  0, Access::rw,  0, 10};
    static constexpr Field kDacOn     {kDac,     "DAC",            0,  0, Access::rw,  0};
    static constexpr Field kDacRest   {kDac,     "DAC_REST",      31,  1, Access::rw,  0};
    static constexpr Field kFilters   {0x040,    "FILTERS",       31,  0, Access::rw,  0, 80};
    static constexpr Field kCccon     {0x180,    "CCCON",         31,  0, Access::rw,  0};
    static constexpr Field kLevels    {0x184,    "LEVELS",        31,  0, Access::rw,  0, 63};
    static constexpr Field kVsync     {kIrq,     "IRQ_VSYNC",      0,  0, Access::w1c, 0};
    static constexpr Field kMask      {kIrqMask, "MASK_VSYNC",     0,  0, Access::rw,  0};
    static constexpr Field kRest      {0x288,    "REST",          31,  0, Access::rw,  0, 84};
    static constexpr Field kVersion   {0x3D8,    "VERSION",       31,  0, Access::ro,  0};
    // clang-format on
    static constexpr Field kMap[] = {kReset,  kReady,  kClockOn, kProgressive, kStandard, kConfigRest,
                                     kScale,  kVbiReg, kDacOn,   kDacRest,     kFilters,  kCccon,
                                     kLevels, kVsync,  kMask,    kRest,        kVersion};
    static_assert(well_formed(kMap));

    RegisterBank regs{kMap};

    SdoCore() {
        regs.on_write(kClkcon, [this](uint32_t) {
            if (regs.get(kReset)) regs.reset();
        });
    }
    SdoCore(const SdoCore&) = delete;
    SdoCore& operator=(const SdoCore&) = delete;

    bool running() const { return regs.get(kClockOn) != 0 && regs.get(kDacOn) != 0; }
    /// 525 lines at 59.94 fields a second, or 625 at 50; progressive ones with twice the pixel clock.
    Timing timing() const;
    void vsync() { regs.raise(kVsync); }
    bool irq() const { return regs.get(kVsync) && !regs.get(kMask); }
};

inline Timing SdoCore::timing() const {
    // NTSC-M, PAL-M, NTSC-443 and PAL-60 have 525 lines, the other PALs 625 (ITU-R BT.470, BT.601).
    const uint32_t standard = regs.get(kStandard);
    const bool lines_625 = standard >= 2 && standard <= 4;
    const bool progressive = regs.get(kProgressive) != 0;
    const uint32_t lines = lines_625 ? 576 : 480, total = lines_625 ? 625 : 525;
    return {.h_total = lines_625 ? 864U : 858U,
            .v_total = total,
            .width = 720,
            .height = progressive ? lines : lines / 2,
            .first_active_line = progressive ? total - lines : (total - lines) / 2,
            .pixel_clock_hz = progressive ? 27'000'000U : 13'500'000U,
            .interlaced = !progressive};
}

}  // namespace exysim::display
