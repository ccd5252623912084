#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/chip_id_core.hpp"

namespace exysim::system {

struct ChipIdConfig {
    Chip chip = Chip::exynos4210;
};

/// CHIPID at 0x1000_0000. Read-only, no outputs.
struct ChipId : RegisterTarget<ChipIdCore> {
    ChipId(sc_core::sc_module_name name, const ChipIdConfig& config, Instruments& instruments)
        : RegisterTarget{name, instruments, config.chip} {}
};

}  // namespace exysim::system
