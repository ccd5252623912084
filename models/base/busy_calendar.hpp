// When a shared resource is taken: busy intervals of simulated time, so that a burst stamped earlier than one
// already booked can still take a free gap. Bounded: the last kIntervals intervals; what lies before them
// counts as taken.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/address.hpp"

namespace exysim {

/// Nearly all is booked at the end, which takes a few instructions; all else is in the source file.
class BusyCalendar {
public:
    static constexpr uint32_t kIntervals = 256;

    /// First start, not before `from`, of `duration` free picoseconds.
    Picoseconds find(Picoseconds from, Picoseconds duration) const { return gap(from, duration).start; }
    /// Takes them.
    Picoseconds book(Picoseconds from, Picoseconds duration) {
        if (from < end_) [[unlikely]]
            return book_before_end(from, duration);
        append(from, duration);
        return from;
    }
    /// Takes `duration` picoseconds from `start`, not before end().
    void append(Picoseconds start, Picoseconds duration) {
        if (duration == 0) return;
        const Picoseconds end = start + duration;
        if (start == end_) {
            at(last_).end = end;
        } else {
            at(++last_) = {start, end};
        }
        end_ = end;
        busy_ += duration;
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
        uint64_t next;
    };
    Picoseconds book_before_end(Picoseconds from, Picoseconds duration);
    Gap gap(Picoseconds from, Picoseconds duration) const;
    void take(const Gap& where, Picoseconds duration);
    void insert(uint64_t n, const Interval& interval);
    void erase(uint64_t n);
    uint64_t first() const;

    /// Intervals are numbered without end; the ring also has the one forgotten last.
    static constexpr uint32_t kRing = 2 * kIntervals;  // a power of two
    Interval& at(uint64_t n) { return ring_[n % kRing]; }
    const Interval& at(uint64_t n) const { return ring_[n % kRing]; }

    Picoseconds end_ = 0, busy_ = 0;
    uint64_t first_ = kIntervals;  // oldest kept, unless appending has gone on since: see first()
    uint64_t last_ = kIntervals;   // an empty interval at time 0 stands for the beginning
    std::array<Interval, kRing> ring_{};
};

}  // namespace exysim
