// Times as user programs pass them: 32-bit seconds in the old calls, 64-bit ones in the *_time64 calls.
#pragma once

#include "core/time.hpp"
#include "core/uaccess.hpp"

namespace kernel {

inline constexpr uint64_t kNsPerSecond = 1'000'000'000;

/// struct timespec. With 64-bit seconds the upper half of the nanoseconds is padding, which programs leave as
/// it is.
template <class Seconds>
struct UserTime {
    struct None {};
    using Padding = std::conditional_t<sizeof(Seconds) == 8, uint32_t, None>;

    Seconds seconds;
    uint32_t nanoseconds;
    [[no_unique_address]] Padding padding{};

    static UserTime of(uint64_t ns) {
        return {static_cast<Seconds>(ns / kNsPerSecond), static_cast<uint32_t>(ns % kNsPerSecond)};
    }
    bool valid() const { return seconds >= 0 && nanoseconds < kNsPerSecond; }
    uint64_t ns() const { return static_cast<uint64_t>(seconds) * kNsPerSecond + nanoseconds; }
};
static_assert(sizeof(UserTime<int32_t>) == 8 && sizeof(UserTime<int64_t>) == 16);

/// struct timeval, 32-bit.
struct UserTimeval {
    int32_t seconds, microseconds;

    static UserTimeval of(uint64_t ns) {
        return {static_cast<int32_t>(ns / kNsPerSecond), static_cast<int32_t>(ns % kNsPerSecond / 1000)};
    }
    bool valid() const { return seconds >= 0 && microseconds >= 0 && microseconds < 1'000'000; }
    uint64_t ns() const {
        return static_cast<uint64_t>(seconds) * kNsPerSecond + static_cast<uint64_t>(microseconds) * 1000;
    }
};

/// struct itimerspec and struct itimerval.
template <class Time>
struct UserInterval {
    Time period, first;
};

/// When a wait of this length ends; kNever for a null pointer. Errors: kInval, kFault.
template <class Time>
Result<uint64_t> deadline_after(UserAddr length) {
    if (length.value == 0) return kNever;
    const Time t = TRY(get_user<Time>(length));
    if (!t.valid()) return Errno::kInval;
    return now_ns() + t.ns();
}

}  // namespace kernel
