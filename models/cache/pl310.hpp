// The PL310's registers on the bus.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <memory>
#include <systemc>
#include <tlm>

#include "models/base/guest_errors.hpp"

namespace exysim::cache {

class Level2;
struct Pl310Core;

/// L2C-310 registers at 0x1050_2000. A maintenance operation's time is the time of the access that starts it.
struct Pl310 : sc_core::sc_module {
    tlm_utils::simple_target_socket<Pl310> bus{"bus"};

    /// `level2`: what the registers work on; nullptr where caches are transparent.
    Pl310(sc_core::sc_module_name name, Level2* level2, Instruments& instruments);
    ~Pl310() override;
    const Pl310Core& core() const { return *core_; }

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& tx);

    std::unique_ptr<Pl310Core> core_;
};

}  // namespace exysim::cache
