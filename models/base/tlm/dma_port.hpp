// A device's way to memory: an initiator socket with one reused payload and a local time that may run a
// little ahead of SystemC time.
#pragma once

#include <cstdint>
#include <span>

#include <tlm_utils/simple_initiator_socket.h>

#include "models/base/address.hpp"
#include "models/base/tlm/payload.hpp"

namespace exysim {

/// Reads and writes memory on behalf of one device engine. Call only from an SC_THREAD: a fault in the SysMMU
/// on the way makes the call wait until software has dealt with it.
class DmaPort {
public:
    tlm_utils::simple_initiator_socket<DmaPort> socket;

    /// `skew`: how far bursts may be booked ahead of SystemC time before the caller is made to wait.
    DmaPort(const char* name, sc_core::sc_time skew) : socket{name}, skew_{skew} {}

    /// One transfer at `address`; false when the bus answered with an error (the data are then undefined).
    bool read(Iova address, std::span<uint8_t> data);
    bool write(Iova address, std::span<const uint8_t> data);
    /// Waits until SystemC time has caught up with the transfers booked so far.
    void catch_up();
    /// Time of the next transfer: SystemC time plus what was booked ahead.
    sc_core::sc_time now() const { return sc_core::sc_time_stamp() + ahead_; }

private:
    bool transfer(tlm::tlm_command command, Iova address, uint8_t* data, size_t size);

    tlm::tlm_generic_payload tx_;
    sc_core::sc_time ahead_ = sc_core::SC_ZERO_TIME;
    sc_core::sc_time skew_;
};

}  // namespace exysim
