#include "models/dram/controller.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

#include "models/dram/serving.hpp"

namespace exysim::dram {

namespace {
constexpr uint32_t kLargestPart = 128;  // one master does not hold a channel for longer than this
__extension__ using Wide = unsigned __int128;
}  // namespace

Controller::Controller(const ControllerConfig& config)
    : config_{config},
      map_{config.mapping, config.geometry},
      burst_shift_{
          static_cast<uint32_t>(std::countr_zero(config.timing.bl * config.geometry.width_bits / 8))},
      reciprocal_{~uint64_t{0} / config.timing.tck_ps + 1} {
    part_bytes_ = std::max(1U << burst_shift_, std::min(kLargestPart, map_.contiguous_bytes()));
    channels_.reserve(config.geometry.channels);
    for (uint32_t n = 0; n < config.geometry.channels; ++n)
        channels_.emplace_back(n, config.timing, config.geometry, config.scheduling, book_);
}

/// The clock edge at or after `at`: a multiplication in place of a division, exact for more than an hour.
Clocks Controller::clocks_at(Picoseconds at) const {
    return static_cast<Clocks>(
        static_cast<uint64_t>((Wide{at + config_.timing.tck_ps - 1} * reciprocal_) >> 64));
}

void Controller::count(const Request& request, Ticket ticket, Clocks arrival) {
    ControllerStats& stats = book_.stats;
    ++(request.write ? stats.writes : stats.reads);
    (request.write ? stats.write_bytes : stats.read_bytes) += request.bytes;
    if (ticket == 1) stats.first_arrival = arrival;
}

/// The bytes from `from` up to `to`, which lie together at `where`.
Entry Controller::part(const Request& request, Clocks arrival, uint64_t from, uint64_t to,
                       Location where) const {
    const uint64_t bursts = ((to - 1) >> burst_shift_) - (from >> burst_shift_) + 1;
    return {.arrival = arrival,
            .request = 0,
            .row = where.row,
            .bank = static_cast<uint8_t>(where.bank),
            .bursts = static_cast<uint8_t>(bursts),
            .priority = request.priority,
            .write = request.write,
            .late = false};
}

Ticket Controller::submit(const Request& request, Picoseconds at) {
    const uint32_t index = begin(request, at);
    const uint64_t end = request.offset + request.bytes;
    for (uint64_t from = request.offset; from < end;) {
        const uint64_t to = std::min(end, (from | (part_bytes_ - 1)) + 1);
        submit_part(request, index, from, to);
        from = to;
    }
    return next_ - 1;
}

/// Returns the index of its record.
uint32_t Controller::begin(const Request& request, Picoseconds at) {
    const Ticket ticket = next_++;
    const auto index = static_cast<uint32_t>(ticket % kOutstanding);
    RequestRecord& made = book_[index];
    if (made.left != 0) [[unlikely]]
        decide(ticket - kOutstanding);
    made.arrival = made.done = clocks_at(at);
    count(request, ticket, made.arrival);
    return index;
}

Channel& Controller::submit_part(const Request& request, uint32_t index, uint64_t from, uint64_t to) {
    const Location where = map_.locate(from);
    RequestRecord& record = book_[index];
    record.add_part(where.channel);
    Entry entry = part(request, record.arrival, from, to, where);
    entry.request = index;
    channels_[where.channel].submit(entry);
    return channels_[where.channel];
}

void Controller::decide(Ticket ticket) {
    const RequestRecord& wanted = record(ticket);
    while (wanted.left != 0) channels_[wanted.channel_left()].step();
}

Picoseconds Controller::completion(Ticket ticket) {
    assert(ticket < next_ && ticket + kOutstanding >= next_);
    decide(ticket);
    return picoseconds_of(record(ticket).done);
}

[[gnu::flatten]] Picoseconds Controller::complete(const Request& request, Picoseconds at) {
    const uint64_t begin = request.offset, end = begin + request.bytes;
    const Location where = map_.locate(begin);
    Channel& channel = channels_[where.channel];
    const Clocks arrival = clocks_at(at);
    channel.catch_up(arrival);
    const Entry entry = part(request, arrival, begin, end, where);
    if (!one_part(begin, end) || !channel.is_next(entry) || !decided(next_))
        return completion(submit(request, at));
    count(request, next_++, arrival);
    const Clocks done = channel.complete(entry);
    book_.decided(arrival, done);
    return picoseconds_of(done);
}

Picoseconds Controller::acceptance(Ticket ticket) {
    const RequestRecord& wanted = record(ticket);
    Clocks taken = wanted.arrival;
    for (uint32_t n = 0; n < channels(); ++n) {
        if (wanted.waits_in(n)) taken = std::max(taken, channels_[n].make_room());
    }
    return picoseconds_of(taken);
}

[[gnu::flatten]] Picoseconds Controller::accept(const Request& request, Picoseconds at) {
    const uint64_t from = request.offset, end = from + request.bytes;
    if (!one_part(from, end)) return acceptance(submit(request, at));
    const uint32_t index = begin(request, at);
    Channel& channel = submit_part(request, index, from, end);
    return picoseconds_of(std::max(book_[index].arrival, channel.make_room()));
}

void Controller::finish() {
    for (Channel& channel : channels_) channel.finish();
}

ChannelStats Controller::channel_stats() const {
    static constexpr uint64_t ChannelStats::*kMembers[] = {
        &ChannelStats::row_hits,       &ChannelStats::row_misses,        &ChannelStats::row_conflicts,
        &ChannelStats::read_bursts,    &ChannelStats::write_bursts,      &ChannelStats::activates,
        &ChannelStats::refreshes,      &ChannelStats::write_batches,     &ChannelStats::power_downs,
        &ChannelStats::self_refreshes, &ChannelStats::power_down_clocks, &ChannelStats::self_refresh_clocks,
        &ChannelStats::late_in_gap,    &ChannelStats::late_queued,       &ChannelStats::data_clocks,
    };
    ChannelStats total;
    for (const Channel& channel : channels_) {
        const ChannelStats one = channel.stats();
        for (const auto member : kMembers) total.*member += one.*member;
    }
    return total;
}

}  // namespace exysim::dram
