#include "models/interconnect/traffic.hpp"

#include <algorithm>
#include <cassert>

#include "models/interconnect/burst_way.hpp"

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
    record.bufferable = transfer.bufferable;
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

/// By value: then the caller, who seldom comes here, keeps it in registers.
Picoseconds MasterChannel::transfer_in_turn(Transfer transfer, TargetTraffic& to, Picoseconds at) {
    return completion(submit(transfer, to, at));
}

Picoseconds MasterChannel::completion(uint64_t ticket) {
    assert(ticket < transfers_ && ticket + kTransfers >= transfers_);
    const Record& record = records_[ticket % kTransfers];
    while (record.left != 0) settle_oldest();
    return record.done;
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

/// As far as the limits do. Returns when the burst is admitted.
Picoseconds MasterChannel::hold_back(uint32_t bytes, Picoseconds wanted) {
    const Picoseconds free = settled_.free(wanted) ? wanted : settled_.next_free(wanted);
    const Picoseconds admitted = regulator_.admit(free, bytes);
    times_.limit += free - wanted;
    times_.regulation += admitted - free;
    return admitted;
}

void MasterChannel::granted(Flight& flight, Picoseconds start) {
    flight.granted = true;
    flight.to->channel(write_).bytes += flight.burst.bytes;
    flight.arrived = pass_on(*flight.to, flight.way, flight.burst.bytes, flight.arrived, start);
    flight.ticket = flight.to->memory().submit(flight.burst, flight.arrived);
}

void MasterChannel::settle_oldest() {
    const uint8_t number = waiting_[first_++ % kMostFlights];
    const Flight& flight = flights_[number];
    while (!flight.granted) flight.to->step();
    Record& record = records_[flight.record];
    BurstTarget& memory = flight.to->memory();
    const Picoseconds answered =
        record.bufferable ? memory.acceptance(flight.ticket) : memory.completion(flight.ticket);
    const Picoseconds end = finish(flight.way, flight.arrived, answered);
    settled_.put(number, flight.start, end);
    count(flight.burst.bytes, end - flight.wanted);
    --record.left;
    record.done = std::max(record.done, end);
}

}  // namespace exysim::interconnect
