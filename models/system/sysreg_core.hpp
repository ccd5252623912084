// SYSREG: switches between blocks (camera inputs, display paths). Storage, which the board lets those blocks
// read: FIMD's output in DISPLAY_CONTROL, where its pictures go besides in CAMBLK.
#pragma once

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: hardware page "System devices" section 10.
struct SysregCore {
    enum Reg : uint32_t { kIspBlk = 0x20C, kDisplayControl = 0x210, kCamBlk = 0x218 };
    // clang-format off
    static constexpr Field kMap[] = {
        {0x000,           "SYSREG_LOW",      31, 0, Access::rw, 0, 0x20C / 4},
        {kIspBlk,         "ISPBLK_CFG",      31, 0, Access::rw, 0},
        {kDisplayControl, "DISPLAY_CONTROL", 31, 0, Access::rw, 0},
        {0x214,           "SYSREG_214",      31, 0, Access::rw, 0},
        {kCamBlk,         "CAMBLK_CFG",      31, 0, Access::rw, 0},
        {0x21C,           "SYSREG_HIGH",     31, 0, Access::rw, 0, (0x400 - 0x21C) / 4},
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};
};

}  // namespace exysim::system
