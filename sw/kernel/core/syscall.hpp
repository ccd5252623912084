// Linux's ARM EABI system calls: number in r7, arguments in r0-r5, result or -errno in r0.
#pragma once

#include <cstdint>
#include <span>

#include "arch/trap.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

/// Arguments as the registers hold them; 64-bit ones come in even/odd pairs.
struct SyscallArguments {
    uint32_t a[6];
    TrapFrame* frame;

    UserAddr user(int i) const { return UserAddr{a[i]}; }
    int32_t signed32(int i) const { return static_cast<int32_t>(a[i]); }
    uint64_t pair(int i) const { return a[i] | uint64_t{a[i + 1]} << 32; }
};

/// One row of the table.
struct Syscall {
    uint16_t number;
    const char* name;
    Result<uint32_t> (*handler)(const SyscallArguments&);
};

void handle_syscall(TrapFrame& frame);

// The rows, by subject (syscalls_*.cpp). Numbers: Linux's arch/arm/tools/syscall.tbl.
std::span<const Syscall> file_syscalls();
std::span<const Syscall> memory_syscalls();
std::span<const Syscall> process_syscalls();
std::span<const Syscall> time_syscalls();
std::span<const Syscall> socket_syscalls();
std::span<const Syscall> wait_syscalls();
std::span<const Syscall> select_syscalls();
std::span<const Syscall> signal_syscalls();
std::span<const Syscall> timer_syscalls();
std::span<const Syscall> usage_syscalls();
std::span<const Syscall> attribute_syscalls();
std::span<const Syscall> lock_syscalls();
std::span<const Syscall> session_syscalls();
std::span<const Syscall> notify_syscalls();
std::span<const Syscall> log_syscalls();

}  // namespace kernel
