#include "models/base/busy_calendar.hpp"

#include <algorithm>

namespace exysim {

/// The oldest interval that is kept: appending only counts on.
uint64_t BusyCalendar::first() const { return std::max(first_, last_ + 1 - kIntervals); }

BusyCalendar::Gap BusyCalendar::gap(Picoseconds from, Picoseconds duration) const {
    const uint64_t oldest = first();
    Picoseconds start = std::max(from, at(oldest - 1).end);
    uint64_t n = last_ + 1;
    while (n > oldest && at(n - 1).end > start) --n;
    for (; n <= last_ && start + duration > at(n).start; ++n) start = std::max(start, at(n).end);
    return {start, n};
}

Picoseconds BusyCalendar::book_before_end(Picoseconds from, Picoseconds duration) {
    const bool within_last = from > at(last_).start;
    const Gap found = within_last ? Gap{end_, last_ + 1} : gap(from, duration);
    if (found.next > last_) {
        append(found.start, duration);
    } else if (duration != 0) {
        take(found, duration);
    }
    return found.start;
}

/// A gap between intervals.
void BusyCalendar::take(const Gap& where, Picoseconds duration) {
    const auto [start, n] = where;
    busy_ += duration;
    first_ = first();
    const bool joins_before = n > first_ && at(n - 1).end == start;
    const bool joins_after = at(n).start == start + duration;
    if (joins_before && joins_after) {
        at(n - 1).end = at(n).end;
        erase(n);
    } else if (joins_before) {
        at(n - 1).end = start + duration;
    } else if (joins_after) {
        at(n).start = start;
    } else {
        insert(n, {start, start + duration});
    }
}

void BusyCalendar::insert(uint64_t n, const Interval& interval) {
    if (last_ + 1 - first_ == kIntervals) ++first_;
    if (n < first_) return;  // it would be forgotten at once
    for (uint64_t i = ++last_; i > n; --i) at(i) = at(i - 1);
    at(n) = interval;
}

void BusyCalendar::erase(uint64_t n) {
    for (uint64_t i = n; i < last_; ++i) at(i) = at(i + 1);
    --last_;
}

}  // namespace exysim
