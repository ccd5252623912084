// System calls on timers: timerfd, setitimer, POSIX timers. All clocks are the one that starts with the
// machine.
#include "core/interval_timer.hpp"
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

constexpr uint32_t kAbsolute = 1;  // TFD_TIMER_ABSTIME, TIMER_ABSTIME
constexpr uint32_t kClocks = 12;   // CLOCK_REALTIME .. CLOCK_TAI

template <class Time>
UserInterval<Time> state_of(const IntervalTimer& t) {
    return {Time::of(t.period_ns()), Time::of(t.left_ns())};
}

/// Sets the timer from user memory and tells what it was. A null `old` is not told.
template <class Time>
Result<uint32_t> set_timer(IntervalTimer& timer, UserAddr fresh, UserAddr old, bool absolute) {
    const auto wanted = TRY(get_user<UserInterval<Time>>(fresh));
    if (!wanted.first.valid() || !wanted.period.valid()) return Errno::kInval;
    const auto before = state_of<Time>(timer);
    const uint64_t first = wanted.first.ns();
    timer.set(first == 0 || absolute ? first : now_ns() + first, wanted.period.ns());
    if (old.value) TRY(put_user(old, before));
    return 0U;
}

// --- timerfd

struct TimerFile : File {
    uint64_t expirations = 0;
    WaitQueue changed;
    IntervalTimer timer{[](void* f, uint64_t times) { static_cast<TimerFile*>(f)->expired(times); }, this};

    static constexpr char kType = 0;
    const void* type() const override { return &kType; }
    void expired(uint64_t times) {
        expirations += times;
        changed.wake_all();
    }
    uint32_t poll(PollTable* table) override {
        if (table) table->watch(changed);
        return expirations ? kPollIn | kPollRdNorm : 0;
    }
    Result<uint32_t> read(UserAddr to, uint32_t n) override {
        if (n < 8) return Errno::kInval;
        if (expirations == 0 && nonblocking()) return Errno::kAgain;
        TRY(wait_event(changed, [this] { return expirations != 0; }));
        IrqLock lock;
        uint64_t count = 0;
        {
            const IrqGuard guard{lock};
            count = std::exchange(expirations, 0);
        }
        TRY(put_user(to, count));
        return 8U;
    }
};

Result<uint32_t> sys_timerfd_create(Args s) {
    if (s.a[0] >= kClocks || (s.a[1] & ~(kNonBlocking | kCloseOnExec))) return Errno::kInval;
    auto file = TRY(make_ref<TimerFile>());
    file->flags = kReadWrite | (s.a[1] & kNonBlocking);
    return install_fd(Ref<File>{std::move(file)}, s.a[1] & kCloseOnExec);
}

Result<TimerFile*> timer_file(const Ref<File>& file) {
    if (file->type() != &TimerFile::kType) return Errno::kInval;
    return static_cast<TimerFile*>(file.get());
}

template <class Seconds>
Result<uint32_t> timerfd_settime(Args s) {
    auto file = TRY(file_of(s.a[0]));
    TimerFile& f = *TRY(timer_file(file));
    const uint32_t done =
        TRY(set_timer<UserTime<Seconds>>(f.timer, s.user(2), s.user(3), s.a[1] & kAbsolute));
    f.expirations = 0;
    return done;
}

template <class Seconds>
Result<uint32_t> timerfd_gettime(Args s) {
    auto file = TRY(file_of(s.a[0]));
    TRY(put_user(s.user(1), state_of<UserTime<Seconds>>(TRY(timer_file(file))->timer)));
    return 0U;
}

// --- setitimer: the real-time one; time spent by a process is not counted finely enough for the others

Result<uint32_t> sys_setitimer(Args s) {
    constexpr uint32_t kReal = 0;
    if (s.a[0] != kReal) return Errno::kInval;
    IntervalTimer& alarm = current_process().alarm;
    if (s.a[1]) return set_timer<UserTimeval>(alarm, s.user(1), s.user(2), false);
    if (s.a[2]) TRY(put_user(s.user(2), state_of<UserTimeval>(alarm)));
    alarm.set(0, 0);
    return 0U;
}
Result<uint32_t> sys_getitimer(Args s) {
    if (s.a[0] != 0) return Errno::kInval;
    TRY(put_user(s.user(1), state_of<UserTimeval>(current_process().alarm)));
    return 0U;
}

// --- POSIX timers

/// struct sigevent, the part the kernel reads.
struct SigEvent {
    uint32_t value;
    uint32_t signal;
    uint32_t notify;
    uint32_t tid;
};
constexpr uint32_t kNotifySignal = 0, kNotifyNone = 1, kNotifyThread = 4;  // SIGEV_*; 4 = SIGEV_THREAD_ID
constexpr int32_t kSiTimer = -2;
constexpr uint32_t kMostTimers = 64;

