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
    /// A value that grows by one each `period` clocks while running.
    struct UpCounter {
        uint64_t value = 0;
        uint64_t since = 0;  ///< clock at which it had `value`
        bool running = false;
    };
    struct Comparator {
        uint64_t match = 0;
        bool armed = false;
    };
    struct LocalTimer {
        uint64_t tick_start = 0;  ///< clock of the last start of the tick counter
        uint64_t frc_start = 0;
        std::optional<uint64_t> expiry;  ///< running interrupt counter: clock of its next zero
        uint32_t stopped_at = 0;         ///< remaining interrupt count while not running
    };

    void hook_global();
    void hook_local();
    uint64_t period() const;
    uint64_t count() const;
    void rebase();
    void write_count(uint64_t value);
    void arm(uint32_t comparator);
    void check(uint32_t comparator);
    void expire(uint32_t timer);
    void control(uint32_t timer);
    void load(uint32_t timer);
    uint64_t clocks_per_count(uint32_t timer) const { return uint64_t{regs.get(kTcntb, timer)} + 1; }
    uint32_t remaining(uint32_t timer) const;

    uint64_t now_ = 0;
    UpCounter frc_;
    uint64_t frc_period_ = 1;
    std::array<Comparator, kComparators> comparators_{};
    std::array<LocalTimer, kLocalTimers> local_{};
};

}  // namespace exysim::system
