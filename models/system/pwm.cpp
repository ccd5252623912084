#include "models/system/pwm.hpp"

namespace exysim::system {

Pwm::Pwm(sc_core::sc_module_name module_name, const PwmConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments}, irq{"irq", PwmCore::kTimers}, config_{config} {}

void Pwm::before_access() {
    core_.advance(ticks_at(picoseconds(sc_core::sc_time_stamp()), config_.clock_hz));
}

void Pwm::update() {
    before_access();
    for (uint32_t timer = 0; timer < irq.size(); ++timer) irq[timer].write(core_.irq(timer));
    if (const auto next = core_.next_expiry()) update_at(time_of_tick(*next, config_.clock_hz));
}

}  // namespace exysim::system
