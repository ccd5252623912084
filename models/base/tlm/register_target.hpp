// The thin shell every register block shares: a bus socket in front of a plain core, and one method process
// that recomputes the outputs from the core's state.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "models/base/guest_errors.hpp"
#include "models/base/tlm/payload.hpp"

namespace exysim {

/// `Core` has a member `RegisterBank regs`. A block with time or outputs overrides the two virtual functions:
///   before_access()  brings the core to the present, so that the access sees it
///   update()         the only writer of the block's output lines; runs at time zero, after each access and
///                    whenever update_in() asked for it; it asks again for the next moment that matters
/// Callers arrive at true time; an access never waits and takes no time of its own (the bus adds latency).
template <class Core>
class RegisterTarget : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<RegisterTarget> bus{"bus"};

    const Core& core() const { return core_; }

protected:
    SC_HAS_PROCESS(RegisterTarget);

    template <class... CoreArguments>
    RegisterTarget(const sc_core::sc_module_name& module_name, Instruments& instruments,
                   CoreArguments&&... arguments)
        : sc_module{module_name}, core_{std::forward<CoreArguments>(arguments)...} {
        report_register_faults(core_.regs, name(), instruments.guest_errors);
        bus.register_b_transport(this, &RegisterTarget::b_transport);
        bus.register_transport_dbg(this, &RegisterTarget::transport_dbg);
        SC_METHOD(run_update);
        sensitive << wake_;
    }

    virtual void before_access() {}
    virtual void update() {}

    /// Runs update() after `delay`, or in the next delta cycle; an earlier request replaces a later one.
    void update_in(const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME) { wake_.notify(delay); }
    /// The same at an absolute time; a moment that has passed means the next delta cycle.
    void update_at(Picoseconds time) {
        const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
        update_in(sc_ps(time > now ? time - now : 0));
    }

    Core core_;

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time&) {
        before_access();
        access(core_.regs, tx);
        update_in();
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& tx) { return debug_access(core_.regs, tx); }
    void run_update() { update(); }

    sc_core::sc_event wake_;
};

}  // namespace exysim
