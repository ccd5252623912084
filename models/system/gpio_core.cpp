#include "models/system/gpio_core.hpp"

namespace exysim::system {

GpioCore::GpioCore() : regs{kMap} {
    for (uint32_t bank = 0; bank < kWakeBanks; ++bank) {
        regs.on_read(bank_at(bank) + kDat, [this, bank](uint32_t stored) { return data(bank, stored); });
        const auto levels = [this, bank](uint32_t) { raise_levels(bank); };
        regs.on_write(bank_at(bank), levels);
        regs.on_write(kWakeControl + 4 * bank, levels);
        regs.on_write(kWakePend + 4 * bank, levels);
    }
}

void GpioCore::drive(uint32_t bank, uint32_t pin, bool high) {
    const uint32_t bit = 1U << pin;
    const bool was = (high_[bank] & bit) != 0;
    driven_[bank] |= bit;
    high_[bank] = high ? high_[bank] | bit : high_[bank] & ~bit;
    const Trigger on = trigger(bank, pin);
    const bool edge = high != was && (on == kBoth || on == (high ? kRising : kFalling));
    if (edge) raise(bank, pin);
    raise_levels(bank);
}

/// Pins that nothing drives, and outputs, read what was written.
uint32_t GpioCore::data(uint32_t bank, uint32_t stored) const {
    uint32_t outside = driven_[bank];
    for (uint32_t pin = 0; pin < kPins; ++pin) {
        if (function(bank, pin) == kOutput) outside &= ~(1U << pin);
    }
    return (stored & ~outside) | (high_[bank] & outside);
}

void GpioCore::raise(uint32_t bank, uint32_t pin) {
    if (function(bank, pin) != kFunctionEint) return;
    const Field pend{kWakePend + 4 * bank, "", 7, 0, Access::w1c, 0};
    regs.set(pend, regs.get(pend) | 1U << pin);
}

void GpioCore::raise_levels(uint32_t bank) {
    for (uint32_t pin = 0; pin < kPins; ++pin) {
        if ((driven_[bank] >> pin & 1) == 0) continue;
        if (trigger(bank, pin) == ((high_[bank] >> pin & 1) != 0 ? kHigh : kLow)) raise(bank, pin);
    }
}

}  // namespace exysim::system
