#include "models/system/private_timer_core.hpp"

namespace exysim::system {

namespace {

/// Takes over the control fields that both have.
template <class Timer>
void set_up(CountDown& counter, const RegisterBank& regs, uint64_t now) {
    counter.set_step(regs.get(Timer::kPrescaler) + 1, now);
    const bool reload = regs.get(Timer::kAutoReload) != 0;
    counter.set_reload(reload ? std::optional{regs.get(Timer::kLoadValue)} : std::nullopt, now);
    counter.run(regs.get(Timer::kEnable) != 0, now);
}

/// LOAD goes to the counter too.
template <class Timer>
void load(CountDown& counter, const RegisterBank& regs, uint64_t now) {
    set_up<Timer>(counter, regs, now);
    counter.restart(now, regs.get(Timer::kLoadValue));
}

}  // namespace

PrivateTimerCore::PrivateTimerCore() {
    regs.on_write(kLoad, [this](uint32_t) { load<PrivateTimerCore>(counter_, regs, now_); });
    regs.on_write(kCounter, [this](uint32_t) { counter_.restart(now_, regs.get(kCount)); });
    regs.on_write(kControl, [this](uint32_t) { set_up<PrivateTimerCore>(counter_, regs, now_); });
    regs.on_read(kCounter, [this](uint32_t) { return counter_.value(now_); });
}

void PrivateTimerCore::advance(uint64_t clock) {
    now_ = clock;
    if (counter_.take_zeros(now_)) regs.raise(kEvent);
}

std::optional<uint64_t> PrivateTimerCore::next_expiry() const {
    if (!regs.get(kIrqEnable) || regs.get(kEvent)) return {};
    return counter_.next_zero();
}

PrivateWatchdogCore::PrivateWatchdogCore() {
    regs.on_write(kLoad, [this](uint32_t) { load<PrivateWatchdogCore>(counter_, regs, now_); });
    regs.on_write(kCounter, [this](uint32_t) {
        if (!mode_) counter_.restart(now_, regs.get(kCount));
    });
    regs.on_write(kControl, [this](uint32_t) { control(); });
    regs.on_read(kCounter, [this](uint32_t) { return counter_.value(now_); });
    regs.on_write(kDisable, [this](uint32_t key) { unlock(key); });
}

/// The mode bit can be set, not cleared.
void PrivateWatchdogCore::control() {
    mode_ = mode_ || regs.get(kMode) != 0;
    regs.set(kMode, mode_ ? 1 : 0);
    set_up<PrivateWatchdogCore>(counter_, regs, now_);
}

void PrivateWatchdogCore::unlock(uint32_t key) {
    if (half_open_ && key == kSecondKey) {
        mode_ = false;
        regs.set(kMode, 0);
    }
    half_open_ = key == kFirstKey;
}

void PrivateWatchdogCore::advance(uint64_t clock) {
    now_ = clock;
    if (!counter_.take_zeros(now_)) return;
    if (!mode_) return regs.raise(kEvent);
    regs.raise(kReset);
    reset_ = true;
}

std::optional<uint64_t> PrivateWatchdogCore::next_expiry() const {
    const bool waits = mode_ ? !regs.get(kReset) : regs.get(kIrqEnable) && !regs.get(kEvent);
    return waits ? counter_.next_zero() : std::nullopt;
}

}  // namespace exysim::system
