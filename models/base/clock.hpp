// Clock rates and exact conversion between simulated time and clock ticks.
#pragma once

#include <cstdint>
#include <functional>

#include "models/base/address.hpp"

namespace exysim {

/// The present rate of an input clock in Hz; zero when it is stopped. Asked at register accesses only.
using ClockRate = std::function<uint64_t()>;

inline ClockRate fixed_clock(uint64_t hz) {
    return [hz] { return hz; };
}

inline constexpr Picoseconds kPicosecondsPerSecond = 1'000'000'000'000;

namespace detail {
__extension__ using Wide = unsigned __int128;  // picoseconds times Hz exceeds 64 bits after a few seconds
}

/// Full periods of an `hz` clock that have passed at `time`.
constexpr uint64_t ticks_at(Picoseconds time, uint64_t hz) {
    return static_cast<uint64_t>(detail::Wide{time} * hz / kPicosecondsPerSecond);
}

/// First moment at which ticks_at() returns `ticks`. `hz` is not zero.
constexpr Picoseconds time_of_tick(uint64_t ticks, uint64_t hz) {
    return static_cast<Picoseconds>((detail::Wide{ticks} * kPicosecondsPerSecond + hz - 1) / hz);
}

}  // namespace exysim
