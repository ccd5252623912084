// Multi-core timer: a 64-bit free-running counter with four comparators, and a local timer for each core.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Counters are never stepped: the core holds the moment each was last loaded and computes the rest from the
/// time given to advance(), in periods of the 24 MHz input clock since the start of the run ("clocks" below).
/// Facts: hardware page "System devices" section 2.
class MctCore {
public:
    static constexpr uint32_t kComparators = 4;
    static constexpr uint32_t kLocalTimers = 4;

    enum Reg : uint32_t {
        kCfg = 0x000,
        kGCntL = 0x100,
        kGCntU = 0x104,
        kGCntWstat = 0x110,
        kGCompL = 0x200,
        kGCompU = 0x204,
        kGCompAddIncr = 0x208,
        kGTcon = 0x240,
        kGIntCstat = 0x244,
        kGIntEnb = 0x248,
        kGWstat = 0x24C,
        kLTcntb = 0x300,
        kLTcnto = 0x304,
        kLIcntb = 0x308,
        kLIcnto = 0x30C,
        kLFrcntb = 0x310,
        kLFrcnto = 0x314,
        kLTcon = 0x320,
        kLIntCstat = 0x330,
        kLIntEnb = 0x334,
        kLWstat = 0x340,
    };
    // clang-format off
    static constexpr uint32_t kN = kLocalTimers, kStep = 0x100;
    static constexpr Field kPrescaler  {kCfg,          "PRESCALER",     7,  0, Access::rw,  0};
    static constexpr Field kDivider    {kCfg,          "DIVIDER",      10,  8, Access::rw,  0};  // 2^n
    static constexpr Field kCntL       {kGCntL,        "G_CNT_L",      31,  0, Access::rw,  0};
    static constexpr Field kCntU       {kGCntU,        "G_CNT_U",      31,  0, Access::rw,  0};
    static constexpr Field kCntWstat   {kGCntWstat,    "G_CNT_WSTAT",   1,  0, Access::w1c, 0};
    static constexpr Field kCompL      {kGCompL,       "G_COMP_L",     31,  0, Access::rw,  0, kComparators, 0x10};
    static constexpr Field kCompU      {kGCompU,       "G_COMP_U",     31,  0, Access::rw,  0, kComparators, 0x10};
    static constexpr Field kAddIncr    {kGCompAddIncr, "ADD_INCR",     31,  0, Access::rw,  0, kComparators, 0x10};
    static constexpr Field kCompCtrl   {kGTcon,        "COMP_CTRL",     7,  0, Access::rw,  0};  // 2i enable, 2i+1 auto
    static constexpr Field kTimerStart {kGTcon,        "TIMER_START",   8,  8, Access::rw,  0};
    static constexpr Field kCstat      {kGIntCstat,    "G_INT_CSTAT",   3,  0, Access::w1c, 0};
    static constexpr Field kEnb        {kGIntEnb,      "G_INT_ENB",     3,  0, Access::rw,  0};
    static constexpr Field kWstat      {kGWstat,       "G_WSTAT",      16,  0, Access::w1c, 0};
    static constexpr Field kTcntb      {kLTcntb,       "L_TCNTB",      31,  0, Access::rw,  0, kN, kStep};
    static constexpr Field kTcnto      {kLTcnto,       "L_TCNTO",      31,  0, Access::ro,  0, kN, kStep};
    static constexpr Field kIcntb      {kLIcntb,       "L_ICNTB",      30,  0, Access::rw,  0, kN, kStep};
    static constexpr Field kManual     {kLIcntb,       "MANUAL_UPDATE",31, 31, Access::w1p, 0, kN, kStep};
    static constexpr Field kIcnto      {kLIcnto,       "L_ICNTO",      31,  0, Access::ro,  0, kN, kStep};
    static constexpr Field kFrcntb     {kLFrcntb,      "L_FRCNTB",     31,  0, Access::rw,  0, kN, kStep};
    static constexpr Field kFrcnto     {kLFrcnto,      "L_FRCNTO",     31,  0, Access::ro,  0, kN, kStep};
    static constexpr Field kLStart     {kLTcon,        "TIMER_START",   0,  0, Access::rw,  0, kN, kStep};
    static constexpr Field kLIntStart  {kLTcon,        "INT_START",     1,  1, Access::rw,  0, kN, kStep};
    static constexpr Field kLInterval  {kLTcon,        "INTERVAL_MODE", 2,  2, Access::rw,  0, kN, kStep};
    static constexpr Field kLFrcStart  {kLTcon,        "FRC_START",     3,  3, Access::rw,  0, kN, kStep};
    static constexpr Field kLCstat     {kLIntCstat,    "L_INT_CSTAT",   0,  0, Access::w1c, 0, kN, kStep};
    static constexpr Field kLEnb       {kLIntEnb,      "L_INT_ENB",     0,  0, Access::rw,  0, kN, kStep};
    static constexpr Field kLWritten   {kLWstat,       "L_WSTAT",       3,  0, Access::w1c, 0, kN, kStep};
    static constexpr Field kMap[] = {
        kPrescaler, kDivider, kCntL, kCntU, kCntWstat, kCompL, kCompU, kAddIncr, kCompCtrl, kTimerStart, kCstat,
        kEnb, kWstat, kTcntb, kTcnto, kIcntb, kManual, kIcnto, kFrcntb, kFrcnto, kLStart, kLIntStart, kLInterval,
        kLFrcStart, kLCstat, kLEnb, kLWritten,
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};

    MctCore();

    /// Brings every counter and comparator to `clock`, which never decreases.
    void advance(uint64_t clock);
    /// The clock at which something expires next, or nothing.
    std::optional<uint64_t> next_expiry() const;
    bool global_irq(uint32_t comparator) const;
    bool local_irq(uint32_t timer) const;

private:
    /// The free-running counter: had `value` at clock `since`, grows by one each `period` clocks while
    /// running.
    struct FreeRunning {
        uint64_t value = 0, since = 0, period = 1;
        bool running = false;
    };
    struct Comparator {
        bool enabled = false;
        bool armed = false;  ///< has not matched since it was written, enabled or incremented
    };
    struct LocalTimer {
        std::optional<uint64_t> tick_start;  ///< clock of the start, while running; likewise below
        std::optional<uint64_t> frc_start;
        std::optional<uint64_t> expiry;  ///< clock of the interrupt counter's next zero
    };

    void hook_global();
    uint64_t count() const;
    void load_count(uint64_t value);
    void change_period();
    void write_count(uint32_t half);
    void control_global();
    bool enabled(uint32_t comparator) const { return regs.get(kCompCtrl) >> 2 * comparator & 1; }
    uint64_t compare_value(uint32_t comparator) const;
    void arm(uint32_t comparator);
    void match(uint32_t comparator);
    std::optional<uint64_t> next_match(uint32_t comparator) const;

    void hook_local();
    void control_local(uint32_t timer);
    void expire(uint32_t timer);
    /// Input clocks from one tick of the timer to the next.
    uint64_t tick_period(uint32_t timer) const { return uint64_t{regs.get(kTcntb, timer)} + 1; }
    uint64_t interrupt_period(uint32_t timer) const;
    uint32_t tick_remaining(uint32_t timer) const;
    uint32_t interrupts_remaining(uint32_t timer) const;
    uint32_t free_running_remaining(uint32_t timer) const;

    uint64_t now_ = 0;
    FreeRunning frc_;
    std::array<Comparator, kComparators> comparators_{};
    std::array<LocalTimer, kLocalTimers> local_{};
};

}  // namespace exysim::system
