#include <algorithm>

#include "models/interconnect/ports.hpp"

namespace exysim::interconnect {

namespace {
Counter& count(Instruments& instruments, const std::string& name, const char* unit, const char* sentence) {
    return instruments.statistics.counter(name, unit, sentence);
}
}  // namespace

MasterPort::MasterPort(sc_core::sc_module_name name, const Bus& bus, const std::string& prefix,
                       Instruments& in)
    : sc_module{name},
      bus_{bus},
      guest_errors_{in.guest_errors},
      bus_name_{bus.name()},
      reads_{count(in, prefix + ".reads", "1", "Read transactions of this master."),
             count(in, prefix + ".read_bytes", "bytes", "Bytes this master read over the bus.")},
      writes_{count(in, prefix + ".writes", "1", "Write transactions of this master."),
              count(in, prefix + ".write_bytes", "bytes", "Bytes this master wrote over the bus.")},
      errors_{count(in, prefix + ".errors", "1", "Transactions of this master answered with an error.")} {
    socket.register_b_transport(this, &MasterPort::b_transport);
    socket.register_transport_dbg(this, &MasterPort::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &MasterPort::get_direct_mem_ptr);
}

const Route* MasterPort::route(const tlm::tlm_generic_payload& tx) {
    const uint64_t address = tx.get_address();
    const uint64_t length = tx.get_data_length();
    const auto holds = [&](const PhysRange& r) {
        return address >= r.base.value && address + length <= r.end();
    };
    if (last_ && holds(last_->range)) return last_;
    if (address > UINT32_MAX) return nullptr;
    const Route* found = bus_.decode(PhysAddr{static_cast<uint32_t>(address)}, length);
    if (found) last_ = found;
    return found;
}

void MasterPort::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    const Route* to = route(tx);
    if (!to) return refuse(tx);
    const uint64_t address = tx.get_address();
    const Traffic& traffic = tx.is_read() ? reads_ : writes_;
    traffic.transactions += 1;
    traffic.bytes += tx.get_data_length();
    delay += to->latency;
    tx.set_address(address - to->range.base.value);
    to->forward->b_transport(tx, delay);
    tx.set_address(address);
    if (tx.is_response_error()) ++errors_;
}

void MasterPort::refuse(tlm::tlm_generic_payload& tx) {
    ++errors_;
    tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    guest_errors_.report({.instance = bus_name_,
                          .what = tx.is_read() ? "read of an address without a device"
                                               : "write to an address without a device",
                          .reg = {},
                          .offset = static_cast<uint32_t>(tx.get_address())});
}

unsigned MasterPort::transport_dbg(tlm::tlm_generic_payload& tx) {
    const Route* to = route(tx);
    if (!to) return 0;
    const uint64_t address = tx.get_address();
    tx.set_address(address - to->range.base.value);
    const unsigned moved = to->forward->transport_dbg(tx);
    tx.set_address(address);
    return moved;
}

bool MasterPort::get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi) {
    const Route* to = route(tx);
    if (!to) return false;
    const uint64_t address = tx.get_address();
    const uint64_t base = to->range.base.value;
    tx.set_address(address - base);
    const bool granted = to->forward->get_direct_mem_ptr(tx, dmi);
    tx.set_address(address);
    // A denial names the range it covers too; both are cut to what the map shows of the target.
    dmi.set_end_address(base + std::min<uint64_t>(dmi.get_end_address(), to->range.size - 1));
    dmi.set_start_address(base + dmi.get_start_address());
    if (granted) {
        dmi.set_read_latency(dmi.get_read_latency() + to->latency);
        dmi.set_write_latency(dmi.get_write_latency() + to->latency);
    }
    return granted;
}

}  // namespace exysim::interconnect
