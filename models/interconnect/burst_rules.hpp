// AXI's rules for bursts: width and clock of a port, beats, where a transfer has to be cut. Source: AMBA AXI
// protocol v1.0 (AXI3), burst length and burst type.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "models/base/address.hpp"
#include "models/interconnect/config.hpp"

namespace exysim::interconnect {

inline constexpr uint32_t kBurstBoundary = 4096;  ///< no burst crosses a multiple of it

/// A shape with what is computed from it once.
class PortTiming {
public:
    explicit PortTiming(const PortShape& shape)
        : width_{shape.width},
          shift_{static_cast<uint32_t>(std::countr_zero(shape.width))},
          period_{(1'000'000'000'000 + shape.clock_hz / 2) / shape.clock_hz} {}

    uint32_t width() const { return width_; }
    Picoseconds period() const { return period_; }
    /// Beats that [address, address + bytes) takes; an unaligned start takes one of its own.
    uint32_t beats(uint64_t address, uint32_t bytes) const {
        const uint64_t first = address & (width_ - 1);
        return static_cast<uint32_t>((first + bytes + width_ - 1) >> shift_);
    }
    Picoseconds time(uint64_t address, uint32_t bytes) const { return beats(address, bytes) * period_; }

private:
    uint32_t width_, shift_;
    Picoseconds period_;
};

/// Bytes of the first INCR burst of a transfer: at most `most_beats`, not past a 4 KiB boundary.
inline uint32_t first_burst(uint64_t address, uint32_t bytes, uint32_t width, uint32_t most_beats) {
    const auto into_beat = static_cast<uint32_t>(address & (width - 1));
    const auto to_boundary = kBurstBoundary - static_cast<uint32_t>(address & (kBurstBoundary - 1));
    return std::min({bytes, most_beats * width - into_beat, to_boundary});
}

/// Whether AXI allows a WRAP burst: 2, 4, 8 or 16 whole beats from the start of a beat.
inline bool wrap_allowed(uint64_t address, uint32_t bytes, uint32_t width) {
    const uint32_t beats = bytes / width;
    return bytes % width == 0 && address % width == 0 && beats >= 2 && beats <= kMostBeats &&
           (beats & (beats - 1)) == 0;
}

}  // namespace exysim::interconnect
