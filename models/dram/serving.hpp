// How a channel serves one entry: its commands as early as the rules allow. Inline in both ways there: past
// the windows and through them.
#pragma once

#include <algorithm>

#include "models/dram/channel.hpp"

namespace exysim::dram {

/// Mostly one or two writes are left, which need no windows.
inline void Channel::catch_up(Clocks arrival) {
    while (!idle()) {
        const Clocks moment = next_decision();
        if (moment >= arrival) return;
        const size_t few = few_writes(moment);
        if (few == 0) {
            step();
            continue;
        }
        jump_to(moment);
        if (now_ >= refresh_at_) refresh_due();
        seen_ = std::max(seen_, few);
        const size_t next = few == 1 ? 0 : pick_waiting(few);
        const Entry& entry = pending_[next];
        book_.part_done(entry.request, number_, serve_alone(entry));
        --writes_undecided_;
        take_waiting(next);
    }
}

/// How many writes wait at `moment`, the next decision's, if it is so few of the usual kind and nothing else.
inline size_t Channel::few_writes(Clocks moment) const {
    constexpr size_t kMost = 8;
    if (!windows_empty()) return 0;
    const size_t most = scheduling_.page_policy == PagePolicy::open ? kMost : 1;
    for (size_t n = 0; n < pending_.size(); ++n) {
        const Entry& entry = pending_[n];
        if (entry.arrival > moment) return n;
        if (n == most || !entry.write || entry.late || entry.priority != 0) return 0;
    }
    return pending_.size();
}

inline Clocks Channel::complete(const Entry& entry) {
    if (is_late(entry)) {
        if (const std::optional<Clocks> end = serve_in_gap(entry)) return *end;
        ++stats_.late_queued;
    } else {
        jump_to(entry.arrival);
        while (seen_ < pending_.size() && pending_[seen_].arrival <= now_) ++seen_;
    }
    if (now_ >= refresh_at_) refresh_due();
    return serve_alone(entry);
}

/// What step() comes to if there is no other entry in the windows: nothing in them to keep up to date.
inline Clocks Channel::serve_alone(const Entry& entry) {
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
