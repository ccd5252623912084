// System calls on time, each with 32-bit and 64-bit seconds. The wall clock starts at zero with the machine.
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;
constexpr uint32_t kClocks = 12;  // CLOCK_REALTIME .. CLOCK_TAI

/// What a clock shows: processor time, or time since the machine started.
uint64_t clock_ns(uint32_t clock) {
    constexpr uint32_t kProcess = 2, kThread = 3;  // CLOCK_*_CPUTIME_ID
    if (clock == kProcess) return cpu_time(current_process());
    return clock == kThread ? cpu_time(*current()) : now_ns();
}

template <class Seconds>
Result<uint32_t> clock_gettime(Args s) {
    if (s.a[0] >= kClocks) return Errno::kInval;
    TRY(put_user(s.user(1), UserTime<Seconds>::of(clock_ns(s.a[0]))));
    return 0U;
}

template <class Seconds>
Result<uint32_t> clock_getres(Args s) {
    if (s.a[0] >= kClocks) return Errno::kInval;
    if (s.a[1]) TRY(put_user(s.user(1), UserTime<Seconds>::of(1)));
    return 0U;
}

/// Sleeps to the deadline; a signal ends it early and the rest is told when there is room for it.
template <class Seconds>
Result<uint32_t> sleep_to(uint64_t deadline_ns, UserAddr rest) {
    WaitQueue nobody;
    auto slept = wait_event(
        nobody, [] { return false; }, deadline_ns);
    if (slept.error() != Errno::kIntr) return 0U;
    const uint64_t now = now_ns();
    if (rest.value) TRY(put_user(rest, UserTime<Seconds>::of(deadline_ns > now ? deadline_ns - now : 0)));
    return Errno::kIntr;
}

template <class Seconds>
Result<uint32_t> nanosleep(Args s) {
    const auto t = TRY(get_user<UserTime<Seconds>>(s.user(0)));
    if (!t.valid()) return Errno::kInval;
    return sleep_to<Seconds>(now_ns() + t.ns(), s.user(1));
}

template <class Seconds>
Result<uint32_t> clock_nanosleep(Args s) {
    constexpr uint32_t kAbsolute = 1;
    const auto t = TRY(get_user<UserTime<Seconds>>(s.user(2)));
    if (!t.valid() || s.a[0] >= kClocks) return Errno::kInval;
    const bool absolute = s.a[1] & kAbsolute;
    return sleep_to<Seconds>(absolute ? t.ns() : now_ns() + t.ns(), absolute ? UserAddr{} : s.user(3));
}

Result<uint32_t> gettimeofday(Args s) {
    const uint64_t us = now_ns() / 1000;
    const uint32_t value[2] = {static_cast<uint32_t>(us / 1'000'000), static_cast<uint32_t>(us % 1'000'000)};
    if (s.a[0]) TRY(put_user(s.user(0), value));
    return 0U;
}

constexpr Syscall kRows[] = {
    {78, "gettimeofday", gettimeofday},
    {162, "nanosleep", nanosleep<int32_t>},
    {263, "clock_gettime", clock_gettime<int32_t>},
    {264, "clock_getres", clock_getres<int32_t>},
    {265, "clock_nanosleep", clock_nanosleep<int32_t>},
    {403, "clock_gettime64", clock_gettime<int64_t>},
    {406, "clock_getres_time64", clock_getres<int64_t>},
    {407, "clock_nanosleep_time64", clock_nanosleep<int64_t>},
};

}  // namespace

std::span<const Syscall> time_syscalls() { return kRows; }

}  // namespace kernel
