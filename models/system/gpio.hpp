#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/gpio_core.hpp"

namespace exysim::system {

/// A pin controller: 0x1140_0000, 0x1100_0000 (with the wake-up pins) or 0x0386_0000.
struct Gpio : RegisterTarget<GpioCore> {
    Gpio(sc_core::sc_module_name name, Instruments& instruments) : RegisterTarget{name, instruments} {}
};

}  // namespace exysim::system
