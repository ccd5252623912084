// System calls on signals.
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

/// Linux's struct sigaction of the rt_ calls.
struct UserAction {
    uint32_t handler, flags, restorer;
    uint64_t mask __attribute__((packed));
};
static_assert(sizeof(UserAction) == 20);

Result<uint32_t> sys_rt_sigaction(Args s) {
    const uint32_t number = s.a[0];
    if (number == 0 || number > kSignals || s.a[3] != 8) return Errno::kInval;
    if (s.a[1] && (number == kSigKill || number == kSigStop)) return Errno::kInval;
    SignalAction& action = current_process().handlers->actions[number];
    const UserAction old{action.handler, action.flags, action.restorer, action.mask};
    if (s.a[1]) {
        const UserAction fresh = TRY(get_user<UserAction>(s.user(1)));
        action = {fresh.handler, fresh.flags, fresh.restorer, fresh.mask};
    }
    if (s.a[2]) TRY(put_user(s.user(2), old));
    return 0U;
}

Result<uint32_t> sys_rt_sigprocmask(Args s) {
    constexpr uint32_t kBlock = 0, kUnblock = 1, kSetMask = 2;
    uint64_t& mask = current()->signal_mask;
    const uint64_t old = mask;
    if (s.a[1]) {
        const uint64_t set = TRY(get_user<uint64_t>(s.user(1)));
        if (s.a[0] == kBlock) mask |= set;
        if (s.a[0] == kUnblock) mask &= ~set;
        if (s.a[0] == kSetMask) mask = set;
        if (s.a[0] > kSetMask) return Errno::kInval;
        mask &= ~(signal_bit(kSigKill) | signal_bit(kSigStop));
    }
    if (s.a[2]) TRY(put_user(s.user(2), old));
    return 0U;
}

Result<uint32_t> sys_rt_sigreturn(Args s) { return return_from_signal(*s.frame); }

/// Until a signal comes.
Result<uint32_t> wait_for_signal() {
    WaitQueue nobody;
    (void)wait_event(nobody, [] { return false; });
    return Errno::kIntr;
}
Result<uint32_t> sys_rt_sigsuspend(Args s) {
    MaskForWait mask;
    mask.set(TRY(get_user<uint64_t>(s.user(0))));
    return wait_for_signal();
}
Result<uint32_t> sys_pause(Args) { return wait_for_signal(); }

Result<uint32_t> sys_rt_sigpending(Args s) {
    TRY(put_user(s.user(0), pending_signals(*current())));
    return 0U;
}

/// siginfo_t as far as this kernel fills it.
Result<> put_info(UserAddr to, uint32_t number, const SignalInfo& info) {
    uint32_t words[32] = {number,        0, static_cast<uint32_t>(info.code), info.fields[0], info.fields[1],
                          info.fields[2]};
    return put_user(to, words);
}

template <class Seconds>
Result<uint32_t> rt_sigtimedwait(Args s) {
    const auto set = TRY(get_user<uint64_t>(s.user(0)));
    const uint64_t deadline = TRY(deadline_after<UserTime<Seconds>>(s.user(2)));
    Thread& me = *current();
    SignalInfo info;
    uint32_t number = 0;
    WaitQueue nobody;
    // Blocked signals do not end a wait; while this one lasts, those of the set do.
    const uint64_t mask = me.signal_mask;
    me.signal_mask &= ~set;
    auto waited = wait_event(
        nobody, [&] { return (number = take_pending(me, set, info)) != 0; }, deadline);
    me.signal_mask = mask;
    if (!waited) return waited.error() == Errno::kTimedOut ? Errno::kAgain : waited.error();
    if (s.a[1]) TRY(put_info(s.user(1), number, info));
    return number;
}

/// struct sigaltstack.
struct UserStack {
    uint32_t base, flags, size;
};

Result<uint32_t> sys_sigaltstack(Args s) {
    constexpr uint32_t kDisable = 2, kOnStack = 1, kLeastSize = 2048;  // SS_*, MINSIGSTKSZ
    Thread& me = *current();
    const uint32_t now = signal_stack_flags(me, me.user_frame().user_sp);
    const UserStack old{me.signal_stack.base, now, me.signal_stack.size};
    if (s.a[0]) {
        const auto fresh = TRY(get_user<UserStack>(s.user(0)));
        if (now == kOnStack) return Errno::kPerm;
        if (fresh.flags & ~(kDisable | kOnStack)) return Errno::kInval;
        if (!(fresh.flags & kDisable) && fresh.size < kLeastSize) return Errno::kNoMem;
        me.signal_stack = fresh.flags & kDisable ? SignalStack{} : SignalStack{fresh.base, fresh.size};
    }
    if (s.a[1]) TRY(put_user(s.user(1), old));
    return 0U;
}

/// SI_USER or SI_TKILL, with who sent it.
SignalInfo sent_by_me(int32_t code) { return {code, {current_process().pid, 0, 0}}; }

Result<uint32_t> signal_process(uint32_t pid, uint32_t number) {
    if (number > kSignals) return Errno::kInval;
    IrqLock lock;
    const IrqGuard guard{lock};  // nobody ends between being found and being told
    Process* target = find_process(pid);
    if (!target) return Errno::kSrch;
    if (number) send_signal(*target, number, sent_by_me(0));
    return 0U;
}
Result<uint32_t> sys_kill(Args s) {
    const int32_t pid = s.signed32(0);
    if (pid > 0) return signal_process(s.a[0], s.a[1]);
    if (s.a[1] > kSignals) return Errno::kInval;
    if (pid == -1) {
        TRY(send_signal_to_all(s.a[1], sent_by_me(0)));
    } else {
        TRY(send_signal_to_group(pid == 0 ? current_process().group : -s.a[0], s.a[1], sent_by_me(0)));
    }
    return 0U;
}
Result<uint32_t> signal_thread(uint32_t tid, uint32_t number) {
    if (number > kSignals) return Errno::kInval;
    IrqLock lock;
    const IrqGuard guard{lock};
    for (Thread& t : current_process().threads) {
        if (t.tid != tid) continue;
        if (number) send_signal_to_thread(t, number, sent_by_me(-6));
        return 0U;
    }
    return signal_process(tid, number);
}
Result<uint32_t> sys_tkill(Args s) { return signal_thread(s.a[0], s.a[1]); }
Result<uint32_t> sys_tgkill(Args s) { return signal_thread(s.a[1], s.a[2]); }

constexpr Syscall kRows[] = {
    {29, "pause", sys_pause},
    {37, "kill", sys_kill},
    {119, "sigreturn", sys_rt_sigreturn},  // the frame is the same for both kinds of handlers
    {173, "rt_sigreturn", sys_rt_sigreturn},
    {174, "rt_sigaction", sys_rt_sigaction},
    {175, "rt_sigprocmask", sys_rt_sigprocmask},
    {176, "rt_sigpending", sys_rt_sigpending},
    {177, "rt_sigtimedwait", rt_sigtimedwait<int32_t>},
    {179, "rt_sigsuspend", sys_rt_sigsuspend},
    {186, "sigaltstack", sys_sigaltstack},
    {238, "tkill", sys_tkill},
    {268, "tgkill", sys_tgkill},
    {421, "rt_sigtimedwait_time64", rt_sigtimedwait<int64_t>},
};

}  // namespace

std::span<const Syscall> signal_syscalls() { return kRows; }

}  // namespace kernel