/// One of a process's timers. A signal that is still pending when the timer expires again counts as overrun.
struct PosixTimer : ProcessTimer {
    Process* process = nullptr;
    SigEvent event{};
    uint32_t overrun = 0;
    IntervalTimer timer{[](void* t, uint64_t times) { static_cast<PosixTimer*>(t)->expired(times); }, this};

    Thread* target() {
        for (Thread& t : process->threads) {
            if (t.tid == event.tid) return &t;
        }
        return nullptr;
    }
    void expired(uint64_t times) {
        if (event.notify == kNotifyNone) return;
        Thread* thread = event.notify == kNotifyThread ? target() : nullptr;
        const uint64_t pending = thread ? thread->pending_signals : process->pending_signals;
        const auto missed = static_cast<uint32_t>(times - 1);
        overrun = pending & signal_bit(event.signal) ? overrun + 1 + missed : missed;
        const SignalInfo info{kSiTimer, {id, overrun, event.value}};
        if (thread) {
            send_signal_to_thread(*thread, event.signal, info);
        } else if (event.notify == kNotifySignal) {
            send_signal(*process, event.signal, info);
        }
    }
};

Result<PosixTimer*> timer_of(uint32_t id) {
    for (ProcessTimer& t : current_process().timers) {
        if (t.id == id) return static_cast<PosixTimer*>(&t);
    }
    return Errno::kInval;
}

/// Lowest id that no timer of the process has. Errors: kAgain.
Result<uint32_t> free_timer_id() {
    for (uint32_t id = 0; id < kMostTimers; ++id) {
        if (!timer_of(id)) return id;
    }
    return Errno::kAgain;
}

Result<uint32_t> sys_timer_create(Args s) {
    if (s.a[0] >= kClocks) return Errno::kInval;
    auto timer = TRY(make<PosixTimer>());
    timer->id = TRY(free_timer_id());
    timer->process = &current_process();
    timer->event =
        s.a[1] ? TRY(get_user<SigEvent>(s.user(1))) : SigEvent{timer->id, kSigAlrm, kNotifySignal, 0};
    const SigEvent& e = timer->event;
    if (e.notify != kNotifySignal && e.notify != kNotifyNone && e.notify != kNotifyThread)
        return Errno::kInval;
    if (e.notify != kNotifyNone && (e.signal == 0 || e.signal > kSignals)) return Errno::kInval;
    if (e.notify == kNotifyThread && !timer->target()) return Errno::kInval;
    TRY(put_user(s.user(2), timer->id));
    current_process().timers.push_back(*timer.release());
    return 0U;
}

template <class Seconds>
Result<uint32_t> timer_settime(Args s) {
    PosixTimer& t = *TRY(timer_of(s.a[0]));
    return set_timer<UserTime<Seconds>>(t.timer, s.user(2), s.user(3), s.a[1] & kAbsolute);
}
template <class Seconds>
Result<uint32_t> timer_gettime(Args s) {
    TRY(put_user(s.user(1), state_of<UserTime<Seconds>>(TRY(timer_of(s.a[0]))->timer)));
    return 0U;
}
Result<uint32_t> sys_timer_getoverrun(Args s) { return TRY(timer_of(s.a[0]))->overrun; }
Result<uint32_t> sys_timer_delete(Args s) {
    PosixTimer* t = TRY(timer_of(s.a[0]));
    t->node.unlink();
    delete t;
    return 0U;
}

constexpr Syscall kRows[] = {
    {104, "setitimer", sys_setitimer},
    {105, "getitimer", sys_getitimer},
    {257, "timer_create", sys_timer_create},
    {258, "timer_settime", timer_settime<int32_t>},
    {259, "timer_gettime", timer_gettime<int32_t>},
    {260, "timer_getoverrun", sys_timer_getoverrun},
    {261, "timer_delete", sys_timer_delete},
    {350, "timerfd_create", sys_timerfd_create},
    {353, "timerfd_settime", timerfd_settime<int32_t>},
    {354, "timerfd_gettime", timerfd_gettime<int32_t>},
    {408, "timer_gettime64", timer_gettime<int64_t>},
    {409, "timer_settime64", timer_settime<int64_t>},
    {410, "timerfd_gettime64", timerfd_gettime<int64_t>},
    {411, "timerfd_settime64", timerfd_settime<int64_t>},
};

}  // namespace

std::span<const Syscall> timer_syscalls() { return kRows; }

}  // namespace kernel
