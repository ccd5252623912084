// The one decoder of generic payloads for register targets, and the attributes a bus transaction carries.
#pragma once

#include <span>
#include <systemc>
#include <tlm>

#include "models/base/address.hpp"
#include "models/base/cluster_memory.hpp"
#include "models/base/memory_port.hpp"
#include "models/base/register_bank.hpp"

namespace exysim {

/// Performs a register access on `bank`: 1, 2 or 4 bytes inside one word, address = byte offset in the block.
/// Sets the response: OK, BURST_ERROR for longer or misaligned accesses (the chip's APB bridge refuses them).
void access(RegisterBank& bank, tlm::tlm_generic_payload& tx);

/// transport_dbg for a register block: reads by peek(), writes refused. Returns the bytes transferred.
unsigned debug_access(const RegisterBank& bank, tlm::tlm_generic_payload& tx);

inline Picoseconds picoseconds(const sc_core::sc_time& t) { return t.value(); }  // the resolution is 1 ps
inline sc_core::sc_time sc_ps(Picoseconds ps) { return sc_core::sc_time::from_value(ps); }

/// sc_time_stamp() without a call: it is asked for with each burst.
inline Picoseconds sc_now() { return picoseconds(sc_core::sc_get_curr_simcontext()->time_stamp()); }

/// Makes `tx` a fresh transaction without byte enables; its extensions stay.
void set_up(tlm::tlm_generic_payload& tx, tlm::tlm_command command, PhysAddr address,
            std::span<uint8_t> data);

/// A burst of BurstBus that needs a payload: `transport` is a b_transport.
template <class Transport>
Finished burst_by_payload(tlm::tlm_generic_payload& tx, Direction direction, PhysAddr address,
                          std::span<uint8_t> data, Picoseconds at, Transport transport) {
    const Picoseconds now = sc_now();
    set_up(tx, direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND, address, data);
    sc_core::sc_time delay = sc_ps(at - now);
    transport(tx, delay);
    return {now + picoseconds(delay), tx.is_response_ok()};
}

}  // namespace exysim
