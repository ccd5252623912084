#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/cmu_core.hpp"

namespace exysim::system {

struct CmuConfig {};

/// CMU at 0x1003_0000 (0x20000 bytes). Other blocks ask it for their clock: core().uart_hz(n),
/// core().aclk100_hz().
struct Cmu : RegisterTarget<CmuCore> {
    Cmu(sc_core::sc_module_name name, const CmuConfig&, Instruments& instruments)
        : RegisterTarget{name, instruments} {}
};

}  // namespace exysim::system
