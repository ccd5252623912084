#include "models/system/pwm_core.hpp"

namespace exysim::system {

namespace {
enum Control : uint32_t { kStart = 1, kManualUpdate = 2 };

/// First TCON bit of a timer; bits 4 to 7 belong to timer 0's dead zone.
constexpr uint32_t shift(uint32_t timer) { return timer == 0 ? 0 : 4 * (timer + 1); }
/// Timer 4 has no inverter, its auto-reload bit comes one earlier.
constexpr uint32_t auto_reload(uint32_t timer) { return timer == 4 ? 4 : 8; }
}  // namespace

PwmCore::PwmCore() {
    regs.on_write(kTcon, [this](uint32_t) {
        for (uint32_t timer = 0; timer < kTimers; ++timer) control(timer);
    });
    regs.on_read_each(kCountO, [this](uint32_t timer, uint32_t) { return count(timer); });
    regs.on_read(kCountO4.offset, [this](uint32_t) { return count(4); });
}

bool PwmCore::has(uint32_t timer, uint32_t bit) const { return regs.get(kControl) >> shift(timer) & bit; }

uint32_t PwmCore::reload_value(uint32_t timer) const {
    return timer < 4 ? regs.get(kCountB, timer) : regs.get(kCountB4);
}

/// Input clocks for each count: (prescaler + 1) x divider.
uint64_t PwmCore::period(uint32_t timer) const {
    const uint32_t prescaler = regs.get(timer < 2 ? kPrescaler0 : kPrescaler1);
    const uint32_t divider = regs.get(kDividers) >> 4 * timer & 0xF;
    return uint64_t{prescaler + 1} << divider;
}

void PwmCore::control(uint32_t timer) {
    Timer& t = timers_[timer];
    const bool run = has(timer, kStart);
    if (!run && t.expiry) {
        t.stopped_at = count(timer);
        t.expiry.reset();
    }
    if (has(timer, kManualUpdate)) t.stopped_at = reload_value(timer);
    if (run && !t.expiry) start(timer, t.stopped_at);
}

/// A cycle takes count + 1 periods: Linux's PWM driver writes its period in ticks minus one.
void PwmCore::start(uint32_t timer, uint32_t count) {
    timers_[timer].expiry = now_ + (uint64_t{count} + 1) * period(timer);
}

uint32_t PwmCore::count(uint32_t timer) const {
    const Timer& t = timers_[timer];
    if (!t.expiry) return t.stopped_at;
    return static_cast<uint32_t>((*t.expiry - now_ - 1) / period(timer));
}

void PwmCore::expire(uint32_t timer) {
    Timer& t = timers_[timer];
    while (t.expiry && *t.expiry <= now_) {
        const uint64_t at = *t.expiry;
        regs.set(kIrqStatus, regs.get(kIrqStatus) | 1U << timer);
        t.expiry.reset();
        t.stopped_at = 0;
        if (has(timer, auto_reload(timer))) {
            t.expiry = at + (uint64_t{reload_value(timer)} + 1) * period(timer);
        } else {
            regs.set(kControl, regs.get(kControl) & ~(kStart << shift(timer)));
        }
    }
}

void PwmCore::advance(uint64_t clock) {
    now_ = clock;
    for (uint32_t timer = 0; timer < kTimers; ++timer) expire(timer);
}

std::optional<uint64_t> PwmCore::next_expiry() const {
    std::optional<uint64_t> first;
    for (const Timer& t : timers_) {
        if (t.expiry && (!first || *t.expiry < *first)) first = t.expiry;
    }
    return first;
}

}  // namespace exysim::system
