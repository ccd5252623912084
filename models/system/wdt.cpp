#include "models/system/wdt.hpp"

namespace exysim::system {

Wdt::Wdt(sc_core::sc_module_name module_name, const WdtConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments}, clock_{config.clock_hz} {}

void Wdt::before_access() {
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (supply() == Supply::on) clock_.go(now);
    core_.advance(clock_.ticks(now));
}

void Wdt::supply_lost() {
    before_access();
    clock_.stop(picoseconds(sc_core::sc_time_stamp()));
}

void Wdt::update() {
    before_access();
    irq.write(core_.irq());
    if (core_.take_reset()) reset({picoseconds(sc_core::sc_time_stamp())});
    const auto next = core_.next_expiry();
    const auto at = next ? clock_.time_of(*next) : std::nullopt;
    if (at) update_at(*at);
}

}  // namespace exysim::system
