#include "models/interconnect/traffic.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace exysim::interconnect {

MasterChannel::MasterChannel(const MasterConfig& config, uint32_t number, bool write, Regulator& regulator)
    : config_{config},
      port_{config.port},
      number_{number},
      write_{write},
      regulator_{regulator},
      flights_(write ? config.writes : config.reads),
      stays_(flights_.size()),
      settled_{~uint64_t{0} >> (kMostFlights - flights_.size())},
      records_(kTransfers) {
    assert(flights_.size() >= 1 && flights_.size() <= kMostFlights);
}

uint64_t MasterChannel::submit(const Transfer& transfer, TargetTraffic& to, Picoseconds at) {
    assert(transfer.bytes != 0);
    const uint64_t ticket = transfers_++;
    Record& record = records_[ticket % kTransfers];
    while (record.left != 0) settle_oldest();
    record.done = 0;
    accepted_ = at;
    const uint8_t priority = std::max(transfer.priority, config_.priority);
    if (transfer.wrap) {
        put({transfer.offset & ~uint64_t{transfer.bytes - 1}, transfer.bytes, write_, priority}, to, ticket);
        return ticket;
    }
    for (uint32_t done = 0; done < transfer.bytes;) {
        const uint64_t offset = transfer.offset + done;
        const uint32_t bytes = first_burst(offset, transfer.bytes - done, port_.width(), config_.beats);
        put({offset, bytes, write_, priority}, to, ticket);
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

/// One burst on its way: through the master's limits and its write channel to the arbiter.
void MasterChannel::put(const BurstRequest& burst, TargetTraffic& to, uint64_t transfer) {
    const Picoseconds wanted = accepted_;
    Picoseconds within_limit = wanted;
    const uint32_t number = free_flight(within_limit);
    const Picoseconds admitted = regulator_.admit(within_limit, burst.bytes);
    const Picoseconds beats = port_.time(burst.offset, burst.bytes),
                      passes = to.port().time(burst.offset, burst.bytes);
    const Picoseconds start = write_ ? lane_.book(admitted, beats) : admitted;
    accepted_ = start + (write_ ? beats : port_.period());
    times_.limit += within_limit - wanted;
    times_.regulation += admitted - within_limit;
    times_.channel += start - admitted;

    Flight& made = flights_[number];
    const Picoseconds excess = beats > passes ? beats - passes : 0;
    made = {.to = &to,
            .burst = burst,
            .transfer = transfer,
            .wanted = wanted,
            .arrived = start + to.config().request + (write_ ? excess : 0),
            .passes = passes,
            .excess = excess};
    stays_[number].start = start;
    settled_ &= ~(uint64_t{1} << number);
    ++records_[transfer % kTransfers].left;
    waiting_[last_++ % kMostFlights] = static_cast<uint8_t>(number);
    to.arbiter(write_).submit({.master = number_,
                               .master_priority = config_.priority,
                               .burst_priority = burst.priority,
                               .arrival = made.arrived,
                               .duration = passes,
                               .listener = this,
                               .user = number});
}

/// A place for one more burst. If all are taken at `at`, that becomes the moment the first of them is free.
/// Bursts that other users of the port stamped later than `at` are not in the way.
uint32_t MasterChannel::free_flight(Picoseconds& at) {
    if (last_ - first_ == flights_.size()) settle_oldest();
    bool all_taken = true;
    auto earliest = static_cast<uint32_t>(std::countr_zero(settled_));
    for (uint64_t left = settled_; left != 0; left &= left - 1) {
        const auto n = static_cast<uint32_t>(std::countr_zero(left));
        if (stays_[n].end <= at || stays_[n].start > at) all_taken = false;
        if (stays_[n].end < stays_[earliest].end) earliest = n;
    }
    if (all_taken) at = stays_[earliest].end;
    return earliest;
}

void MasterChannel::granted(uint64_t number, Picoseconds start) {
    Flight& flight = flights_[number];
    TargetTraffic& to = *flight.to;
    times_.arbitration += start - flight.arrived;
    flight.granted = true;
    flight.arrived = start + (write_ ? flight.passes : 0);
    to.count(flight.burst);
    port_granted({to, start, start + flight.passes, flight.burst.bytes});
    flight.ticket = to.memory().submit(flight.burst, flight.arrived);
}

void MasterChannel::settle_oldest() {
    const uint32_t number = waiting_[first_++ % kMostFlights];
    const Flight& flight = flights_[number];
    while (!flight.granted) flight.to->step();
    const Picoseconds end = finish(flight, flight.to->memory().completion(flight.ticket));
    stays_[number].end = end;
    settled_ |= uint64_t{1} << number;
    Record& record = records_[flight.transfer % kTransfers];
    --record.left;
    record.done = std::max(record.done, end);
    const Picoseconds latency = end - flight.wanted;
    times_.latency += latency;
    latency_.add(latency);
    longest_ = std::max(longest_, latency);
    ++bursts_;
    bytes_ += flight.burst.bytes;
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
