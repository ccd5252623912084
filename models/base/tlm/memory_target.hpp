// Plain memory behind a target socket: what DRAM and on-chip RAM share.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <span>
#include <systemc>
#include <tlm>

#include "models/base/counted_memory.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/host_memory.hpp"
#include "models/base/statistics.hpp"

namespace exysim {

/// A fixed latency plus the time the data take to pass.
struct MemoryTiming {
    sc_core::sc_time latency;
    double bytes_per_ns;  ///< greater than zero
};

/// Byte-addressed memory from offset 0. Bursts of any length; a burst past the end gets
/// TLM_ADDRESS_ERROR_RESPONSE, byte enables TLM_BYTE_ENABLE_ERROR_RESPONSE. Direct access is always granted.
/// Statistics: `<name>.{read_bytes,write_bytes}` count transactions only, not direct accesses.
class MemoryTarget : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<MemoryTarget> socket{"socket"};

    MemoryTarget(const sc_core::sc_module_name& name, uint64_t size, const MemoryTiming& timing,
                 Instruments& instruments);

protected:
    /// Adds to `delay` what a burst takes. Memories with a timing of their own override it.
    virtual void take_time(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    /// The fixed latency and the time `bytes` take to pass.
    sc_core::sc_time time_of(uint64_t bytes) const;

public:
    /// The debug view `bus(pa)`, counted from the start of the memory: what a device sees.
    std::span<uint8_t> bytes() { return memory_.bytes(); }
    /// For a bus that moves the data of its transactions itself.
    CountedMemory& data() { return data_; }

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& tx);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi);

    sc_core::sc_time latency_;
    double ps_per_byte_;
    HostMemory memory_;
    CountedMemory data_;
};

}  // namespace exysim
