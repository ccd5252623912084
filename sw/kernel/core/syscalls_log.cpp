// syslog(2): the kernel's log for programs.
#include "core/log_history.hpp"
#include "core/syscall.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

/// linux/syslog.h (the kernel's own; syslog(2) lists them).
enum Action : uint32_t {
    kClose = 0,
    kOpen = 1,
    kRead = 2,
    kReadAll = 3,
    kReadAndClear = 4,
    kClear = 5,
    kConsoleOff = 6,
    kConsoleOn = 7,
    kConsoleLevel = 8,
    kSizeUnread = 9,
    kSizeBuffer = 10,
};

/// [from, from + n) for the caller; returns how much of it is there.
Result<uint32_t> show(uint64_t from, UserAddr to, uint32_t n) {
    char piece[128];
    uint32_t done = 0;
    while (done < n) {
        const uint32_t wanted = n - done < sizeof piece ? n - done : static_cast<uint32_t>(sizeof piece);
        const uint32_t got = log_history().copy(from + done, piece, wanted);
        if (got == 0) break;
        TRY(copy_to_user(to + done, piece, got));
        done += got;
    }
    return done;
}

/// The first whole line of the last `n` bytes.
uint64_t start_of_last(uint32_t n) {
    const LogHistory& log = log_history();
    uint64_t from = log.first() > log.cleared_up_to ? log.first() : log.cleared_up_to;
    if (log.end() - from > n) from = log.end() - n;
    if (from == 0 || from == log.cleared_up_to) return from;
    while (from < log.end() && log.at(from - 1) != '\n') ++from;
    return from;
}

/// Waits for something that nobody has read yet.
Result<uint32_t> read_next(UserAddr to, uint32_t n) {
    LogHistory& log = log_history();
    TRY(wait_event(log.grown, [&] { return log.read_up_to < log.end(); }));
    if (log.read_up_to < log.first()) log.read_up_to = log.first();
    const uint32_t got = TRY(show(log.read_up_to, to, n));
    log.read_up_to += got;
    return got;
}

Result<uint32_t> read_all(UserAddr to, uint32_t n, bool clear) {
    const uint64_t from = start_of_last(n), end = log_history().end();
    const uint32_t got = TRY(show(from, to, end - from < n ? static_cast<uint32_t>(end - from) : n));
    if (clear) log_history().cleared_up_to = end;
    return got;
}

Result<uint32_t> sys_syslog(Args s) {
    const UserAddr to = s.user(1);
    const int32_t n = s.signed32(2);
    const bool reads = s.a[0] >= kRead && s.a[0] <= kReadAndClear;
    if (reads && (to.value == 0 || n < 0)) return Errno::kInval;
    if (reads && n == 0) return 0U;
    LogHistory& log = log_history();
    switch (s.a[0]) {
        case kClose:
        case kOpen:
        case kConsoleOff:  // everything always goes to the console
        case kConsoleOn:
            return 0U;
        case kRead:
            return read_next(to, static_cast<uint32_t>(n));
        case kReadAll:
        case kReadAndClear:
            return read_all(to, static_cast<uint32_t>(n), s.a[0] == kReadAndClear);
        case kClear:
            log.cleared_up_to = log.end();
            return 0U;
        case kConsoleLevel:
            if (n < 1 || n > 8) return Errno::kInval;
            return 0U;
        case kSizeUnread:
            return static_cast<uint32_t>(log.end() -
                                         (log.read_up_to > log.first() ? log.read_up_to : log.first()));
        case kSizeBuffer:
            return LogHistory::kBytes;
        default:
            return Errno::kInval;
    }
}

constexpr Syscall kRows[] = {{103, "syslog", sys_syslog}};

}  // namespace

std::span<const Syscall> log_syscalls() { return kRows; }

}  // namespace kernel
