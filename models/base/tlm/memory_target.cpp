#include "models/base/tlm/memory_target.hpp"

#include "models/base/tlm/payload.hpp"

namespace exysim {

MemoryTarget::MemoryTarget(const sc_core::sc_module_name& module_name, uint64_t size,
                           const MemoryTiming& timing, Instruments& in)
    : sc_module{module_name},
      latency_{timing.latency},
      ps_per_byte_{1000.0 / timing.bytes_per_ns},
      memory_{size},
      data_{memory_.bytes(),
            in.statistics.counter(std::string{name()} + ".read_bytes", "bytes",
                                  "Bytes read by bus transactions; direct accesses are not counted."),
            in.statistics.counter(std::string{name()} + ".write_bytes", "bytes",
                                  "Bytes written by bus transactions; direct accesses are not counted.")} {
    socket.register_b_transport(this, &MemoryTarget::b_transport);
    socket.register_transport_dbg(this, &MemoryTarget::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &MemoryTarget::get_direct_mem_ptr);
}

void MemoryTarget::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    if (tx.get_byte_enable_ptr()) {
        tx.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return;
    }
    const bool moves = tx.get_command() != tlm::TLM_IGNORE_COMMAND;
    if (moves && !data_.move(tx.is_write(), tx.get_address(), {tx.get_data_ptr(), tx.get_data_length()})) {
        tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    take_time(tx, delay);
    tx.set_dmi_allowed(true);
    tx.set_response_status(tlm::TLM_OK_RESPONSE);
}

void MemoryTarget::take_time(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    delay += time_of(tx.get_data_length());
}

sc_core::sc_time MemoryTarget::time_of(uint64_t bytes) const {
    return latency_ + sc_ps(static_cast<Picoseconds>(static_cast<double>(bytes) * ps_per_byte_));
}

unsigned MemoryTarget::transport_dbg(tlm::tlm_generic_payload& tx) {
    const unsigned bytes = tx.get_data_length();
    if (tx.get_command() == tlm::TLM_IGNORE_COMMAND || !data_.holds(tx.get_address(), bytes)) return 0;
    data_.copy(tx.is_write(), tx.get_address(), {tx.get_data_ptr(), bytes});
    return bytes;
}

bool MemoryTarget::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_dmi_ptr(memory_.bytes().data());
    dmi.set_start_address(0);
    dmi.set_end_address(memory_.size() - 1);
    dmi.set_read_latency(latency_);
    dmi.set_write_latency(latency_);
    dmi.allow_read_write();
    return true;
}

}  // namespace exysim
