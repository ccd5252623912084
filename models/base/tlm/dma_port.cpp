#include "models/base/tlm/dma_port.hpp"

#include <algorithm>
#include <utility>

namespace exysim {

namespace {
Picoseconds sc_now() { return picoseconds(sc_core::sc_time_stamp()); }
}  // namespace

DmaPort::DmaPort(const char* name, sc_core::sc_time skew) : socket{name}, skew_{skew} {
    burst_.deferrable = true;
    tx_.set_extension(&burst_);
    tx_.set_byte_enable_ptr(nullptr);
    tx_.set_dmi_allowed(false);
}

DmaPort::~DmaPort() { tx_.clear_extension(&burst_); }  // a payload frees what it still carries

bool DmaPort::read(Iova address, std::span<uint8_t> data, uint32_t tag) {
    const Picoseconds begun = picoseconds(now());
    ahead_ = transfer(tlm::TLM_READ_COMMAND, address, data.data(), data.size(), ahead_);
    const bool good = tx_.is_response_ok();
    const auto bytes = good ? static_cast<uint32_t>(data.size()) : 0;
    const Flight made{burst_.open, burst_.opened, picoseconds(now()), {tag, bytes, begun, 0}};
    if (made.opened != 0) {
        put(reads_, made);
    } else if (good && read_done) {
        told(made, made.accepted);
    }
    if (ahead_ >= skew_) wait_ahead();
    return good;
}

/// While the reads it depends on are under way, later reads go on: only the time the port kept the write
/// waiting holds the engine up.
bool DmaPort::write(Iova address, std::span<const uint8_t> data) {
    while (reads_.first != reads_.last) read_until_ = std::max(read_until_, settle_oldest(reads_));
    const Picoseconds begun = std::max(picoseconds(now()), read_until_);
    // The payload has one data pointer for both directions; a write never stores through it.
    const sc_core::sc_time delay =
        transfer(tlm::TLM_WRITE_COMMAND, address, const_cast<uint8_t*>(data.data()), data.size(),
                 sc_ps(begun - sc_now()));
    const Picoseconds accepted = sc_now() + picoseconds(delay);
    if (burst_.opened != 0) {
        ahead_ += sc_ps(accepted - std::min(begun, accepted));
        put(writes_, {burst_.open, burst_.opened, accepted, {}});
    } else {
        ahead_ = delay;
    }
    if (ahead_ >= skew_) wait_ahead();
    return tx_.is_response_ok();
}

/// Returns how far ahead of SystemC time the port has taken the transfer, or it is complete.
sc_core::sc_time DmaPort::transfer(tlm::tlm_command command, Iova address, uint8_t* data, size_t size,
                                   sc_core::sc_time at) {
    const auto length = static_cast<unsigned>(size);
    tx_.set_command(command);
    tx_.set_address(address.value);
    tx_.set_data_ptr(data);
    tx_.set_data_length(length);
    tx_.set_streaming_width(length);
    tx_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    burst_.restart();
    socket->b_transport(tx_, at);
    return at;
}

/// With every buffer in use the engine waits for the oldest.
void DmaPort::put(Flights& flights, const Flight& flight) {
    if (flights.last - flights.first == kInFlight) advance(settle_oldest(flights));
    flights.ring[flights.last++ % kInFlight] = flight;
}

Picoseconds DmaPort::settle_oldest(Flights& flights) {
    const Flight& flight = flights.ring[flights.first++ % kInFlight];
    Picoseconds ended = flight.accepted;
    for (uint32_t n = 0; n < flight.opened; ++n)
        ended = std::max(ended, flight.open[n].by->completion(flight.open[n].ticket));
    if (&flights == &reads_ && read_done) told(flight, ended);
    return ended;
}

void DmaPort::told(const Flight& flight, Picoseconds ended) {
    ReadDone done = flight.what;
    done.ended = ended;
    read_done(done);
}

void DmaPort::advance(Picoseconds to) {
    const Picoseconds from = sc_now();
    if (to > from) ahead_ = std::max(ahead_, sc_ps(to - from));
}

void DmaPort::settle(Flights& flights) {
    while (flights.first != flights.last) advance(settle_oldest(flights));
}

void DmaPort::settle() {
    settle(reads_);
    settle(writes_);
    advance(read_until_);
}

void DmaPort::catch_up() {
    settle();
    wait_ahead();
}

void DmaPort::wait_ahead() {
    const sc_core::sc_time ahead = std::exchange(ahead_, sc_core::SC_ZERO_TIME);
    if (ahead > sc_core::SC_ZERO_TIME) sc_core::wait(ahead);
}

}  // namespace exysim
