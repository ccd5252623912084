// The accelerator coherency port: another master's way through the snoop control unit.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "models/base/address.hpp"
#include "models/base/probe.hpp"
#include "models/cache/events.hpp"

namespace exysim::cache {

class Hierarchy;

/// Stands between a master and the bus. Bursts to `memory` are coherent with the cores' caches and served by
/// the level-2 cache; everything else goes on to the bus. A burst takes as long as its slowest line. Assumed:
/// the master's attributes ask for coherence with every burst, as a port wired so would.
struct Acp : sc_core::sc_module {
    tlm_utils::simple_target_socket<Acp> device{"device"};
    tlm_utils::simple_initiator_socket<Acp> bus{"bus"};

    Probe<CoherentBurst> moved;  ///< what the bus does not see

    Acp(sc_core::sc_module_name name, Hierarchy& caches, PhysRange memory);

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& tx);
    bool in_memory(const tlm::tlm_generic_payload& tx) const;

    Hierarchy& caches_;
    PhysRange memory_;
};

}  // namespace exysim::cache
