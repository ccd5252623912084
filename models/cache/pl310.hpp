// The PL310's registers on the bus.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <algorithm>
#include <systemc>
#include <tlm>

#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/payload.hpp"
#include "models/cache/pl310_core.hpp"

namespace exysim::cache {

/// L2C-310 registers at 0x1050_2000. A maintenance operation's time is the time of the access that starts it.
struct Pl310 : sc_core::sc_module {
    tlm_utils::simple_target_socket<Pl310> bus{"bus"};

    /// `level2`: what the registers work on; nullptr where caches are transparent.
    Pl310(sc_core::sc_module_name name, Level2* level2, Instruments& instruments)
        : sc_module{name}, core_{level2} {
        report_register_faults(core_.regs, basename(), instruments.guest_errors);
        instruments.statistics.registers(basename(), core_.regs);
        bus.register_b_transport(this, &Pl310::b_transport);
        bus.register_transport_dbg(this, &Pl310::transport_dbg);
    }
    const Pl310Core& core() const { return core_; }

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
        core_.now = picoseconds(sc_core::sc_time_stamp() + delay);
        core_.done = core_.now;
        access(core_.regs, tx);
        delay += sc_ps(std::max(core_.done, core_.now) - core_.now);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& tx) { return debug_access(core_.regs, tx); }

    Pl310Core core_;
};

}  // namespace exysim::cache
