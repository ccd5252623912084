// The flights of a master's channel that another burst may use, with the time their last burst was in flight.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>

#include "models/base/address.hpp"

namespace exysim::interconnect {

/// Kept in order of the end of those bursts: nearly every burst ends after all that are settled, and then
/// takes the place of the one that ended first.
class SettledFlights {
public:
    static constexpr uint32_t kMost = 64;

    /// `flights`: how many there are, 1 to kMost; all are free.
    explicit SettledFlights(uint32_t flights) : flights_{flights}, size_{flights} {
        assert(flights >= 1 && flights <= kMost);
        for (uint32_t n = 0; n < flights; ++n) ring_[n].flight = static_cast<uint8_t>(n);
    }
    bool empty() const { return size_ == 0; }
    /// Whether one was free at `at`.
    bool free(Picoseconds at) const { return ring_[first_].end <= at; }
    /// When one is for a burst that is wanted at `at`, which was not. Bursts that other users of the port
    /// stamped later than `at` are not in the way.
    Picoseconds next_free(Picoseconds at) const;
    /// The flight that is free first, for a burst on its way.
    uint8_t take() {
        const uint8_t flight = ring_[first_].flight;
        first_ = next(first_);
        --size_;
        return flight;
    }
    /// Its burst was in flight from `start` to `end`.
    void put(uint8_t flight, Picoseconds start, Picoseconds end) {
        const uint32_t place = end > latest_ ? after(size_) : make_room(flight, end);
        if (end > latest_) latest_ = end;
        ring_[place] = {start, end, flight};
        ++size_;
    }
    /// take() and put() in one; all are settled.
    void renew(Picoseconds start, Picoseconds end) {
        if (end <= latest_) return put(take(), start, end);
        latest_ = ring_[first_].end = end;
        ring_[first_].start = start;
        first_ = next(first_);
    }

private:
    struct Stay {
        Picoseconds start = 0, end = 0;
        uint8_t flight = 0;
    };
    uint32_t next(uint32_t place) const { return place + 1 == flights_ ? 0 : place + 1; }
    /// The place of the `n`th.
    uint32_t after(uint32_t n) const { return first_ + n < flights_ ? first_ + n : first_ + n - flights_; }
    uint32_t make_room(uint8_t flight, Picoseconds end);

    uint32_t flights_, size_, first_ = 0;
    Picoseconds latest_ = 0;  // no end is later
    std::array<Stay, kMost> ring_{};
};

}  // namespace exysim::interconnect
