// A device's way to memory: an initiator socket with one reused payload, bursts in flight, and a local time
// that may run a little ahead of SystemC time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include <tlm_utils/simple_initiator_socket.h>

#include "models/base/address.hpp"
#include "models/base/tlm/burst.hpp"
#include "models/base/tlm/payload.hpp"

namespace exysim {

/// Reads and writes memory on behalf of one device engine. Call only from an SC_THREAD: a fault in the SysMMU
/// on the way makes the call wait until software has dealt with it.
///
/// The data move at once. Where the bus leaves the time open (see Burst), the burst stays in flight and the
/// next one is asked for when the port has taken it: reads overlap, writes are posted. A write carries what
/// was read before it and therefore does not begin before those reads are complete; a read whose address was
/// read needs settle() in between.
class DmaPort {
public:
    tlm_utils::simple_initiator_socket<DmaPort> socket;

    /// `skew`: how far bursts may be booked ahead of SystemC time before the caller is made to wait.
    DmaPort(const char* name, sc_core::sc_time skew);
    ~DmaPort();
    DmaPort(const DmaPort&) = delete;
    DmaPort& operator=(const DmaPort&) = delete;

    /// One transfer at `address`; false when the bus answered with an error (the data are then undefined).
    /// `tag` comes back with read_done.
    bool read(Iova address, std::span<uint8_t> data, uint32_t tag = 0);
    bool write(Iova address, std::span<const uint8_t> data);
    /// Moves the local time on to the completion of everything in flight.
    void settle();
    /// The same, and waits until SystemC time has caught up.
    void catch_up();
    /// Time of the next transfer: SystemC time plus what was booked ahead.
    sc_core::sc_time now() const { return sc_core::sc_time_stamp() + sc_ps(ahead_); }

    /// A read as it happened, told once its end is known.
    struct ReadDone {
        uint32_t tag, bytes;
        Picoseconds begun, ended;
    };
    std::function<void(const ReadDone&)> read_done;  ///< may be empty; set before simulation starts

private:
    static constexpr uint32_t kInFlight = 16;  // Assumed: bursts an engine has buffers for
    struct Flight {
        std::array<Burst::Open, Burst::kOpen> open{};
        uint32_t opened = 0;
        Picoseconds accepted = 0;
        ReadDone what{};
    };
    /// Transfers of one direction, oldest first.
    struct Flights {
        std::array<Flight, kInFlight> ring{};
        uint64_t first = 0, last = 0;
    };
    Picoseconds transfer(tlm::tlm_command command, Iova address, uint8_t* data, size_t size,
                         Picoseconds ahead);
    Flight& put(Flights& flights, Picoseconds accepted);
    Picoseconds settle_oldest(Flights& flights);
    void settle(Flights& flights);
    void advance(Picoseconds to);
    void wait_ahead();

    tlm::tlm_generic_payload tx_;
    Burst burst_;
    Flights reads_, writes_;
    Picoseconds read_until_ = 0;  // completion of the reads settled so far
    Picoseconds ahead_ = 0;
    Picoseconds skew_;
};

}  // namespace exysim
