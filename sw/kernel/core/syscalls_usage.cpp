// System calls on what processes use and how they end: wait, resource use, priorities, identity. Processor
// time is counted at switches and not split: all of it is told as user time.
#include "core/process.hpp"
#include "core/string.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

// --- waiting for children

/// struct rusage on ARM: two timevals, fourteen words.
struct Usage {
    UserTimeval user, system;
    uint32_t rest[14];
};
Result<> put_usage(UserAddr to, uint64_t cpu_ns) {
    if (!to.value) return Ok{};
    Usage usage{};
    usage.user = UserTimeval::of(cpu_ns);
    return put_user(to, usage);
}

constexpr uint32_t kNoHang = 1, kStopped = 2, kContinued = 8;  // WNOHANG, WUNTRACED, WCONTINUED

/// Whom wait4() means: a process, any (-1), a group (below), the own one (0).
ChildWait child_wait(int32_t wanted, uint32_t options) {
    ChildWait wait{wanted > 0 ? static_cast<uint32_t>(wanted) : 0, (options & kNoHang) != 0};
    if (wanted == 0) wait.group = current_process().group;
    if (wanted < -1) wait.group = static_cast<uint32_t>(-wanted);
    wait.stops = options & kStopped;
    wait.continuations = options & kContinued;
    return wait;
}

Result<uint32_t> sys_wait4(Args s) {
    const ChildEnd end = TRY(wait_for_child(child_wait(s.signed32(0), s.a[2])));
    if (end.pid && s.a[1]) TRY(put_user(s.user(1), end.status));
    TRY(put_usage(s.user(3), end.cpu_ns));
    return end.pid;
}

Result<uint32_t> sys_waitid(Args s) {
    constexpr uint32_t kPid = 1, kGroup = 2, kExited = 4,
                       kKeep = 0x0100'0000;  // P_*, WEXITED, WNOWAIT
    if (s.a[0] > kGroup || !(s.a[3] & (kExited | kStopped | kContinued))) return Errno::kInval;
    ChildWait wait = child_wait(-1, s.a[3]);
    if (s.a[0] == kPid) wait.pid = s.a[1];
    if (s.a[0] == kGroup) wait.group = s.a[1] ? s.a[1] : current_process().group;
    wait.ends = s.a[3] & kExited;
    wait.keep = s.a[3] & kKeep;
    const ChildEnd end = TRY(wait_for_child(wait));
    if (s.a[2]) {
        uint32_t info[32] = {};
        if (end.pid) {
            const SignalInfo told = child_info(end.pid, end.status);
            info[0] = kSigChld;
            info[2] = static_cast<uint32_t>(told.code);
            for (uint32_t i = 0; i < 3; ++i) info[3 + i] = told.fields[i];
        }
        TRY(put_user(s.user(2), info));
    }
    TRY(put_usage(s.user(4), end.cpu_ns));
    return 0U;
}

// --- use

Result<uint32_t> sys_getrusage(Args s) {
    constexpr int32_t kSelf = 0, kChildren = -1, kThread = 1;
    Process& me = current_process();
    const int32_t who = s.signed32(0);
    if (who != kSelf && who != kChildren && who != kThread) return Errno::kInval;
    const uint64_t ns = who == kChildren ? me.children_ns
                        : who == kThread ? cpu_time(*current())
                                         : cpu_time(me);
    TRY(put_usage(s.user(1), ns));
    return 0U;
}

Result<uint32_t> sys_times(Args s) {
    constexpr uint64_t kTick = kNsPerSecond / 100;  // USER_HZ
    Process& me = current_process();
    const uint32_t ticks[4] = {static_cast<uint32_t>(cpu_time(me) / kTick), 0,
                               static_cast<uint32_t>(me.children_ns / kTick), 0};
    if (s.a[0]) TRY(put_user(s.user(0), ticks));
    return static_cast<uint32_t>(now_ns() / kTick) & 0x7FFF'FFFF;
}

uint16_t count_processes() {
    uint16_t n = 0;
    for (Ref<Process> p = next_process(0); p; p = next_process(p->pid)) ++n;
    return n;
}

Result<uint32_t> sys_sysinfo(Args s) {
    struct Info {
        uint32_t uptime, loads[3], total, free, shared, buffer, total_swap, free_swap;
        uint16_t processes, pad;
        uint32_t total_high, free_high, unit;
        uint8_t rest[8];
    };
    static_assert(sizeof(Info) == 64);
    const MemoryUse use = memory_use();
    Info info{};
    info.uptime = static_cast<uint32_t>(now_ns() / kNsPerSecond);
    info.total = use.total_pages * kPageSize;
    info.free = use.free_pages * kPageSize;
    info.processes = count_processes();
    info.unit = 1;
    TRY(put_user(s.user(0), info));
    return 0U;
}

