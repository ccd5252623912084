// The steps of a burst's way through traffic.hpp, and all of them at once for a burst that is alone. A
// header, so that the compiler sees a core's miss from its port to the memory.
#pragma once

#include <algorithm>

#include "models/interconnect/traffic.hpp"

namespace exysim::interconnect {

inline const Passage& MasterChannel::passage(const TargetTraffic& to, uint64_t offset, uint32_t bytes) {
    const bool known = known_.to == &to && known_.bytes == bytes && (offset & (bytes - 1)) == 0;
    if (!known) [[unlikely]]
        look_up(to, offset, bytes);
    return known_.way;
}

/// Through the master's limits and its write channel. Returns when the burst has its place in flight and,
/// for a write, on the channel.
inline Picoseconds MasterChannel::admit(const Passage& way, uint32_t bytes, Picoseconds wanted) {
    Picoseconds start = wanted;
    if (regulator_.active() || !settled_.free(wanted)) [[unlikely]]
        start = hold_back(bytes, wanted);
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

/// The memory's port is at `start` the burst's that has arrived there. Returns when the memory has it.
inline Picoseconds MasterChannel::pass_on(TargetTraffic& to, const Passage& way, uint32_t bytes,
                                          Picoseconds arrived, Picoseconds start) {
    if (start != arrived) times_.arbitration += start - arrived;
    if (port_granted.watched()) [[unlikely]]
        port_granted({to, start, start + way.port, bytes});
    return start + way.data;
}

/// The memory had the burst from `given` on and has answered. The way back: a write's response, or a read's
/// data over the master's channel, which may be slower than they arrive. Returns when the master is done.
inline Picoseconds MasterChannel::finish(const Passage& way, Picoseconds given, Picoseconds answered) {
    times_.memory += answered - given;
    times_.passing += way.all;
    const Picoseconds back = answered + way.response;
    if (write_) return back;
    return over_channel(std::max(back, way.port) - way.port, way.carried) + way.carried;
}

inline void MasterChannel::count(uint32_t bytes, Picoseconds latency) {
    times_.latency += latency;
    latency_.add(latency);
    longest_ = std::max(longest_, latency);
    bytes_ += bytes;
}

/// Where nobody else waits, nothing is queued and no ticket is needed: the same decisions, one after the
/// other.
inline Picoseconds MasterChannel::transfer(const Transfer& transfer, TargetTraffic& to, Picoseconds at) {
    const Passage& way = passage(to, transfer.offset, transfer.bytes);
    const bool one_burst = known_.bytes == transfer.bytes && !transfer.wrap;
    const bool alone = first_ == last_ && to.idle();
    if (!one_burst || !alone) [[unlikely]]
        return transfer_in_turn(transfer, to, at);
    TargetTraffic::Channel& port = to.channel(write_);
    const BurstRequest burst{transfer.offset, transfer.bytes, write_, priority_of(transfer)};
    const Picoseconds start = admit(way, burst.bytes, at), arrived = start + way.request;
    const Picoseconds granted = port.arbiter.pass(arrived, way.port, number_);
    port.bytes += burst.bytes;
    const Picoseconds given = pass_on(to, way, burst.bytes, arrived, granted);
    BurstTarget& memory = to.memory();
    const Picoseconds answered =
        transfer.bufferable ? memory.accept(burst, given) : memory.complete(burst, given);
    const Picoseconds end = finish(way, given, answered);
    settled_.renew(start, end);
    count(burst.bytes, end - at);
    return end;
}

}  // namespace exysim::interconnect
