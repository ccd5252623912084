#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/system/gpio_core.hpp"

namespace exysim::system {

/// A pin controller without wake-up pins: 0x1140_0000 or 0x0386_0000.
struct Gpio : RegisterTarget<GpioCore> {
    Gpio(sc_core::sc_module_name name, Instruments& instruments) : RegisterTarget{name, instruments} {}
};

/// The one at 0x1100_0000, with the wake-up pins GPX0 to GPX3.
class WakeUpGpio : public RegisterTarget<GpioCore> {
public:
    sc_core::sc_vector<sc_core::sc_out<bool>> eint{"eint", GpioCore::kEints};
    sc_core::sc_out<bool> upper_eints{"upper_eints"};  ///< EINT16 to EINT31

    WakeUpGpio(sc_core::sc_module_name name, Instruments& instruments) : RegisterTarget{name, instruments} {}

    /// Something outside drives pin `pin` of bank GPX`bank`, from now on.
    void drive(uint32_t bank, uint32_t pin, bool high) {
        core_.drive(bank, pin, high);
        update_in();
    }

private:
    void update() override {
        for (uint32_t n = 0; n < GpioCore::kEints; ++n) eint[n].write(core_.eint(n));
        upper_eints.write(core_.upper_eints());
    }
};

}  // namespace exysim::system