// --- scheduling: everybody has the one policy and priority

Result<uint32_t> zero(Args) { return 0U; }
Result<uint32_t> sys_getpriority(Args) { return 20U; }  // 20 - nice
Result<uint32_t> sys_sched_getparam(Args s) {
    TRY(put_user<uint32_t>(s.user(1), 0));
    return 0U;
}
Result<uint32_t> sys_sched_setscheduler(Args s) {
    if (s.a[1] != 0) return Errno::kPerm;
    return 0U;
}
Result<uint32_t> priority_limit(uint32_t policy, uint32_t real_time) {
    constexpr uint32_t kFifo = 1, kRoundRobin = 2, kIdle = 5;
    if (policy > kIdle) return Errno::kInval;
    return policy == kFifo || policy == kRoundRobin ? real_time : 0;
}
Result<uint32_t> sys_sched_get_priority_max(Args s) { return priority_limit(s.a[0], 99); }
Result<uint32_t> sys_sched_get_priority_min(Args s) { return priority_limit(s.a[0], 1); }
Result<uint32_t> sys_sched_setaffinity(Args s) {
    if (s.a[1] < 4 || !(TRY(get_user<uint32_t>(s.user(2))) & 1)) return Errno::kInval;
    return 0U;
}
Result<uint32_t> sys_getcpu(Args s) {
    for (int i = 0; i < 2; ++i) {
        if (s.a[i]) TRY(put_user<uint32_t>(s.user(i), 0));
    }
    return 0U;
}

// --- identity: root, and nobody else

Result<uint32_t> become(Args s) {
    if (s.a[0] != 0 && s.a[0] != ~0U) return Errno::kPerm;
    return 0U;
}
Result<uint32_t> three_zeros(Args s) {
    for (int i = 0; i < 3; ++i) TRY(put_user<uint32_t>(s.user(i), 0));
    return 0U;
}

Result<uint32_t> sys_prctl(Args s) {
    constexpr uint32_t kSetDeathSignal = 1, kGetDumpable = 3, kSetDumpable = 4, kSetName = 15, kGetName = 16;
    Thread& me = *current();
    switch (s.a[0]) {
        case kSetName: {
            char name[16];
            TRY(copy_from_user(name, s.user(1), sizeof name));
            name[15] = 0;
            copy_text(me.name, Text{name});
            return 0U;
        }
        case kGetName:
            TRY(copy_to_user(s.user(1), me.name, sizeof me.name));
            return 0U;
        case kGetDumpable:
        case kSetDumpable:
            return 0U;
        case kSetDeathSignal:
            return Errno::kInval;  // not kept
        default:
            return Errno::kInval;
    }
}

constexpr Syscall kRows[] = {
    {34, "nice", zero},
    {43, "times", sys_times},
    {77, "getrusage", sys_getrusage},
    {96, "getpriority", sys_getpriority},
    {97, "setpriority", zero},
    {114, "wait4", sys_wait4},
    {116, "sysinfo", sys_sysinfo},
    {136, "personality", zero},
    {154, "sched_setparam", zero},
    {155, "sched_getparam", sys_sched_getparam},
    {156, "sched_setscheduler", sys_sched_setscheduler},
    {157, "sched_getscheduler", zero},
    {159, "sched_get_priority_max", sys_sched_get_priority_max},
    {160, "sched_get_priority_min", sys_sched_get_priority_min},
    {172, "prctl", sys_prctl},
    {203, "setreuid32", become},
    {204, "setregid32", become},
    {205, "getgroups32", zero},
    {206, "setgroups32", zero},
    {208, "setresuid32", become},
    {209, "getresuid32", three_zeros},
    {210, "setresgid32", become},
    {211, "getresgid32", three_zeros},
    {213, "setuid32", become},
    {214, "setgid32", become},
    {241, "sched_setaffinity", sys_sched_setaffinity},
    {280, "waitid", sys_waitid},
    {345, "getcpu", sys_getcpu},
    {389, "membarrier", zero},  // MEMBARRIER_CMD_QUERY: no command; there is one core
};

}  // namespace

std::span<const Syscall> usage_syscalls() { return kRows; }

}  // namespace kernel
