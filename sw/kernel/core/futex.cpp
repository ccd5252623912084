#include "core/futex.hpp"

#include "core/event_channel.hpp"
#include "core/process.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

struct FutexWaiter {
    ListNode node;
    Thread* thread;
    AddressSpace* space;
    UserAddr word;
    uint32_t bits;
    bool woken = false;
};
List<FutexWaiter, &FutexWaiter::node> waiters;
IrqLock lock;

}  // namespace

Result<> futex_wait(UserAddr word, uint32_t expected, uint32_t bits, uint64_t deadline_ns) {
    FutexWaiter me{{}, current(), current_process().space.get(), word, bits};
    (void)TRY(get_user<uint32_t>(word));  // faults the page in, so that the look below cannot sleep
    const IrqGuard guard{lock};
    if (TRY(get_user<uint32_t>(word)) != expected) return Errno::kAgain;
    waiters.push_back(me);
    const EventSpan span{SpanClass::lock};
    while (!me.woken) {
        if (signal_waiting() || now_ns() >= deadline_ns) {
            me.node.unlink();
            return signal_waiting() ? Errno::kIntr : Errno::kTimedOut;
        }
        sleep_until(deadline_ns);
    }
    return Ok{};
}

uint32_t futex_wake(UserAddr word, uint32_t count, uint32_t bits) {
    const IrqGuard guard{lock};
    AddressSpace* space = current_process().space.get();
    uint32_t woken = 0;
    for (auto it = waiters.begin(); it != waiters.end() && woken < count;) {
        FutexWaiter& w = *it;
        ++it;
        if (w.space != space || w.word != word || !(w.bits & bits)) continue;
        w.node.unlink();
        w.woken = true;
        wake(*w.thread);
        ++woken;
    }
    return woken;
}

Result<uint32_t> futex_requeue(UserAddr word, uint32_t wake_count, UserAddr to, uint32_t move_count,
                               const uint32_t* expected) {
    if (expected && TRY(get_user<uint32_t>(word)) != *expected) return Errno::kAgain;
    uint32_t affected = futex_wake(word, wake_count, ~0U);
    const IrqGuard guard{lock};
    AddressSpace* space = current_process().space.get();
    for (FutexWaiter& w : waiters) {
        if (move_count == 0) break;
        if (w.space != space || w.word != word) continue;
        w.word = to;
        --move_count;
        ++affected;
    }
    return affected;
}

}  // namespace kernel
