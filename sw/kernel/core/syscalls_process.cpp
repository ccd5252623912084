// System calls on processes, threads and the system as such.
#include "core/futex.hpp"
#include "core/log.hpp"
#include "core/power.hpp"
#include "core/process.hpp"
#include "core/random.hpp"
#include "core/string.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"

namespace kernel {

Result<uint32_t> cacheflush(const SyscallArguments& s);  // syscalls_memory.cpp

namespace {

using Args = const SyscallArguments&;

Result<uint32_t> sys_exit(Args s) { exit_current_thread(s.a[0]); }
Result<uint32_t> sys_exit_group(Args s) { exit_current_process((s.a[0] & 0xFF) << 8); }
Result<uint32_t> sys_fork(Args) { return clone_current({}); }
Result<uint32_t> sys_vfork(Args) {
    return clone_current(
        {.flags = kCloneVm | kCloneVfork, .stack = {}, .parent_tid = {}, .tls = 0, .child_tid = {}});
}
Result<uint32_t> sys_clone(Args s) {
    return clone_current({s.a[0], s.user(1), s.user(2), s.a[3], s.user(4)});
}

Result<uint32_t> sys_execve(Args s) {
    char path[256];
    TRY(copy_string_from_user(path, sizeof path, s.user(0)));
    TRY(exec_current(path, s.user(1), s.user(2)));
    return 0U;
}

Result<uint32_t> sys_getpid(Args) { return current_process().pid; }
Result<uint32_t> sys_gettid(Args) { return current()->tid; }
Result<uint32_t> sys_getppid(Args) { return current_process().parent ? current_process().parent->pid : 0; }
Result<uint32_t> root(Args) { return 0U; }
Result<uint32_t> accepted(Args) { return 0U; }

Result<uint32_t> sys_set_tid_address(Args s) {
    current()->clear_child_tid = s.user(0);
    return current()->tid;
}
Result<uint32_t> sys_set_tls(Args s) {
    current()->tls = s.a[0];
    cpu::set_user_tls(s.a[0]);
    return 0U;
}

// --- futex

/// FUTEX_WAIT's time is a length, that of FUTEX_WAIT_BITSET a time of either clock: both start with the
/// machine.
template <class Seconds>
Result<uint64_t> futex_deadline(UserAddr at, bool absolute) {
    if (!absolute || at.value == 0) return deadline_after<UserTime<Seconds>>(at);
    return TRY(get_user<UserTime<Seconds>>(at)).ns();
}

template <class Seconds>
Result<uint32_t> sys_futex(Args s) {
    constexpr uint32_t kWait = 0, kWake = 1, kRequeue = 3, kCmpRequeue = 4, kWaitBitset = 9, kWakeBitset = 10;
    constexpr uint32_t kPrivate = 0x80, kRealtime = 0x100;
    const uint32_t operation = s.a[1] & ~(kPrivate | kRealtime);
    if (s.a[0] % 4) return Errno::kInval;
    switch (operation) {
        case kWait:
        case kWaitBitset: {
            const uint64_t deadline = TRY(futex_deadline<Seconds>(s.user(3), operation == kWaitBitset));
            TRY(futex_wait(s.user(0), s.a[2], operation == kWaitBitset ? s.a[5] : ~0U, deadline));
            return 0U;
        }
        case kWake:
            return futex_wake(s.user(0), s.a[2], ~0U);
        case kWakeBitset:
            return futex_wake(s.user(0), s.a[2], s.a[5]);
        case kRequeue:
            return futex_requeue(s.user(0), s.a[2], s.user(4), s.a[3], nullptr);
        case kCmpRequeue:
            return futex_requeue(s.user(0), s.a[2], s.user(4), s.a[3], &s.a[5]);
        default:
            return Errno::kNoSys;
    }
}

// --- the system

Result<uint32_t> sys_uname(Args s) {
    struct {
        char system[65], node[65], release[65], version[65], machine[65], domain[65];
    } names{};
    copy_text(names.system, "Linux");
    copy_text(names.node, "exysim");
    copy_text(names.release, "6.1.0-exysim");
    copy_text(names.version, "#1 exysim");
    copy_text(names.machine, "armv7l");
    copy_text(names.domain, "(none)");
    TRY(put_user(s.user(0), names));
    return 0U;
}

Result<uint32_t> sys_getrandom(Args s) {
    uint8_t piece[64];
    for (uint32_t done = 0; done < s.a[1];) {
        const uint32_t n = s.a[1] - done < sizeof piece ? s.a[1] - done : sizeof piece;
        fill_random(piece, n);
        TRY(copy_to_user(s.user(0) + done, piece, n));
        done += n;
    }
    return s.a[1];
}

Result<uint32_t> sys_prlimit64(Args s) {
    constexpr uint32_t kStack = 3, kNoFile = 7;
    const uint64_t limit = s.a[1] == kStack ? 8U << 20 : s.a[1] == kNoFile ? FdTable::kMost : ~uint64_t{0};
    const uint64_t both[2] = {limit, limit};
    if (s.a[3]) TRY(put_user(s.user(3), both));
    return 0U;
}
Result<uint32_t> sys_ugetrlimit(Args s) {
    const uint32_t limit = s.a[0] == 3 ? 8U << 20 : s.a[0] == 7 ? FdTable::kMost : ~0U;
    const uint32_t both[2] = {limit, limit};
    TRY(put_user(s.user(1), both));
    return 0U;
}

Result<uint32_t> sys_reboot(Args s) {
    constexpr uint32_t kMagic1 = 0xFEE1DEAD, kRestart = 0x01234567, kHalt = 0xCDEF0123,
                       kPowerOff = 0x4321FEDC;
    if (s.a[0] != kMagic1) return Errno::kInval;
    if (s.a[2] == kRestart) stop_machine(StopReason::reset, 0);
    if (s.a[2] == kPowerOff || s.a[2] == kHalt) stop_machine(StopReason::power_off, 0);
    return Errno::kInval;
}

Result<uint32_t> sys_sched_yield(Args) {
    yield_now();
    return 0U;
}
Result<uint32_t> sys_sched_getaffinity(Args s) {
    if (s.a[1] < 4) return Errno::kInval;
    TRY(put_user<uint32_t>(s.user(2), 1));
    return 4U;
}

constexpr Syscall kRows[] = {
    {1, "exit", sys_exit},
    {2, "fork", sys_fork},
    {11, "execve", sys_execve},
    {20, "getpid", sys_getpid},
    {24, "getuid", root},
    {47, "getgid", root},
    {49, "geteuid", root},
    {50, "getegid", root},
    {64, "getppid", sys_getppid},
    {88, "reboot", sys_reboot},
    {120, "clone", sys_clone},
    {122, "uname", sys_uname},
    {158, "sched_yield", sys_sched_yield},
    {190, "vfork", sys_vfork},
    {191, "ugetrlimit", sys_ugetrlimit},
    {199, "getuid32", root},
    {200, "getgid32", root},
    {201, "geteuid32", root},
    {202, "getegid32", root},
    {224, "gettid", sys_gettid},
    {240, "futex", sys_futex<int32_t>},
    {242, "sched_getaffinity", sys_sched_getaffinity},
    {248, "exit_group", sys_exit_group},
    {256, "set_tid_address", sys_set_tid_address},
    {338, "set_robust_list", accepted},
    {369, "prlimit64", sys_prlimit64},
    {384, "getrandom", sys_getrandom},
    {422, "futex_time64", sys_futex<int64_t>},
    // ARM's private calls, 0x0F0000 + n
    {0xF002, "cacheflush", cacheflush},
    {0xF005, "set_tls", sys_set_tls},
};

}  // namespace

std::span<const Syscall> process_syscalls() { return kRows; }

}  // namespace kernel
