#include "models/cache/acp.hpp"

#include <span>

#include "models/base/tlm/payload.hpp"
#include "models/cache/hierarchy.hpp"

namespace exysim::cache {

namespace {
std::span<uint8_t> bytes_of(const tlm::tlm_generic_payload& tx) {
    return {tx.get_data_ptr(), tx.get_data_length()};
}
PhysAddr address_of(const tlm::tlm_generic_payload& tx) {
    return PhysAddr{static_cast<uint32_t>(tx.get_address())};
}
}  // namespace

Acp::Acp(sc_core::sc_module_name name, Hierarchy& caches, PhysRange memory)
    : sc_module{name}, caches_{caches}, memory_{memory} {
    device.register_b_transport(this, &Acp::b_transport);
    device.register_transport_dbg(this, &Acp::transport_dbg);
}

bool Acp::in_memory(const tlm::tlm_generic_payload& tx) const {
    return tx.get_address() >= memory_.base.value && tx.get_address() + tx.get_data_length() <= memory_.end();
}

void Acp::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    if (!in_memory(tx)) return bus->b_transport(tx, delay);
    const Picoseconds start = picoseconds(sc_core::sc_time_stamp());
    const Direction direction = tx.is_read() ? Direction::read : Direction::write;
    const Finished f =
        caches_.coherent_burst(direction, address_of(tx), bytes_of(tx), start + picoseconds(delay));
    delay = sc_ps(f.at - start);
    tx.set_response_status(f.ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (f.ok) moved({direction, address_of(tx), bytes_of(tx)});
}

/// What the master would read.
unsigned Acp::transport_dbg(tlm::tlm_generic_payload& tx) {
    if (!in_memory(tx) || !tx.is_read()) return bus->transport_dbg(tx);
    return caches_.port(0).peek(address_of(tx), bytes_of(tx)) ? tx.get_data_length() : 0;
}

}  // namespace exysim::cache
