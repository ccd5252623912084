#include "models/system/wdt.hpp"

namespace exysim::system {

Wdt::Wdt(sc_core::sc_module_name module_name, const WdtConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments}, config_{config} {}

void Wdt::before_access() {
    core_.advance(ticks_at(picoseconds(sc_core::sc_time_stamp()), config_.clock_hz));
}

void Wdt::update() {
    before_access();
    irq.write(core_.irq());
    if (core_.take_reset()) reset({picoseconds(sc_core::sc_time_stamp())});
    if (const auto next = core_.next_expiry()) update_at(time_of_tick(*next, config_.clock_hz));
}

}  // namespace exysim::system
