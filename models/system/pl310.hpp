#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/pl310_core.hpp"

namespace exysim::system {

struct Pl310Config {};

/// L2C-310 registers at 0x1050_2000.
struct Pl310 : RegisterTarget<Pl310Core> {
    Pl310(sc_core::sc_module_name name, const Pl310Config&, Instruments& instruments)
        : RegisterTarget{name, instruments} {}
};

}  // namespace exysim::system
