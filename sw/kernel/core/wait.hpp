// Waiting for a condition that an interrupt handler or another thread makes true.
#pragma once

#include "core/lock.hpp"
#include "core/result.hpp"
#include "core/thread.hpp"

namespace kernel {

/// One thread's place in a wait queue; lives on its stack.
struct Waiter {
    ListNode node;
    Thread* thread = nullptr;
};

class WaitQueue {
public:
    void wake_all();
    void wake_one();
    bool empty() const { return waiters_.empty(); }
    void add(Waiter& w) { waiters_.push_back(w); }
    static void remove(Waiter& w) { w.node.unlink(); }

private:
    List<Waiter, &Waiter::node> waiters_;
};

/// True when the calling thread has a signal to take: interruptible waits end with kIntr.
bool signal_waiting();

/// Waits until `condition()` holds. It is evaluated with interrupts masked, so it may look at what handlers
/// change. Errors: kTimedOut at `deadline_ns`; kIntr when a signal came first.
template <class Condition>
Result<> wait_event(WaitQueue& queue, Condition condition, uint64_t deadline_ns = kNever,
                    bool interruptible = true) {
    IrqLock lock;
    const IrqGuard guard{lock};
    for (;;) {
        if (condition()) return Ok{};
        if (interruptible && signal_waiting()) return Errno::kIntr;
        if (deadline_ns != kNever && now_ns() >= deadline_ns) return Errno::kTimedOut;
        Waiter waiter{{}, current()};
        queue.add(waiter);
        sleep_until(deadline_ns);
        WaitQueue::remove(waiter);
    }
}

}  // namespace kernel
