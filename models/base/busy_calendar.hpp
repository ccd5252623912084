// When a shared resource is taken: busy intervals of simulated time, so that a burst stamped earlier than one
// already booked can still take a free gap. Bounded: the last kIntervals intervals; what lies before them
// counts as taken.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "models/base/address.hpp"

namespace exysim {

class BusyCalendar {
public:
    static constexpr uint32_t kIntervals = 256;  // a power of two

    /// First start, not before `from`, of `duration` free picoseconds.
    Picoseconds find(Picoseconds from, Picoseconds duration) const { return gap(from, duration).start; }
    /// Takes them.
    Picoseconds book(Picoseconds from, Picoseconds duration) {
        if (from >= end_) {  // as nearly all do
            append(from, duration);
            return from;
        }
        const Gap found = gap(from, duration);
        add(found, duration);
        return found.start;
    }
    /// Takes `duration` picoseconds from `start`, not before end().
    void append(Picoseconds start, Picoseconds duration) {
        if (duration == 0) return;
        busy_ += duration;
        if (start != end_) {
            if (count_ == kIntervals) forget_oldest();
            at(count_++).start = start;
        }
        end_ = start + duration;
        at(count_ - 1).end = end_;
    }
    /// End of the last interval.
    Picoseconds end() const { return end_; }
    Picoseconds busy() const { return busy_; }  ///< picoseconds booked so far

private:
    struct Interval {
        Picoseconds start = 0, end = 0;
    };
    /// A free place before interval `next`.
    struct Gap {
        Picoseconds start;
        uint32_t next;
    };
    Gap gap(Picoseconds from, Picoseconds duration) const {
        Picoseconds start = std::max(from, forgotten_);
        uint32_t n = count_;
        while (n > 0 && at(n - 1).end > start) --n;
        for (; n < count_ && start + duration > at(n).start; ++n) start = std::max(start, at(n).end);
        return {start, n};
    }
    void add(const Gap& where, Picoseconds duration) {
        const auto [start, n] = where;
        if (n == count_) return append(start, duration);
        if (duration == 0) return;
        busy_ += duration;
        const bool joins_before = n > 0 && at(n - 1).end == start;
        const bool joins_after = at(n).start == start + duration;
        if (joins_before && joins_after) {
            at(n - 1).end = at(n).end;
            for (uint32_t i = n; i + 1 < count_; ++i) at(i) = at(i + 1);
            --count_;
        } else if (joins_before) {
            at(n - 1).end = start + duration;
        } else if (joins_after) {
            at(n).start = start;
        } else {
            insert(n, {start, start + duration});
        }
    }
    Interval& at(uint32_t n) { return ring_[(first_ + n) & (kIntervals - 1)]; }
    const Interval& at(uint32_t n) const { return ring_[(first_ + n) & (kIntervals - 1)]; }
    void insert(uint32_t n, const Interval& interval) {
        if (count_ == kIntervals) {
            forget_oldest();
            if (n == 0) return;  // it would have been the oldest: what is before `forgotten_` is taken anyhow
            --n;
        }
        for (uint32_t i = count_; i > n; --i) at(i) = at(i - 1);
        at(n) = interval;
        ++count_;
    }
    void forget_oldest() {
        forgotten_ = at(0).end;
        first_ = (first_ + 1) & (kIntervals - 1);
        --count_;
    }

    std::array<Interval, kIntervals> ring_{};
    uint32_t first_ = 0, count_ = 1;  // an empty interval at time 0 stands for the beginning
    Picoseconds end_ = 0, forgotten_ = 0, busy_ = 0;
};

}  // namespace exysim
