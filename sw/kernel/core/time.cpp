#include "core/time.hpp"

#include "core/lock.hpp"
#include "core/thread.hpp"

namespace kernel {

namespace {
ClockSource source;
List<Timer, &Timer::node> timers;  // earliest first
IrqLock lock;

void program_next() {
    if (Timer* first = timers.front(); first && source.set_event) source.set_event(first->deadline_ns);
}
}  // namespace

uint64_t now_ns() { return source.read_ns ? source.read_ns() : 0; }

void set_clock_source(const ClockSource& s) {
    const IrqGuard guard{lock};
    source = s;
    program_next();
}

void Timer::start(uint64_t at_ns) {
    const IrqGuard guard{lock};
    node.unlink();
    deadline_ns = at_ns;
    Timer* later = nullptr;
    for (Timer& t : timers) {
        if (t.deadline_ns > at_ns) {
            later = &t;
            break;
        }
    }
    timers.insert_before(later, *this);
    if (timers.front() == this) program_next();
}

void Timer::cancel() {
    const IrqGuard guard{lock};
    node.unlink();
}

void timer_interrupt() {
    const IrqGuard guard{lock};
    const uint64_t now = now_ns();
    while (Timer* t = timers.front()) {
        if (t->deadline_ns > now) break;
        t->node.unlink();
        t->fire(t->context);
    }
    program_next();
}

void sleep_ns(uint64_t ns) {
    const uint64_t end = now_ns() + ns;
    while (now_ns() < end) sleep_until(end);
}

void udelay(uint32_t us) {
    const uint64_t end = now_ns() + uint64_t{us} * 1000;
    while (now_ns() < end) {
    }
}

}  // namespace kernel
