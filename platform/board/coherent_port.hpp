// A device on the accelerator coherency port, and a probe of what it moves there: the bus sees none of it.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <string>
#include <systemc>
#include <tlm>

#include "models/base/probe.hpp"
#include "models/cache/acp.hpp"
#include "models/interconnect/bus.hpp"

namespace exysim::board {

/// Passes everything on to an Acp of its own, at no time of its own. `transferred` hears of bursts that have
/// ended well, those among them that the Acp has passed on to the bus.
class CoherentPort : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<CoherentPort> device{"device"};
    cache::Acp acp;

    CoherentPort(const sc_core::sc_module_name& name, std::string master, cache::Hierarchy& caches,
                 PhysRange memory, Probe<interconnect::BusTransfer>& transferred);

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& tx);

    tlm_utils::simple_initiator_socket<CoherentPort> inside_{"inside"};
    std::string master_;
    Probe<interconnect::BusTransfer>& transferred_;
};

}  // namespace exysim::board
