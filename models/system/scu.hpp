#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/scu_core.hpp"

namespace exysim::system {

struct ScuConfig {
    uint32_t cores = 1;  ///< 1 to 4
};

/// SCU registers at PERIPHBASE, 0x1050_0000 (0x2000 bytes).
struct Scu : RegisterTarget<ScuCore> {
    Scu(sc_core::sc_module_name name, const ScuConfig& config, Instruments& instruments)
        : RegisterTarget{name, instruments, config.cores} {}
};

}  // namespace exysim::system
