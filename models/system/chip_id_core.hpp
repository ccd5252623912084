// CHIPID: which chip this is, and how its boot pins are set.
#pragma once

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: hardware page "System devices" section 6.
struct ChipIdCore {
    enum Reg : uint32_t { kProId = 0x00, kPkgId = 0x04, kXom = 0x08, kLotId = 0x14, kAuxInfo = 0x1C };
    // clang-format off
    static constexpr Field kMap[] = {
        {kProId,   "PRODUCT",  31, 12, Access::ro, 0x43210},
        {kProId,   "MAIN_REV",  7,  4, Access::ro, 1},
        {kProId,   "SUB_REV",   3,  0, Access::ro, 1},
        {kProId,   "PACKAGE",  11,  8, Access::ro, 2},        // a 4210 rev 1.1 reports 0x43210211
        {kPkgId,   "PKG_ID",   31,  0, Access::ro, 0},
        {kXom,     "XOM",      31,  0, Access::ro, 1},        // bit 0: the 24 MHz crystal is on XUSBXTI
        {kLotId,   "LOT_ID",   31,  0, Access::ro, 0, 2},     // fuses, 0x14 and 0x18
        {kAuxInfo, "AUX_INFO", 31,  0, Access::ro, 0},
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    explicit ChipIdCore(uint32_t product_id) {
        regs.set(kMap[0], product_id >> 12);
        regs.set(kMap[1], product_id >> 4 & 0xF);
        regs.set(kMap[2], product_id & 0xF);
        regs.set(kMap[3], product_id >> 8 & 0xF);
    }
};

}  // namespace exysim::system
