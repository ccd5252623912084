#include "models/system/count_down.hpp"

namespace exysim::system {

void CountDown::restart(uint64_t clock, uint32_t value) {
    since_ = clock;
    from_ = value;
    seen_ = 0;
}

void CountDown::run(bool running, uint64_t clock) {
    restart(clock, value(clock));
    running_ = running;
}

void CountDown::set_step(uint32_t clocks, uint64_t clock) {
    restart(clock, value(clock));
    step_ = clocks;
}

void CountDown::set_reload(std::optional<uint32_t> value_at_zero, uint64_t clock) {
    restart(clock, value(clock));
    reload_ = value_at_zero;
}

/// A counter that starts at zero has reached it before.
uint64_t CountDown::first_zero() const { return from_ != 0 ? from_ : uint64_t{reload_.value_or(0)} + 1; }

uint32_t CountDown::value(uint64_t clock) const {
    const uint64_t steps = running_ ? (clock - since_) / step_ : 0;
    if (steps < from_) return static_cast<uint32_t>(from_ - steps);
    const uint64_t beyond = steps - from_;  // since the first time at zero
    if (!reload_ || beyond == 0) return 0;
    return static_cast<uint32_t>(*reload_ - (beyond - 1) % (uint64_t{*reload_} + 1));
}

uint64_t CountDown::zeros(uint64_t clock) const {
    const uint64_t steps = (clock - since_) / step_;
    if (!running_ || steps < first_zero()) return 0;
    if (!reload_) return from_ != 0 ? 1 : 0;
    return 1 + (steps - first_zero()) / (uint64_t{*reload_} + 1);
}

bool CountDown::take_zeros(uint64_t clock) {
    const uint64_t now = zeros(clock), before = seen_;
    seen_ = now;
    return now > before;
}

std::optional<uint64_t> CountDown::next_zero() const {
    if (!running_ || (!reload_ && (from_ == 0 || seen_ != 0))) return {};
    const uint64_t period = uint64_t{reload_.value_or(0)} + 1;
    return since_ + (first_zero() + seen_ * period) * step_;
}

}  // namespace exysim::system
