#include "models/interconnect/settled_flights.hpp"

namespace exysim::interconnect {

Picoseconds SettledFlights::next_free(Picoseconds at) const {
    for (uint32_t n = 0; n < size_; ++n)
        if (ring_[after(n)].start > at) return at;
    return ring_[first_].end;
}

/// Moves those that ended later to the back; of equals, the flights of higher numbers.
uint32_t SettledFlights::make_room(uint8_t flight, Picoseconds end) {
    uint32_t n = size_;
    for (; n > 0; --n) {
        const Stay& before = ring_[after(n - 1)];
        if (before.end < end || (before.end == end && before.flight < flight)) break;
        ring_[after(n)] = before;
    }
    return after(n);
}

}  // namespace exysim::interconnect
