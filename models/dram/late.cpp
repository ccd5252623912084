// Requests stamped earlier than decisions already taken: they may use what is left free, and change nothing
// that was decided.
#include <algorithm>
#include <bit>

#include "models/dram/channel.hpp"

namespace exysim::dram {

namespace {

/// Whether there are four activates in the `clocks` clocks from `from`.
bool four_activates_in(const ClockBits& activates, Clocks from, Clocks clocks) {
    int found = 0;
    for (; clocks > 0; from += 64, clocks -= 64) {
        const uint64_t wanted = clocks >= 64 ? ~uint64_t{0} : (uint64_t{1} << clocks) - 1;
        for (uint64_t left = activates.from(from) & wanted; left != 0; left &= left - 1)
            if (++found == 4) return true;
    }
    return false;
}

/// First clock from `at` at which an activate keeps tRRD and tFAW with those around it.
Clocks free_activate(const ClockBits& activates, const Timing& t, Clocks at) {
    const Clocks rrd = t.rrd, faw = t.faw;
    for (;; ++at) {
        const uint64_t near = activates.from(at - rrd + 1);
        const Clocks width = 2 * rrd - 1;
        const uint64_t busy = width >= 64 ? near : near & ((uint64_t{1} << width) - 1);
        if (busy != 0) {
            at += std::bit_width(busy) - 1;
            continue;
        }
        if (!four_activates_in(activates, at - faw + 1, 2 * faw - 1)) return at;
    }
}

}  // namespace

bool Channel::serve_in_gap(const Entry& entry) {
    const Clocks from = entry.arrival + scheduling_.frontend;
    if (from <= calendar_.data.first() + 2 * Clocks{timing_.faw}) return false;
    const Clocks to_data = entry.write ? write_data_ : read_data_;
    const Clocks length = length_of(entry);
    if (free_data(from + to_data, length) + length > busy_) return false;  // no gap that long is left
    Sessions& sessions = calendar_.banks[entry.bank];
    uint32_t n = Sessions::kLatest;
    while (n > 0 && sessions.at(n).activate > from) --n;
    if (sessions.at(n).activate > from) return false;  // older than what is remembered
    for (; n <= Sessions::kLatest; ++n) {
        const Placed placed = place_after(entry, std::max(from, sessions.at(n).activate), n);
        if (placed.data + placed.length > busy_) return false;  // no gap left
        if (placed.fits) {
            book(entry, n, placed);
            return true;
        }
    }
    return false;
}

/// From its first data to its last.
Clocks Channel::length_of(const Entry& entry) const {
    return Clocks{entry.bursts - 1U} * step_ + timing_.burst();
}

Clocks Channel::free_data(Clocks from, Clocks length) const {
    return calendar_.data.free_run(from, std::min<Clocks>(length, 64));
}

/// Where `entry` would go if served in session `n` of its bank (its row, or splitting another's) or after it.
Channel::Placed Channel::place_after(const Entry& entry, Clocks from, uint32_t n) {
    Sessions& sessions = calendar_.banks[entry.bank];
    const Session& open = sessions.at(n);
    const bool last = n == Sessions::kLatest;
    const bool closed = last && banks_[entry.bank].row == Bank::kClosed;
    const Clocks to_data = entry.write ? write_data_ : read_data_;
    Placed made;
    made.hit = open.row == entry.row && !closed;
    made.length = length_of(entry);
    made.activate = open.activate;
    const Clocks shortest = timing_.rp + timing_.rcd + to_data;
    made.split = !made.hit && open.row != Session::kRefresh && from + shortest < open.closable;
    if (!made.hit) {
        const Clocks precharge = made.split ? std::max(from, open.activate + timing_.ras)
                                            : std::max(closed ? from - timing_.rp : from, open.closable);
        made.activate = free_activate(calendar_.activates[banks_.rank_of(entry.bank)], timing_,
                                      std::max(precharge + timing_.rp, open.activate + timing_.rc));
    }
    const Clocks ready = std::max(from, made.activate + timing_.rcd) + to_data;
    made.data = free_data(ready, made.length);
    made.last_column = made.data - to_data + made.length - timing_.burst();
    const Clocks to_close = entry.write ? write_data_ + timing_.burst() + timing_.wr : Clocks{timing_.rtp};
    made.closable = std::max(made.activate + timing_.ras, made.last_column + to_close);
    made.fits = last || made.split || made.closable + timing_.rp <= sessions.at(n + 1).activate;
    return made;
}

void Channel::book(const Entry& entry, uint32_t n, const Placed& placed) {
    Sessions& sessions = calendar_.banks[entry.bank];
    const bool last = n == Sessions::kLatest && !placed.split;
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
    calendar_.data.mark(placed.data, placed.length);
    used({entry.bank, entry.write, placed.hit, placed.data, placed.data + placed.length, entry.bursts});
    finish(entry, placed.data + placed.length);
}

}  // namespace exysim::dram
