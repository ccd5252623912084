#include "models/base/tlm/dma_port.hpp"

#include <algorithm>
#include <utility>

namespace exysim {

DmaPort::DmaPort(const char* name, sc_core::sc_time skew) : socket{name}, skew_{picoseconds(skew)} {
    burst_.deferrable = true;
    tx_.set_extension(&burst_);
    tx_.set_byte_enable_ptr(nullptr);
    tx_.set_dmi_allowed(false);
}

DmaPort::~DmaPort() { tx_.clear_extension(&burst_); }  // a payload frees what it still carries

bool DmaPort::read(Iova address, std::span<uint8_t> data, uint32_t tag) {
    const Picoseconds begun = sc_now() + ahead_;
    ahead_ = transfer(tlm::TLM_READ_COMMAND, address, data.data(), data.size(), ahead_);
    const bool good = tx_.is_response_ok();
    const ReadDone what{tag, good ? static_cast<uint32_t>(data.size()) : 0, begun, sc_now() + ahead_};
    if (burst_.opened != 0) {
        put(reads_, what.ended).what = what;
    } else if (good && read_done) {
        read_done(what);
    }
    if (ahead_ >= skew_) wait_ahead();
    return good;
}

/// While the reads it depends on are under way, later reads go on: only the time the port kept the write
/// waiting holds the engine up.
bool DmaPort::write(Iova address, std::span<const uint8_t> data) {
    while (reads_.first != reads_.last) read_until_ = std::max(read_until_, settle_oldest(reads_));
    const Picoseconds now = sc_now();
    const Picoseconds begun = std::max(ahead_, read_until_ - std::min(now, read_until_));
    // The payload has one data pointer for both directions; a write never stores through it.
    const Picoseconds taken =
        transfer(tlm::TLM_WRITE_COMMAND, address, const_cast<uint8_t*>(data.data()), data.size(), begun);
    const bool waited = sc_now() != now;  // for software, in a SysMMU on the way
    if (burst_.opened == 0 || waited) {
        ahead_ = taken;
    } else {
        ahead_ += taken - std::min(begun, taken);
    }
    if (burst_.opened != 0) put(writes_, sc_now() + taken);
    if (ahead_ >= skew_) wait_ahead();
    return tx_.is_response_ok();
}

/// Starts `ahead` of SystemC time; returns how far ahead the port has taken the transfer, or it is complete.
Picoseconds DmaPort::transfer(tlm::tlm_command command, Iova address, uint8_t* data, size_t size,
                              Picoseconds ahead) {
    const auto length = static_cast<unsigned>(size);
    tx_.set_command(command);
    tx_.set_address(address.value);
    tx_.set_data_ptr(data);
    tx_.set_data_length(length);
    tx_.set_streaming_width(length);
    tx_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    burst_.restart();
    sc_core::sc_time delay = sc_ps(ahead);
    socket->b_transport(tx_, delay);
    return picoseconds(delay);
}

/// With every buffer in use the engine waits for the oldest.
DmaPort::Flight& DmaPort::put(Flights& flights, Picoseconds accepted) {
    if (flights.last - flights.first == kInFlight) advance(settle_oldest(flights));
    Flight& made = flights.ring[flights.last++ % kInFlight];
    made.open = burst_.open;
    made.opened = burst_.opened;
    made.accepted = accepted;
    return made;
}

Picoseconds DmaPort::settle_oldest(Flights& flights) {
    const Flight& flight = flights.ring[flights.first++ % kInFlight];
    Picoseconds ended = flight.accepted;
    for (uint32_t n = 0; n < flight.opened; ++n)
        ended = std::max(ended, flight.open[n].by->completion(flight.open[n].ticket));
    if (&flights == &reads_ && read_done)
        read_done({flight.what.tag, flight.what.bytes, flight.what.begun, ended});
    return ended;
}

void DmaPort::advance(Picoseconds to) {
    const Picoseconds from = sc_now();
    if (to > from) ahead_ = std::max(ahead_, to - from);
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
    const Picoseconds ahead = std::exchange(ahead_, 0);
    if (ahead > 0) sc_core::wait(sc_ps(ahead));
}

}  // namespace exysim
