#include "models/system/pwm.hpp"

namespace exysim::system {

Pwm::Pwm(sc_core::sc_module_name module_name, const PwmConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments}, irq{"irq", PwmCore::kTimers}, clock_{config.clock_hz} {}

void Pwm::before_access() {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (supply() == Supply::on) clock_.go(now);
    core_.advance(clock_.ticks(now));
}

void Pwm::supply_lost() {
    before_access();
    clock_.stop(picoseconds(sc_core::sc_time_stamp()));
}

void Pwm::update() {
    before_access();
    for (uint32_t timer = 0; timer < irq.size(); ++timer) irq[timer].write(core_.irq(timer));
    const auto next = core_.next_expiry();
    const auto at = next ? clock_.time_of(*next) : std::nullopt;
    if (at) update_at(*at);
}

}  // namespace exysim::system
