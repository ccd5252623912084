// Requests stamped earlier than decisions already taken: they may use what is left free, and change nothing
// that was decided.
#include <algorithm>
#include <bit>
#include <optional>

#include "models/dram/channel.hpp"

namespace exysim::dram {

namespace {

constexpr uint64_t lowest_bits(Clocks count) { return ~uint64_t{0} >> (64 - std::min<Clocks>(count, 64)); }

/// The first of the activates in the `clocks` clocks from `from`, if there are four.
std::optional<Clocks> first_of_four(const ClockBits& activates, Clocks from, Clocks clocks) {
    Clocks first = 0;
    int found = 0;
    for (; clocks > 0; from += 64, clocks -= 64) {
        for (uint64_t left = activates.from(from) & lowest_bits(clocks); left != 0; left &= left - 1) {
            if (found == 0) first = from + std::countr_zero(left);
            if (++found == 4) return first;
        }
    }
    return std::nullopt;
}

/// First clock from `at` at which an activate keeps tRRD and tFAW with those around it.
Clocks free_activate(const ClockBits& activates, const Timing& t, Clocks at) {
    const Clocks rrd = t.rrd, faw = t.faw;
    for (;;) {
        const uint64_t near = activates.from(at - rrd + 1) & lowest_bits(2 * rrd - 1);
        if (near != 0) {
            at += std::bit_width(near);
            continue;
        }
        const std::optional<Clocks> first = first_of_four(activates, at - faw + 1, 2 * faw - 1);
        if (!first) return at;
        at = *first + faw;  // until then the same four are there
    }
}

}  // namespace

/// A late request, as far as it does not matter where it is put.
struct Channel::Late {
    const Entry& entry;
    Clocks from;          ///< of its first command
    Clocks to_data;       ///< column command to first data
    Clocks length;        ///< first data to last
    Clocks to_close;      ///< first data to precharge
    Clocks gap;           ///< the data bus is free for it, if its row is open
    Clocks latest_start;  ///< of data that end no later than all that was decided
};

std::optional<Channel::Late> Channel::late(const Entry& entry) const {
    const Clocks from = entry.arrival + scheduling_.frontend;
    if (from <= calendar_.data.first() + 2 * Clocks{timing_.faw}) return std::nullopt;
    const Clocks to_data = entry.write ? write_data_ : read_data_;
    const Clocks length = Clocks{entry.bursts - 1U} * step_ + timing_.burst();
    const Clocks last_to_close = entry.write ? to_data + timing_.burst() + timing_.wr : Clocks{timing_.rtp};
    const Clocks to_close = length - timing_.burst() - to_data + last_to_close;
    const Clocks gap = free_data(from + to_data, length);
    return Late{entry, from, to_data, length, to_close, gap, busy_ - length};
}

/// End of its data, or none if there is no gap left.
[[gnu::flatten]] std::optional<Clocks> Channel::serve_in_gap(const Entry& entry) {
    const std::optional<Late> request = late(entry);
    if (!request || request->gap > request->latest_start) return std::nullopt;
    Sessions& sessions = calendar_.banks[entry.bank];
    uint32_t n = Sessions::kLatest;
    while (n > 0 && sessions.at(n).activate > request->from) --n;
    if (sessions.at(n).activate > request->from) return std::nullopt;  // older than what is remembered
    for (; n <= Sessions::kLatest; ++n) {
        const Placed placed = place_after(*request, n);
        if (placed.data > request->latest_start) return std::nullopt;
        if (placed.fits) return book(*request, n, placed);
    }
    return std::nullopt;
}

Clocks Channel::free_data(Clocks from, Clocks length) const {
    return calendar_.data.free_run(from, std::min<Clocks>(length, 64));
}

/// Where `request` would go if served in session `n` of its bank (its row, or splitting another's) or after
/// it. If its data come out too late, nothing else is told.
Channel::Placed Channel::place_after(const Late& request, uint32_t n) {
    Sessions& sessions = calendar_.banks[request.entry.bank];
    const Session& open = sessions.at(n);
    const bool last = n == Sessions::kLatest;
    const bool closed = last && banks_[request.entry.bank].row == Bank::kClosed;
    const Clocks from = std::max(request.from, open.activate);
    const Clocks activated_to_data = timing_.rcd + request.to_data;
    Placed made;
    made.hit = open.row == request.entry.row && !closed;
    made.activate = open.activate;
    made.split = false;
    if (!made.hit) {
        made.split = open.row != Session::kRefresh && from + timing_.rp + activated_to_data < open.closable;
        const Clocks precharge = made.split ? std::max(from, open.activate + timing_.ras)
                                            : std::max(closed ? from - timing_.rp : from, open.closable);
        made.activate = std::max(precharge + timing_.rp, open.activate + timing_.rc);
        made.data = made.activate + activated_to_data;
        if (made.data > request.latest_start) return made;
        const ClockBits& activates = calendar_.activates[banks_.rank_of(request.entry.bank)];
        made.activate = free_activate(activates, timing_, made.activate);
    }
    const Clocks ready = std::max(from + request.to_data, made.activate + activated_to_data);
    made.data = ready <= request.gap ? request.gap : free_data(ready, request.length);
    made.closable = std::max(made.activate + timing_.ras, made.data + request.to_close);
    made.fits = last || made.split || made.closable + timing_.rp <= sessions.at(n + 1).activate;
    return made;
}

/// Returns the end of the data.
Clocks Channel::book(const Late& request, uint32_t n, const Placed& placed) {
    const Entry& entry = request.entry;
    Sessions& sessions = calendar_.banks[entry.bank];
    const bool last = n == Sessions::kLatest && !placed.split;
    ++stats_.late_in_gap;
    ++(placed.hit ? stats_.row_hits : stats_.row_conflicts);
    if (placed.hit) {
        Session& open = sessions.at(n);
        open.closable = std::max(open.closable, placed.closable);
    } else if (placed.split) {  // the row is opened again behind us, at no cost to what was decided
        calendar_.activates[banks_.rank_of(entry.bank)].mark(placed.activate, 1);
        banks_[entry.bank].activates += 2;
        ++stats_.row_conflicts;
    } else {
        const Session made{entry.row, placed.activate, placed.closable};
        last ? sessions.push(made) : sessions.insert_after(n, made);
        calendar_.activates[banks_.rank_of(entry.bank)].mark(placed.activate, 1);
        ++banks_[entry.bank].activates;
    }
    if (last) {  // nothing later was decided for this bank: its state is ours
        if (!placed.hit) banks_.late_activate(entry.bank, entry.row, placed.activate);
        banks_.hold_precharge(entry.bank, placed.closable);
        reads_.row_opened(entry.bank, entry.row);
        writes_.row_opened(entry.bank, entry.row);
        bank_changed(entry.bank);
    }
    const Clocks end = placed.data + request.length;
    calendar_.data.mark(placed.data, request.length);
    done(entry, placed.hit, placed.data, end);
    return end;
}

}  // namespace exysim::dram
