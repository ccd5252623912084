#include "platform/board/coherent_port.hpp"

#include <utility>

namespace exysim::board {

CoherentPort::CoherentPort(const sc_core::sc_module_name& module_name, std::string master,
                           cache::Hierarchy& caches, PhysRange memory,
                           Probe<interconnect::BusTransfer>& transferred)
    : sc_module{module_name},
      acp{"acp", caches, memory},
      master_{std::move(master)},
      transferred_{transferred} {
    device.register_b_transport(this, &CoherentPort::b_transport);
    device.register_transport_dbg(this, &CoherentPort::transport_dbg);
    inside_.bind(acp.device);
}

unsigned CoherentPort::transport_dbg(tlm::tlm_generic_payload& tx) { return inside_->transport_dbg(tx); }

void CoherentPort::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    inside_->b_transport(tx, delay);
    if (!transferred_.watched() || !tx.is_response_ok()) return;
    transferred_({master_,
                  tx.is_read() ? Direction::read : Direction::write,
                  PhysAddr{static_cast<uint32_t>(tx.get_address())},
                  {tx.get_data_ptr(), tx.get_data_length()}});
}

}  // namespace exysim::board
