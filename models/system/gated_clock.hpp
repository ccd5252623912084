// A clock that a gate can stop.
#pragma once

#include <cstdint>
#include <optional>

#include "models/base/clock.hpp"

namespace exysim::system {

/// Counts from the start of the run and stands still between stop() and go(). Times never decrease.
class GatedClock {
public:
    explicit GatedClock(uint64_t hz) : hz_{hz} {}

    void stop(Picoseconds now) {
        if (!stopped_) stopped_ = now;
    }
    void go(Picoseconds now) {
        if (stopped_) stood_ += now - *stopped_;
        stopped_.reset();
    }
    uint64_t ticks(Picoseconds now) const { return ticks_at(stopped_.value_or(now) - stood_, hz_); }
    /// When that tick comes; nothing while the clock stands still.
    std::optional<Picoseconds> time_of(uint64_t tick) const {
        if (stopped_) return {};
        return time_of_tick(tick, hz_) + stood_;
    }

private:
    uint64_t hz_;
    Picoseconds stood_ = 0;  // how long it has
    std::optional<Picoseconds> stopped_;
};

}  // namespace exysim::system
