// A Cortex-A9's private timer and private watchdog.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "models/base/register_bank.hpp"
#include "models/system/count_down.hpp"

namespace exysim::system {

/// Facts: Cortex-A9 MPCore TRM (ARM DDI 0407), 4.1 and 4.2. The period is (PRESCALER + 1) * (LOAD + 1) clocks
/// of PERIPHCLK; the event flag is set when the counter reaches zero.
class PrivateTimerCore {
public:
    enum Reg : uint32_t { kLoad = 0x00, kCounter = 0x04, kControl = 0x08, kStatus = 0x0C };
    // clang-format off
    static constexpr Field kLoadValue  {kLoad,    "LOAD",        31, 0, Access::rw,  0};
    static constexpr Field kCount      {kCounter, "COUNTER",     31, 0, Access::rw,  0};
    static constexpr Field kEnable     {kControl, "ENABLE",       0, 0, Access::rw,  0};
    static constexpr Field kAutoReload {kControl, "AUTO_RELOAD",  1, 1, Access::rw,  0};
    static constexpr Field kIrqEnable  {kControl, "IRQ_ENABLE",   2, 2, Access::rw,  0};
    static constexpr Field kPrescaler  {kControl, "PRESCALER",   15, 8, Access::rw,  0};
    static constexpr Field kEvent      {kStatus,  "EVENT",        0, 0, Access::w1c, 0};
    static constexpr Field kMap[] = {kLoadValue, kCount, kEnable, kAutoReload, kIrqEnable, kPrescaler, kEvent};
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    PrivateTimerCore();

    void advance(uint64_t clock);  ///< PERIPHCLK periods since the start of the run; never decreases
    /// When the line changes next by itself.
    std::optional<uint64_t> next_expiry() const;
    bool irq() const { return regs.get(kEvent) && regs.get(kIrqEnable); }

private:
    uint64_t now_ = 0;
    CountDown counter_;
};

/// In watchdog mode it asks for a reset in place of the interrupt, its counter can only be reloaded, and the
/// one way back is the two magic words in DISABLE. Registers as the core's watchdog area has them, from 0x20.
class PrivateWatchdogCore {
public:
    enum Reg : uint32_t {
        kLoad = 0x00,
        kCounter = 0x04,
        kControl = 0x08,
        kStatus = 0x0C,
        kResetStatus = 0x10,
        kDisable = 0x14
    };
    static constexpr uint32_t kFirstKey = 0x1234'5678, kSecondKey = 0x8765'4321;
    // clang-format off
    static constexpr Field kLoadValue  {kLoad,        "LOAD",          31, 0, Access::rw,  0};
    static constexpr Field kCount      {kCounter,     "COUNTER",       31, 0, Access::rw,  0};
    static constexpr Field kEnable     {kControl,     "ENABLE",         0, 0, Access::rw,  0};
    static constexpr Field kAutoReload {kControl,     "AUTO_RELOAD",    1, 1, Access::rw,  0};
    static constexpr Field kIrqEnable  {kControl,     "IRQ_ENABLE",     2, 2, Access::rw,  0};
    static constexpr Field kMode       {kControl,     "WATCHDOG_MODE",  3, 3, Access::rw,  0};
    static constexpr Field kPrescaler  {kControl,     "PRESCALER",     15, 8, Access::rw,  0};
    static constexpr Field kEvent      {kStatus,      "EVENT",          0, 0, Access::w1c, 0};
    static constexpr Field kReset      {kResetStatus, "RESET",          0, 0, Access::w1c, 0};
    static constexpr Field kKey        {kDisable,     "DISABLE",       31, 0, Access::w1p, 0};
    static constexpr Field kMap[] = {
        kLoadValue, kCount, kEnable, kAutoReload, kIrqEnable, kMode, kPrescaler, kEvent, kReset, kKey};
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    PrivateWatchdogCore();

    void advance(uint64_t clock);  ///< as PrivateTimerCore's
    std::optional<uint64_t> next_expiry() const;
    bool irq() const { return regs.get(kEvent) && regs.get(kIrqEnable) && !mode_; }
    bool take_reset() { return std::exchange(reset_, false); }

private:
    void control();
    void unlock(uint32_t key);

    uint64_t now_ = 0;
    CountDown counter_;
    bool mode_ = false;       ///< watchdog mode
    bool half_open_ = false;  ///< the first key was the last one written
    bool reset_ = false;
};

}  // namespace exysim::system
