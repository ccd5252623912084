#include "core/wait.hpp"

#include "core/event_channel.hpp"
#include "core/log.hpp"

namespace kernel {

void WaitQueue::wake_all() {
    IrqLock lock;
    const IrqGuard guard{lock};
    for (Waiter& w : waiters_) wake(*w.thread);
}

void WaitQueue::wake_one() {
    IrqLock lock;
    const IrqGuard guard{lock};
    if (Waiter* w = waiters_.pop_front()) wake(*w->thread);
}

namespace {
WaitQueue& mutex_queue() {
    static WaitQueue queue;
    return queue;
}
}  // namespace

void Mutex::lock() {
    IrqLock irq;
    const IrqGuard guard{irq};
    ++waiting_;
    while (owner_) {
        Waiter waiter{{}, current()};
        mutex_queue().add(waiter);
        const EventSpan span{SpanClass::lock};
        sleep_until(kNever);
        WaitQueue::remove(waiter);
    }
    --waiting_;
    owner_ = current();
}

bool Mutex::try_lock() {
    IrqLock irq;
    const IrqGuard guard{irq};
    if (owner_) return false;
    owner_ = current();
    return true;
}

void Mutex::unlock() {
    IrqLock irq;
    const IrqGuard guard{irq};
    owner_ = nullptr;
    if (waiting_) mutex_queue().wake_all();
}

}  // namespace kernel
