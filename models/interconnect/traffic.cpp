#include "models/interconnect/traffic.hpp"

#include <algorithm>
#include <cassert>

namespace exysim::interconnect {

void TargetTraffic::step() {
    const bool write =
        reads_.arbiter.idle() || (!writes_.arbiter.idle() && writes_.arbiter.next() < reads_.arbiter.next());
    const Arbiter::Grant grant = channel(write).arbiter.step();
    grant.user->by->granted(*grant.user, grant.start);
}

MasterChannel::MasterChannel(const MasterConfig& config, uint32_t number, bool write, Regulator& regulator)
    : config_{config},
      port_{config.port},
      number_{static_cast<uint8_t>(number)},
      write_{write},
      regulator_{regulator},
      settled_{write ? config.writes : config.reads},
      flights_(write ? config.writes : config.reads),
      records_(kTransfers) {}

uint64_t MasterChannel::submit(const Transfer& transfer, TargetTraffic& to, Picoseconds at) {
    assert(transfer.bytes != 0);
    const uint64_t ticket = transfers_++;
    const auto number = static_cast<uint32_t>(ticket % kTransfers);
    Record& record = records_[number];
    while (record.left != 0) settle_oldest();
    record.done = 0;
    accepted_ = at;
    BurstRequest burst{transfer.offset, transfer.bytes, write_, priority_of(transfer)};
    if (transfer.wrap) {
        burst.offset &= ~uint64_t{transfer.bytes - 1};
        put(burst, to, number);
        return ticket;
    }
    for (const uint64_t end = transfer.offset + transfer.bytes; burst.offset < end;
         burst.offset += burst.bytes) {
        const auto left = static_cast<uint32_t>(end - burst.offset);
        burst.bytes = first_burst(burst.offset, left, port_.width(), config_.beats);
        put(burst, to, number);
    }
    return ticket;
}

Picoseconds MasterChannel::completion(uint64_t ticket) {
    assert(ticket < transfers_ && ticket + kTransfers >= transfers_);
    const Record& record = records_[ticket % kTransfers];
    while (record.left != 0) settle_oldest();
    return record.done;
}

/// Where nobody else waits, nothing is queued and no ticket is needed: the same decisions, one after the
/// other.
Picoseconds MasterChannel::transfer(const Transfer& transfer, TargetTraffic& to, Picoseconds at) {
    const Passage& way = passage(to, transfer.offset, transfer.bytes);
    const bool one_burst = known_.bytes == transfer.bytes && !transfer.wrap;
    const bool alone = first_ == last_ && to.idle();
    if (!one_burst || !alone) return completion(submit(transfer, to, at));
    TargetTraffic::Channel& port = to.channel(write_);
    const BurstRequest burst{transfer.offset, transfer.bytes, write_, priority_of(transfer)};
    const Picoseconds start = admit(way, burst.bytes, at), arrived = start + way.request;
    const Picoseconds granted = port.arbiter.pass(arrived, way.port, number_);
    port.bytes += burst.bytes;
    const Picoseconds given = pass_on(to, way, burst.bytes, arrived, granted);
    const Picoseconds end = finish(way, given, to.memory().complete(burst, given));
    settled_.renew(start, end);
    count(burst.bytes, end - at);
    return end;
}

inline const Passage& MasterChannel::passage(const TargetTraffic& to, uint64_t offset, uint32_t bytes) {
    const bool known = known_.to == &to && known_.bytes == bytes && (offset & (bytes - 1)) == 0;
    if (!known) look_up(to, offset, bytes);
    return known_.way;
}

void MasterChannel::look_up(const TargetTraffic& to, uint64_t offset, uint32_t bytes) {
    const bool aligned = (bytes & (bytes - 1)) == 0 && (offset & (bytes - 1)) == 0;
    const bool one_burst = first_burst(offset, bytes, port_.width(), config_.beats) == bytes;
    known_ = {&to, aligned && one_burst ? bytes : 0, passage_of(to, offset, bytes)};
}

Passage MasterChannel::passage_of(const TargetTraffic& to, uint64_t offset, uint32_t bytes) const {
    const Picoseconds beats = port_.time(offset, bytes), port = to.port().time(offset, bytes);
    const Picoseconds both = std::max(beats, port), request = to.config().request;
    const Picoseconds response = to.config().response;
    if (!write_) return {port_.period(), both, request, port, 0, response, request + both - port + response};
    return {beats, beats, request + both - port, port, port, response, request + both + response};
}

/// One burst on its way to the arbiter.
void MasterChannel::put(const BurstRequest& burst, TargetTraffic& to, uint32_t record) {
    if (settled_.empty()) settle_oldest();
    const Passage& way = passage(to, burst.offset, burst.bytes);
    const Picoseconds wanted = accepted_, start = admit(way, burst.bytes, wanted);
    const Picoseconds arrived = start + way.request;
    const uint8_t number = settled_.take();
    flights_[number] = {.by = this,
                        .to = &to,
                        .burst = burst,
                        .way = way,
                        .wanted = wanted,
                        .start = start,
                        .arrived = arrived,
                        .record = record};
    ++records_[record].left;
    waiting_[last_++ % kMostFlights] = number;
    to.channel(write_).arbiter.submit({.arrival = arrived,
                                       .duration = way.port,
                                       .user = &flights_[number],
                                       .master = number_,
                                       .master_priority = config_.priority,
                                       .burst_priority = burst.priority});
}

/// Through the master's limits and its write channel. Returns when the burst has its place in flight and,
/// for a write, on the channel.
inline Picoseconds MasterChannel::admit(const Passage& way, uint32_t bytes, Picoseconds wanted) {
    Picoseconds start = wanted;
    if (!settled_.free(start)) start = count_wait(times_.limit, start, settled_.next_free(start));
    if (regulator_.active()) start = count_wait(times_.regulation, start, regulator_.admit(start, bytes));
    if (write_) start = over_channel(start, way.carried);
    accepted_ = start + way.taken;
    return start;
}

/// When the master's data channel carries what is there at `from`.
inline Picoseconds MasterChannel::over_channel(Picoseconds from, Picoseconds carried) {
    const Picoseconds start = lane_.book(from, carried);
    if (start != from) times_.channel += start - from;
    return start;
}

void MasterChannel::granted(Flight& flight, Picoseconds start) {
    flight.granted = true;
    flight.to->channel(write_).bytes += flight.burst.bytes;
    flight.arrived = pass_on(*flight.to, flight.way, flight.burst.bytes, flight.arrived, start);
    flight.ticket = flight.to->memory().submit(flight.burst, flight.arrived);
}

/// The memory's port is at `start` the burst's that has arrived there. Returns when the memory has it.
inline Picoseconds MasterChannel::pass_on(TargetTraffic& to, const Passage& way, uint32_t bytes,
                                          Picoseconds arrived, Picoseconds start) {
    if (start != arrived) times_.arbitration += start - arrived;
    if (port_granted.watched()) port_granted({to, start, start + way.port, bytes});
    return start + way.data;
}

void MasterChannel::settle_oldest() {
    const uint8_t number = waiting_[first_++ % kMostFlights];
    const Flight& flight = flights_[number];
    while (!flight.granted) flight.to->step();
    const Picoseconds end = finish(flight.way, flight.arrived, flight.to->memory().completion(flight.ticket));
    settled_.put(number, flight.start, end);
    count(flight.burst.bytes, end - flight.wanted);
    Record& record = records_[flight.record];
    --record.left;
    record.done = std::max(record.done, end);
}

/// The memory had the burst from `given` on. The way back: a write's response, or a read's data over the
/// master's channel, which may be slower than they arrive. Returns when the master is done.
inline Picoseconds MasterChannel::finish(const Passage& way, Picoseconds given, Picoseconds memory_done) {
    times_.memory += memory_done - given;
    times_.passing += way.all;
    const Picoseconds back = memory_done + way.response;
    if (write_) return back;
    return over_channel(std::max(back, way.port) - way.port, way.carried) + way.carried;
}

inline void MasterChannel::count(uint32_t bytes, Picoseconds latency) {
    times_.latency += latency;
    latency_.add(latency);
    longest_ = std::max(longest_, latency);
    bytes_ += bytes;
}

}  // namespace exysim::interconnect
