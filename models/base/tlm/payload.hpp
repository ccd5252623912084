// The one decoder of generic payloads for register targets, and the attributes a bus transaction carries.
#pragma once

#include <systemc>
#include <tlm>

#include "models/base/address.hpp"
#include "models/base/register_bank.hpp"

namespace exysim {

/// Performs a register access on `bank`: 1, 2 or 4 bytes inside one word, address = byte offset in the block.
/// Sets the response: OK, BURST_ERROR for longer or misaligned accesses (the chip's APB bridge refuses them).
void access(RegisterBank& bank, tlm::tlm_generic_payload& tx);

/// transport_dbg for a register block: reads by peek(), writes refused. Returns the bytes transferred.
unsigned debug_access(const RegisterBank& bank, tlm::tlm_generic_payload& tx);

inline Picoseconds picoseconds(const sc_core::sc_time& t) { return t.value(); }  // the resolution is 1 ps
inline sc_core::sc_time sc_ps(Picoseconds ps) { return sc_core::sc_time::from_value(ps); }

}  // namespace exysim
