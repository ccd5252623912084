// The thin shell every register block shares: a bus socket in front of a plain core, and one method process
// that recomputes the outputs from the core's state.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstring>
#include <systemc>
#include <tlm>

#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"
#include "models/base/supply.hpp"
#include "models/base/tlm/payload.hpp"

namespace exysim {

/// `Core` has a member `RegisterBank regs`. A block with time or outputs overrides the two virtual functions:
///   before_access()  brings the core to the present, so that the access sees it
///   update()         the only writer of the block's output lines; runs at time zero, after each access and
///                    whenever update_in() asked for it; it asks again for the next moment that matters
/// Callers arrive at true time; an access never waits and takes no time of its own (the bus adds latency).
///
/// Without clock or power an access is a guest error and ends as GatedAccess says; only its `hang` waits.
/// Power lost resets the core: by its power_off() if it has one, else by its registers' reset. Blocks that do
/// something by themselves override supply_lost() and ask supply(), or wait_for_clock() in their threads.
template <class Core>
class RegisterTarget : public sc_core::sc_module, public Supplied {
public:
    tlm_utils::simple_target_socket<RegisterTarget> bus{"bus"};

    const Core& core() const { return core_; }

protected:
    SC_HAS_PROCESS(RegisterTarget);

    template <class... CoreArguments>
    RegisterTarget(const sc_core::sc_module_name& module_name, Instruments& instruments,
                   CoreArguments&&... arguments)
        : sc_module{module_name},
          core_{std::forward<CoreArguments>(arguments)...},
          errors_{instruments.guest_errors} {
        report_register_faults(core_.regs, name(), instruments.guest_errors);
        instruments.statistics.registers(name(), core_.regs);
        bus.register_b_transport(this, &RegisterTarget::b_transport);
        bus.register_transport_dbg(this, &RegisterTarget::transport_dbg);
        SC_METHOD(run_update);
        sensitive << wake_;
    }

    virtual void before_access() {}
    virtual void update() {}
    /// The clock or the power has gone; after the latter the core is reset already. update() follows.
    virtual void supply_lost() {}

    /// Waits, in a thread of the block, while its clock is gated. False without power.
    bool wait_for_clock() {
        while (supply() == Supply::gated) sc_core::wait(supply_changed_);
        return supply() == Supply::on;
    }

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
        if (supply() != Supply::on) return refuse(tx);
        before_access();
        access(core_.regs, tx);
        update_in();
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& tx) { return debug_access(core_.regs, tx); }
    void run_update() { update(); }

    void supply_changed(Supply) override {
        if (supply() == Supply::off) lose_state();
        if (supply() != Supply::on) supply_lost();
        supply_changed_.notify(sc_core::SC_ZERO_TIME);
        update_in();
    }
    void lose_state() {
        if constexpr (requires { core_.power_off(); }) {
            core_.power_off();
        } else {
            core_.regs.reset();
        }
    }
    void refuse(tlm::tlm_generic_payload& tx) {
        const auto offset = static_cast<uint32_t>(tx.get_address());
        const bool gated = supply() == Supply::gated;
        errors_.report({.instance = name(),
                        .what = gated ? "access while the clock is gated" : "access while the power is off",
                        .reg = {},
                        .offset = offset});
        if (gated_access == GatedAccess::hang) {
            hung({name(), offset, tx.is_write()});
            for (;;) sc_core::wait(never_);
        }
        if (gated_access == GatedAccess::abort)
            return tx.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        if (tx.is_read()) std::memset(tx.get_data_ptr(), 0, tx.get_data_length());
        tx.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    GuestErrors& errors_;
    sc_core::sc_event wake_, supply_changed_, never_;
};

}  // namespace exysim
