#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/chip_id_core.hpp"

namespace exysim::system {

struct ChipIdConfig {
    uint32_t product_id = 0x4321'0211;  ///< Exynos4210 rev 1.1; 0xE441'2011 is a 4412 rev 1.1
};

/// CHIPID at 0x1000_0000. Read-only, no outputs.
struct ChipId : RegisterTarget<ChipIdCore> {
    ChipId(sc_core::sc_module_name name, const ChipIdConfig& config, Instruments& instruments)
        : RegisterTarget{name, instruments, config.product_id} {}
};

}  // namespace exysim::system
