#include "models/interconnect/traffic.hpp"

#include <algorithm>
#include <cassert>

namespace exysim::interconnect {

void TargetTraffic::step() {
    const bool write = reads_.idle() || (!writes_.idle() && writes_.next() < reads_.next());
    const Arbiter::Grant grant = arbiter(write).step();
    grant.user->by->granted(*grant.user, grant.start);
}

MasterChannel::MasterChannel(const MasterConfig& config, uint32_t number, bool write, Regulator& regulator)
    : config_{config},
      port_{config.port},
      number_{static_cast<uint8_t>(number)},
      write_{write},
      regulator_{regulator},
      flights_(write ? config.writes : config.reads),
      records_(kTransfers) {
    assert(flights_.size() >= 1 && flights_.size() <= kMostFlights);
    for (size_t n = 0; n < flights_.size(); ++n) settled_.insert({.flight = static_cast<uint8_t>(n)});
}

uint64_t MasterChannel::submit(const Transfer& transfer, TargetTraffic& to, Picoseconds at) {
    assert(transfer.bytes != 0);
    const uint64_t ticket = transfers_++;
    const auto number = static_cast<uint32_t>(ticket % kTransfers);
    Record& record = records_[number];
    while (record.left != 0) settle_oldest();
    record.done = 0;
    accepted_ = at;
    const uint8_t priority = priority_of(transfer);
    if (transfer.wrap) {
        put(transfer.offset & ~uint64_t{transfer.bytes - 1}, transfer.bytes, priority, to, number);
        return ticket;
    }
    for (uint32_t done = 0; done < transfer.bytes;) {
        const uint64_t offset = transfer.offset + done;
        const uint32_t bytes = first_burst(offset, transfer.bytes - done, port_.width(), config_.beats);
        put(offset, bytes, priority, to, number);
        done += bytes;
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
[[gnu::flatten]] Picoseconds MasterChannel::transfer(const Transfer& transfer, TargetTraffic& to,
                                                     Picoseconds at) {
    const bool alone = first_ == last_ && to.idle() && is_one_burst(transfer);
    if (!alone) return completion(submit(transfer, to, at));
    accepted_ = at;
    Flight flight{
        .by = this, .to = &to, .burst = {transfer.offset, transfer.bytes, write_, priority_of(transfer)}};
    const uint8_t number = admit(flight);
    pass_on(flight, to.arbiter(write_).pass(flight.arrived, flight.passes, number_));
    return settle(flight, number, to.memory().complete(flight.burst, flight.arrived));
}

bool MasterChannel::is_one_burst(const Transfer& transfer) const {
    return !transfer.wrap &&
           first_burst(transfer.offset, transfer.bytes, port_.width(), config_.beats) == transfer.bytes;
}

/// One burst on its way to the arbiter.
void MasterChannel::put(uint64_t offset, uint32_t bytes, uint8_t priority, TargetTraffic& to,
                        uint32_t record) {
    if (settled_.empty()) settle_oldest();
    Flight made{.by = this, .to = &to, .burst = {offset, bytes, write_, priority}, .record = record};
    const uint8_t number = admit(made);
    flights_[number] = made;
    ++records_[record].left;
    waiting_[last_++ % kMostFlights] = number;
    to.arbiter(write_).submit({.arrival = made.arrived,
                               .duration = made.passes,
                               .user = &flights_[number],
                               .master = number_,
                               .master_priority = config_.priority,
                               .burst_priority = priority});
}

/// Through the master's limits and its write channel. Returns which of the flights it may be.
uint8_t MasterChannel::admit(Flight& made) {
    const auto [offset, bytes, write, priority] = made.burst;
    const Picoseconds wanted = accepted_, free = within_limit(wanted);
    const uint8_t number = settled_.front().flight;
    settled_.pop_front();
    const Picoseconds admitted = regulator_.admit(free, bytes);
    const Picoseconds beats = port_.time(offset, bytes), passes = made.to->port().time(offset, bytes);
    const Picoseconds start = write ? lane_.book(admitted, beats) : admitted;
    accepted_ = start + (write ? beats : port_.period());
    times_.limit += free - wanted;
    times_.regulation += admitted - free;
    times_.channel += start - admitted;
    made.wanted = wanted;
    made.start = start;
    made.passes = passes;
    made.excess = beats > passes ? beats - passes : 0;
    made.arrived = start + made.to->config().request + (write ? made.excess : 0);
    return number;
}

/// When one more burst may be in flight that is wanted at `at`: at once, or when the first is free of as many
/// as are allowed. Bursts that other users of the port stamped later than `at` are not in the way.
Picoseconds MasterChannel::within_limit(Picoseconds at) const {
    const Picoseconds earliest = settled_.front().end;
    if (earliest <= at) return at;
    for (size_t n = 0; n < settled_.size(); ++n)
        if (settled_[n].start > at) return at;
    return earliest;
}

void MasterChannel::granted(Flight& flight, Picoseconds start) {
    flight.granted = true;
    pass_on(flight, start);
    flight.ticket = flight.to->memory().submit(flight.burst, flight.arrived);
}

/// The memory's port is the flight's at `start`.
void MasterChannel::pass_on(Flight& flight, Picoseconds start) {
    times_.arbitration += start - flight.arrived;
    flight.arrived = start + (write_ ? flight.passes : 0);
    flight.to->count(flight.burst);
    if (port_granted.watched()) port_granted({*flight.to, start, start + flight.passes, flight.burst.bytes});
}

void MasterChannel::settle_oldest() {
    const uint8_t number = waiting_[first_++ % kMostFlights];
    const Flight& flight = flights_[number];
    while (!flight.granted) flight.to->step();
    const Picoseconds end = settle(flight, number, flight.to->memory().completion(flight.ticket));
    Record& record = records_[flight.record];
    --record.left;
    record.done = std::max(record.done, end);
}

/// The memory is done with the flight. Returns when the master is.
Picoseconds MasterChannel::settle(const Flight& flight, uint8_t number, Picoseconds memory_done) {
    const Picoseconds end = finish(flight, memory_done);
    settled_.insert({flight.start, end, number});
    const Picoseconds latency = end - flight.wanted;
    times_.latency += latency;
    latency_.add(latency);
    longest_ = std::max(longest_, latency);
    ++bursts_;
    bytes_ += flight.burst.bytes;
    return end;
}

/// The way back: a write's response, or a read's data over the master's channel, which may be slower than
/// they arrive.
Picoseconds MasterChannel::finish(const Flight& flight, Picoseconds memory_done) {
    const TargetConfig& to = flight.to->config();
    const Picoseconds passes = flight.passes;
    times_.memory += memory_done - flight.arrived;
    times_.passing += to.request + to.response + flight.excess + (write_ ? passes : 0);
    const Picoseconds back = memory_done + to.response;
    if (write_) return back;
    const Picoseconds first_data = std::max(back, passes) - passes;
    const Picoseconds start = lane_.book(first_data, passes + flight.excess);
    times_.channel += start - first_data;
    return start + passes + flight.excess;
}

}  // namespace exysim::interconnect
