// The Cortex-A9's global timer: one 64-bit counter for all cores, a comparator for each.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: Cortex-A9 MPCore TRM (ARM DDI 0407), 4.3 and 4.4, from r2p0 on: the event flag is set while the
/// counter is at or beyond the comparator, so that a flag cleared in single-shot mode comes back until
/// software moves the comparator or disables it. Counter, ENABLE and PRESCALER are shared; COMP_ENABLE,
/// IRQ_ENABLE, AUTO_INCREMENT, the flag, comparator and increment are each core's own.
class GlobalTimerCore {
public:
    enum Reg : uint32_t {
        kCounterLow = 0x00,
        kCounterHigh = 0x04,
        kControl = 0x08,
        kStatus = 0x0C,
        kCompareLow = 0x10,
        kCompareHigh = 0x14,
        kIncrement = 0x18
    };
    // clang-format off
    static constexpr Field kLow           {kCounterLow,  "COUNTER_LOW",    31, 0, Access::rw,  0};
    static constexpr Field kHigh          {kCounterHigh, "COUNTER_HIGH",   31, 0, Access::rw,  0};
    static constexpr Field kEnable        {kControl,     "ENABLE",          0, 0, Access::rw,  0};
    static constexpr Field kCompareEnable {kControl,     "COMP_ENABLE",     1, 1, Access::rw,  0};
    static constexpr Field kIrqEnable     {kControl,     "IRQ_ENABLE",      2, 2, Access::rw,  0};
    static constexpr Field kAutoIncrement {kControl,     "AUTO_INCREMENT",  3, 3, Access::rw,  0};
    static constexpr Field kPrescaler     {kControl,     "PRESCALER",      15, 8, Access::rw,  0};
    static constexpr Field kEvent         {kStatus,      "EVENT",           0, 0, Access::w1c, 0};
    static constexpr Field kCompLow       {kCompareLow,  "COMPARATOR_LOW", 31, 0, Access::rw,  0};
    static constexpr Field kCompHigh      {kCompareHigh, "COMPARATOR_HIGH",31, 0, Access::rw,  0};
    static constexpr Field kStep          {kIncrement,   "AUTO_INCREMENT", 31, 0, Access::rw,  0};
    static constexpr Field kMap[] = {
        kLow, kHigh, kEnable, kCompareEnable, kIrqEnable, kAutoIncrement, kPrescaler, kEvent, kCompLow, kCompHigh, kStep};
    // clang-format on
    static_assert(well_formed(kMap));

    explicit GlobalTimerCore(uint32_t cores);
    GlobalTimerCore(const GlobalTimerCore&) = delete;  // the register hooks refer to it

    RegisterBank& regs(uint32_t core) { return views_[core]; }
    const RegisterBank& regs(uint32_t core) const { return views_[core]; }

    void advance(uint64_t clock);  ///< PERIPHCLK periods since the start of the run; never decreases
    std::optional<uint64_t> next_expiry() const;
    bool irq(uint32_t core) const { return views_[core].get(kEvent) && views_[core].get(kIrqEnable); }

private:
    void hook(RegisterBank& view);
    uint64_t count() const;
    void load(uint64_t value);
    void control(const RegisterBank& from);
    static uint64_t comparator(const RegisterBank& view);
    void match(RegisterBank& view);
    bool waits(const RegisterBank& view) const;

    std::vector<RegisterBank> views_;  // one a core
    uint64_t now_ = 0;
    // The count was value_ at clock since_, and grows by one each period_ clocks while running.
    uint64_t value_ = 0, since_ = 0, period_ = 1;
    bool running_ = false;
};

}  // namespace exysim::system
