#include "core/power.hpp"

#include "arch/cpu.hpp"

namespace kernel {

PowerControl& power_control() {
    static PowerControl control;
    return control;
}

void stop_machine(StopReason reason, uint32_t status) {
    cpu::disable_interrupts();
    const PowerControl& control = power_control();
    if (control.exit_status && reason != StopReason::reset) control.exit_status(status);
    if (control.power_off && reason == StopReason::power_off) control.power_off();
    if (control.reset && reason == StopReason::reset) control.reset();
    for (;;) cpu::wait_for_interrupt();
}

}  // namespace kernel
