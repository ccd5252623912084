#include "core/syscall.hpp"

#include "core/log.hpp"
#include "core/process.hpp"

namespace kernel {

namespace {

constexpr uint32_t kNumbers = 512;
constexpr uint32_t kArmPrivate = 0x0F'0000;  // cacheflush, set_tls and their like

/// Number -> row, filled from the tables on first use.
struct Index {
    const Syscall* rows[kNumbers] = {};
    uint32_t unknown[kNumbers] = {};

    Index() {
        for (const auto table :
             {file_syscalls(), memory_syscalls(), process_syscalls(), time_syscalls(), socket_syscalls(),
              wait_syscalls(), select_syscalls(), signal_syscalls(), timer_syscalls(), usage_syscalls(),
              attribute_syscalls(), lock_syscalls(), session_syscalls(), notify_syscalls(), log_syscalls()}) {
            for (const Syscall& row : table) {
                if (row.number < kNumbers) rows[row.number] = &row;
            }
        }
    }
};

Index& index() {
    static Index the_index;
    return the_index;
}

const Syscall* find(uint32_t number) {
    if (number < kNumbers) return index().rows[number];
    for (const Syscall& row : process_syscalls()) {
        if (number >= kArmPrivate && row.number == (number & 0xFFFF) + 0xF000) return &row;
    }
    return nullptr;
}

/// Calls that start again after a handler with SA_RESTART (signal(7)); waits with a time limit never do.
bool restarts(uint32_t number) {
    constexpr uint16_t kCalls[] = {3,   4,   5,   54,  114, 143, 145, 146, 240, 280, 283,
                                   285, 289, 290, 291, 292, 296, 297, 322, 366, 422};
    for (const uint16_t call : kCalls) {
        if (call == number) return true;
    }
    return false;
}

/// Calls that the C library tries at every start and does without, as on kernels that leave them out: no word
/// about them in the log.
bool does_without(uint32_t number) {
    constexpr uint32_t kRestartableSequences = 398;  // rseq (CONFIG_RSEQ)
    return number == kRestartableSequences;
}

Result<uint32_t> unknown_call(uint32_t number) {
    const bool first = number >= kNumbers || index().unknown[number]++ == 0;
    if (first && !does_without(number)) log_info("%s: system call %u is unknown", current()->name, number);
    return Errno::kNoSys;
}

}  // namespace

void handle_syscall(TrapFrame& frame) {
    const uint32_t number = frame.r[7];
    const SyscallArguments arguments{{frame.r[0], frame.r[1], frame.r[2], frame.r[3], frame.r[4], frame.r[5]},
                                     &frame};
    const Syscall* row = find(number);
    auto result = row ? row->handler(arguments) : unknown_call(number);
    const bool interrupted = !result && result.error() == Errno::kIntr && restarts(number);
    current()->restart = {interrupted, arguments.a[0]};
    frame.r[0] = result ? result.value() : static_cast<uint32_t>(-static_cast<int>(result.error()));
}

}  // namespace kernel
