#include "models/system/global_timer_core.hpp"

#include <algorithm>

namespace exysim::system {

namespace {
constexpr uint64_t kEndOfTime = uint64_t{1} << 50;  // clocks; weeks, and still countable in picoseconds
}  // namespace

GlobalTimerCore::GlobalTimerCore(uint32_t cores) {
    views_.reserve(cores);
    for (uint32_t n = 0; n < cores; ++n) hook(views_.emplace_back(kMap));
}

void GlobalTimerCore::hook(RegisterBank& view) {
    view.on_read(kCounterLow, [this](uint32_t) { return static_cast<uint32_t>(count()); });
    view.on_read(kCounterHigh, [this](uint32_t) { return static_cast<uint32_t>(count() >> 32); });
    view.on_write(kCounterLow, [this, &view](uint32_t) { load(count() >> 32 << 32 | view.get(kLow)); });
    view.on_write(kCounterHigh, [this, &view](uint32_t) {
        load(uint64_t{view.get(kHigh)} << 32 | (count() & UINT32_MAX));
    });
    view.on_write(kControl, [this, &view](uint32_t) { control(view); });
    for (const uint32_t reg : {kStatus, kCompareLow, kCompareHigh})
        view.on_write(reg, [this, &view](uint32_t) { match(view); });
}

uint64_t GlobalTimerCore::count() const { return running_ ? value_ + (now_ - since_) / period_ : value_; }

void GlobalTimerCore::load(uint64_t value) {
    value_ = value;
    since_ = now_;
    for (RegisterBank& view : views_) match(view);
}

/// What the register shares goes into every core's view of it.
void GlobalTimerCore::control(const RegisterBank& from) {
    const uint64_t present = count();
    running_ = from.get(kEnable) != 0;
    period_ = uint64_t{from.get(kPrescaler)} + 1;
    for (RegisterBank& view : views_) {
        view.set(kEnable, from.get(kEnable));
        view.set(kPrescaler, from.get(kPrescaler));
    }
    load(present);
}

uint64_t GlobalTimerCore::comparator(const RegisterBank& view) {
    return uint64_t{view.get(kCompHigh)} << 32 | view.get(kCompLow);
}

bool GlobalTimerCore::waits(const RegisterBank& view) const {
    return running_ && view.get(kCompareEnable) != 0;
}

/// Auto-increment moves the comparator past the count.
void GlobalTimerCore::match(RegisterBank& view) {
    const uint64_t at = comparator(view), present = count(), step = view.get(kStep);
    if (!waits(view) || present < at) return;
    view.raise(kEvent);
    if (!view.get(kAutoIncrement) || step == 0) return;
    const uint64_t next = at + ((present - at) / step + 1) * step;
    view.set(kCompLow, static_cast<uint32_t>(next));
    view.set(kCompHigh, static_cast<uint32_t>(next >> 32));
}

void GlobalTimerCore::advance(uint64_t clock) {
    now_ = clock;
    for (RegisterBank& view : views_) match(view);
}

std::optional<uint64_t> GlobalTimerCore::next_expiry() const {
    std::optional<uint64_t> next;
    for (const RegisterBank& view : views_) {
        if (!waits(view) || !view.get(kIrqEnable) || view.get(kEvent)) continue;
        const uint64_t at = comparator(view), left = at > value_ ? at - value_ : 0;
        if (left > kEndOfTime / period_) continue;
        next = std::min(next.value_or(UINT64_MAX), since_ + left * period_);
    }
    return next;
}

}  // namespace exysim::system
