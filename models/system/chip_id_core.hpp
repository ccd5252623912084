// CHIPID: which chip this is, and how its boot pins are set.
#pragma once

#include "models/base/register_bank.hpp"
#include "models/system/chip.hpp"

namespace exysim::system {

/// Facts: hardware page "System devices" section 6.
struct ChipIdCore {
    enum Reg : uint32_t { kProId = 0x00, kPkgId = 0x04, kXom = 0x08, kLotId = 0x14, kAuxInfo = 0x1C };

    RegisterBank regs;

    explicit ChipIdCore(Chip chip);
};

}  // namespace exysim::system
