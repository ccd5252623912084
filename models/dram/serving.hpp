// How a channel serves one entry: its commands as early as the rules allow. Inline in both ways there: past
// the windows and through them.
#pragma once

#include <algorithm>

#include "models/dram/channel.hpp"

namespace exysim::dram {

/// What step() comes to if there is no other entry in queue and windows: nothing in them to keep up to date.
inline Clocks Channel::complete(const Entry& entry) {
    if (is_late(entry)) {
        if (const std::optional<Clocks> end = serve_in_gap(entry)) return *end;
        ++stats_.late_queued;
    } else {
        jump_to(entry.arrival);
    }
    if (now_ >= refresh_at_) refresh_due();
    stats_.write_batches += entry.write && !writing_;
    writing_ = entry.write;
    const Served served = serve(entry);
    if (scheduling_.page_policy != PagePolicy::open) close_unwanted(entry.bank);
    return served.data_end;
}

inline void Channel::jump_to(Clocks arrival) {
    if (arrival <= now_) return;
    const Clocks idle_since = std::max(busy_, now_);
    now_ = arrival;
    looked_[true] = arrival;  // a write would have been served meanwhile
    if (sleeps_) sleep_and_wake(idle_since, arrival);
}

inline Channel::Served Channel::serve(const Entry& entry) {
    looked_[false] = now_;
    if (entry.write) looked_[true] = now_;
    const Clocks from = entry.arrival + scheduling_.frontend, more = (entry.bursts - 1) * step_;
    Bank& bank = banks_[entry.bank];
    if (scheduling_.row_timeout != 0) expire_row(entry.bank, from);
    const bool hit = bank.row == entry.row;
    if (hit) {
        ++stats_.row_hits;
        ++bank.session_hits;
    } else {
        open_row(entry, from);
    }
    const Clocks column = banks_.access(entry.write ? kWrite : kRead, bank, from, more, step_);
    now_ = std::max(now_, column + more);
    bank.last_use = column + more;
    const Clocks data = column + directions_[entry.write].to_data;
    calendar_.data.mark(data, more + burst_);
    done(entry, hit, data, data + more + burst_);
    return {hit, data + more + burst_};
}

inline void Channel::open_row(const Entry& entry, Clocks from) {
    Bank& bank = banks_[entry.bank];
    const Clocks closable = bank.next[kPrecharge];
    if (scheduling_.page_policy == PagePolicy::adaptive) learn(bank, entry.row);
    stats_.row_misses += bank.closed();
    ++bank.activates;
    const Clocks at = banks_.open(bank, entry.row, from);
    calendar_.activates[bank.rank].mark(at);
    calendar_.banks[entry.bank].open(entry.row, at, closable);
}

/// A part of a request is served.
inline void Channel::done(const Entry& entry, bool hit, Clocks data_begin, Clocks data_end) {
    Bank& bank = banks_[entry.bank];
    (entry.write ? bank.writes : bank.reads) += entry.bursts;
    busy_ = std::max(busy_, data_end);
    if (used.watched()) used({entry.bank, entry.write, hit, data_begin, data_end, entry.bursts});
}

}  // namespace exysim::dram
