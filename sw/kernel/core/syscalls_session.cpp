// System calls on process groups and sessions.
#include "core/process.hpp"
#include "core/syscall.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

/// The process with this id, 0 being the caller; with interrupts off, lest it ends. Errors: kSrch.
Result<Process*> target(uint32_t pid) {
    Process* p = pid == 0 ? &current_process() : find_process(pid);
    if (!p) return Errno::kSrch;
    return p;
}

/// Only the own group or a child's, within the session; leaders of sessions stay what they are.
Result<uint32_t> sys_setpgid(Args s) {
    IrqLock lock;
    const IrqGuard guard{lock};
    Process& me = current_process();
    Process* p = TRY(target(s.a[0]));
    if (p != &me && p->parent != &me) return Errno::kSrch;
    if (s.signed32(1) < 0) return Errno::kInval;
    const uint32_t group = s.a[1] ? s.a[1] : p->pid;
    if (p->session != me.session || p->session == p->pid) return Errno::kPerm;
    if (group != p->pid && session_of_group(group) != me.session) return Errno::kPerm;
    p->group = group;
    return 0U;
}

Result<uint32_t> sys_getpgid(Args s) {
    IrqLock lock;
    const IrqGuard guard{lock};
    return TRY(target(s.a[0]))->group;
}
Result<uint32_t> sys_getpgrp(Args) { return current_process().group; }
Result<uint32_t> sys_getsid(Args s) {
    IrqLock lock;
    const IrqGuard guard{lock};
    return TRY(target(s.a[0]))->session;
}

Result<uint32_t> sys_setsid(Args) {
    Process& me = current_process();
    if (session_of_group(me.pid) != 0) return Errno::kPerm;
    return me.group = me.session = me.pid;
}

constexpr Syscall kRows[] = {
    {57, "setpgid", sys_setpgid},  {65, "getpgrp", sys_getpgrp}, {66, "setsid", sys_setsid},
    {132, "getpgid", sys_getpgid}, {147, "getsid", sys_getsid},
};

}  // namespace

std::span<const Syscall> session_syscalls() { return kRows; }

}  // namespace kernel
