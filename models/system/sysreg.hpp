#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/sysreg_core.hpp"

namespace exysim::system {

struct SysregConfig {};

/// SYSREG at 0x1001_0000 (0x400 bytes).
struct Sysreg : RegisterTarget<SysregCore> {
    Sysreg(sc_core::sc_module_name name, const SysregConfig&, Instruments& instruments)
        : RegisterTarget{name, instruments} {}
};

}  // namespace exysim::system
