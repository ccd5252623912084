// Watchdog timer: a 16-bit down counter that interrupts or resets.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Facts: hardware page "System devices" section 8. Assumed: WTCON is zero out of reset (a boot loader has
/// stopped the watchdog), so nothing happens until software enables it.
class WdtCore {
public:
    enum Reg : uint32_t { kWtcon = 0x00, kWtdat = 0x04, kWtcnt = 0x08, kWtclrint = 0x0C };
    // clang-format off
    static constexpr Field kResetEnable {kWtcon,    "RESET_EN",   0,  0, Access::rw,  0};
    static constexpr Field kIrqEnable   {kWtcon,    "IRQ_EN",     2,  2, Access::rw,  0};
    static constexpr Field kDivider     {kWtcon,    "CLOCK_SEL",  4,  3, Access::rw,  0};  // 16 << n
    static constexpr Field kEnable      {kWtcon,    "ENABLE",     5,  5, Access::rw,  0};
    static constexpr Field kPrescaler   {kWtcon,    "PRESCALER", 15,  8, Access::rw,  0x80};
    static constexpr Field kReload      {kWtdat,    "WTDAT",     15,  0, Access::rw,  0x8000};
    static constexpr Field kCount       {kWtcnt,    "WTCNT",     15,  0, Access::rw,  0x8000};
    static constexpr Field kClear       {kWtclrint, "WTCLRINT",  31,  0, Access::w1p, 0};
    static constexpr Field kMap[] = {kResetEnable, kIrqEnable, kDivider, kEnable, kPrescaler, kReload, kCount, kClear};
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    WdtCore();

    void advance(uint64_t clock);  ///< PCLK periods since the start of the run; never decreases
    std::optional<uint64_t> next_expiry() const { return zero_; }
    bool irq() const { return pending_ && regs.get(kIrqEnable); }
    bool take_reset() { return std::exchange(reset_, false); }

private:
    uint64_t period() const { return uint64_t{regs.get(kPrescaler) + 1} * (16U << regs.get(kDivider)); }
    void restart(uint32_t count);

    uint64_t now_ = 0;
    std::optional<uint64_t> zero_;
    bool pending_ = false, reset_ = false;
};

}  // namespace exysim::system
