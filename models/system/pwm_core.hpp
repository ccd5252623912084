// PWM timers: five 32-bit down counters with reload.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Counters are computed from the time given to advance(), in input clock periods since the start of the run.
/// Facts: hardware page "System devices" section 7. The output pins are not modelled.
class PwmCore {
public:
    static constexpr uint32_t kTimers = 5;
    enum Reg : uint32_t {
        kTcfg0 = 0x00,
        kTcfg1 = 0x04,
        kTcon = 0x08,
        kTcntb = 0x0C,
        kTcmpb = 0x10,
        kTcnto = 0x14,
        kTintCstat = 0x44
    };
    // clang-format off
    static constexpr Field kPrescaler0 {kTcfg0,     "PRESCALER0",  7,  0, Access::rw,  0};  // timers 0 and 1
    static constexpr Field kPrescaler1 {kTcfg0,     "PRESCALER1", 15,  8, Access::rw,  0};  // timers 2 to 4
    static constexpr Field kDeadZone   {kTcfg0,     "DEAD_ZONE",  23, 16, Access::rw,  0};
    static constexpr Field kDividers   {kTcfg1,     "MUX",        19,  0, Access::rw,  0};  // a nibble a timer: 1 << n
    static constexpr Field kDma        {kTcfg1,     "DMA",        23, 20, Access::rw,  0};
    static constexpr Field kControl    {kTcon,      "TCON",       22,  0, Access::rw,  0};
    static constexpr Field kCountB     {kTcntb,     "TCNTB",      31,  0, Access::rw,  0, 4, 0xC};
    static constexpr Field kCompareB   {kTcmpb,     "TCMPB",      31,  0, Access::rw,  0, 4, 0xC};
    static constexpr Field kCountO     {kTcnto,     "TCNTO",      31,  0, Access::ro,  0, 4, 0xC};
    static constexpr Field kCountB4    {0x3C,       "TCNTB4",     31,  0, Access::rw,  0};
    static constexpr Field kCountO4    {0x40,       "TCNTO4",     31,  0, Access::ro,  0};
    static constexpr Field kIrqEnable  {kTintCstat, "ENABLE",      4,  0, Access::rw,  0};
    static constexpr Field kIrqStatus  {kTintCstat, "STATUS",      9,  5, Access::w1c, 0};
    static constexpr Field kMap[] = {
        kPrescaler0, kPrescaler1, kDeadZone, kDividers, kDma, kControl, kCountB, kCompareB, kCountO, kCountB4,
        kCountO4, kIrqEnable, kIrqStatus,
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    PwmCore();

    void advance(uint64_t clock);  ///< never decreases
    std::optional<uint64_t> next_expiry() const;
    bool irq(uint32_t timer) const { return (regs.get(kIrqStatus) & regs.get(kIrqEnable)) >> timer & 1; }

private:
    struct Timer {
        uint32_t stopped_at = 0;         ///< count while stopped
        std::optional<uint64_t> expiry;  ///< while running: clock of the end of the cycle
    };
    bool has(uint32_t timer, uint32_t control_bit) const;
    void control(uint32_t timer);
    void start(uint32_t timer, uint32_t count);
    void expire(uint32_t timer);
    uint64_t period(uint32_t timer) const;
    uint32_t count(uint32_t timer) const;
    uint32_t reload_value(uint32_t timer) const;

    uint64_t now_ = 0;
    std::array<Timer, kTimers> timers_{};
};

}  // namespace exysim::system
