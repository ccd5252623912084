// A timer that may repeat: behind timerfd, setitimer and POSIX timers.
#pragma once

#include "core/lock.hpp"
#include "core/time.hpp"

namespace kernel {

class IntervalTimer {
public:
    /// Called in interrupt context; `times` are more than one when the processor was late.
    using Expired = void (*)(void* context, uint64_t times);
    /// Shorter periods become this, so that a program cannot keep the processor in interrupts.
    static constexpr uint64_t kShortestNs = 20'000;

    IntervalTimer(Expired expired, void* context) : expired_{expired}, context_{context} {
        timer_.fire = [](void* t) { static_cast<IntervalTimer*>(t)->fire(); };
        timer_.context = this;
    }
    ~IntervalTimer() { timer_.cancel(); }
    IntervalTimer(const IntervalTimer&) = delete;
    IntervalTimer& operator=(const IntervalTimer&) = delete;

    /// First expiration at `first_ns`, then every `period_ns` (0: once). `first_ns` 0 stops it.
    void set(uint64_t first_ns, uint64_t period_ns) {
        IrqLock lock;
        const IrqGuard guard{lock};
        timer_.cancel();
        period_ns_ = period_ns && period_ns < kShortestNs ? kShortestNs : period_ns;
        if (first_ns) timer_.start(first_ns);
    }
    uint64_t period_ns() const { return period_ns_; }
    /// Time to the next expiration; 0 when it is stopped.
    uint64_t left_ns() const {
        if (!timer_.pending()) return 0;
        const uint64_t now = now_ns();
        return timer_.deadline_ns > now ? timer_.deadline_ns - now : 1;
    }

private:
    void fire() {
        uint64_t times = 1;
        if (period_ns_) {
            times += (now_ns() - timer_.deadline_ns) / period_ns_;
            timer_.start(timer_.deadline_ns + times * period_ns_);
        }
        expired_(context_, times);
    }

    Timer timer_;
    uint64_t period_ns_ = 0;
    Expired expired_;
    void* context_;
};

}  // namespace kernel
