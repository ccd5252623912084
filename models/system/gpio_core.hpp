// Pin controller: function, data, pull and drive registers of its banks, and its external interrupts'
// registers. The pins lead nowhere: what is written is stored, and no interrupt ever becomes pending by
// itself.
#pragma once

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: hardware page "Linux bring-up" item 12: banks [storage], masks from 0x900 (0xF00 for wake-up pins),
/// pending bits from 0xA00 (0xF40), cleared by a written one. Assumed: masks are all ones out of reset.
struct GpioCore {
    enum Reg : uint32_t {
        kBanks = 0x000,
        kMask = 0x900,
        kPend = 0xA00,
        kWakeBanks = 0xC00,
        kWakeMask = 0xF00,
        kWakePend = 0xF40
    };
    // clang-format off
    static constexpr Field kMap[] = {
        {kBanks,     "GPIO",          31, 0, Access::rw,  0,    0x900 / 4},
        {kMask,      "EINT_MASK",      7, 0, Access::rw,  0xFF, 16},
        {kPend,      "EINT_PEND",      7, 0, Access::w1c, 0,    16},
        {0xB00,      "EINT_SERVICE",  31, 0, Access::rw,  0,    16},
        {kWakeBanks, "GPX",           31, 0, Access::rw,  0,    0x300 / 4},
        {kWakeMask,  "WKUP_MASK",      7, 0, Access::rw,  0xFF, 16},
        {kWakePend,  "WKUP_PEND",      7, 0, Access::w1c, 0,    16},
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};
};

}  // namespace exysim::system
