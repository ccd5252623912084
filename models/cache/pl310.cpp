#include "models/cache/pl310.hpp"

#include <algorithm>

#include "models/base/statistics.hpp"
#include "models/base/tlm/payload.hpp"
#include "models/cache/pl310_core.hpp"

namespace exysim::cache {

Pl310::Pl310(sc_core::sc_module_name name, Level2* level2, Instruments& instruments)
    : sc_module{name}, core_{std::make_unique<Pl310Core>(level2)} {
    report_register_faults(core_->regs, basename(), instruments.guest_errors);
    instruments.statistics.registers(basename(), core_->regs);
    bus.register_b_transport(this, &Pl310::b_transport);
    bus.register_transport_dbg(this, &Pl310::transport_dbg);
}

Pl310::~Pl310() = default;

void Pl310::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    core_->now = picoseconds(sc_core::sc_time_stamp() + delay);
    core_->done = core_->now;
    access(core_->regs, tx);
    delay += sc_ps(std::max(core_->done, core_->now) - core_->now);
}

unsigned Pl310::transport_dbg(tlm::tlm_generic_payload& tx) { return debug_access(core_->regs, tx); }

}  // namespace exysim::cache
