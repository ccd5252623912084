#include "models/system/mct.hpp"

#include "models/base/clock.hpp"

namespace exysim::system {

Mct::Mct(sc_core::sc_module_name name, const MctConfig& config, Instruments& instruments)
    : RegisterTarget{name, instruments},
      global{"global", MctCore::kComparators},
      local{"local", config.cores},
      config_{config} {}

void Mct::before_access() {
    core_.advance(ticks_at(picoseconds(sc_core::sc_time_stamp()), config_.frequency_hz));
}

void Mct::update() {
    before_access();
    for (uint32_t i = 0; i < global.size(); ++i) global[i].write(core_.global_irq(i));
    for (uint32_t i = 0; i < local.size(); ++i) local[i].write(core_.local_irq(i));
    if (const auto next = core_.next_expiry()) update_at(time_of_tick(*next, config_.frequency_hz));
}

}  // namespace exysim::system
