// PL310 level-2 cache controller: its registers.
#pragma once

#include <array>

#include "models/base/register_bank.hpp"
#include "models/cache/level2.hpp"

namespace exysim::cache {

/// Facts: PL310 TRM; hardware page "CPU subsystem" section 8. An operation is complete when its write is,
/// which then takes as long as the operation: BUSY and the bits of way operations always read as zero.
/// Without a Level2 (mode `fast`: caches are transparent) operations have nothing to do.
/// Associativity and way size in AUX_CTRL choose a geometry inside the platform's RAMs, while the cache is
/// off; a platform whose geometry these fields cannot say keeps it. Event counters show their interrupt in
/// INT_RAW and INT_MASKED; which line of the chip it would raise no source says, so it raises none. Left out:
/// address filtering.
struct Pl310Core {
    enum Reg : uint32_t {
        kCacheId = 0x000,
        kCacheType = 0x004,
        kCtrl = 0x100,
        kAuxCtrl = 0x104,
        kTagLatency = 0x108,
        kDataLatency = 0x10C,
        kEventCtrl = 0x200,
        kEventConfig = 0x204,  // of counter 1, then counter 0
        kEventValue = 0x20C,   // the same
        kIntMask = 0x214,
        kIntMasked = 0x218,
        kIntRaw = 0x21C,
        kIntClear = 0x220,
        kCacheSync = 0x730,
        kDummy = 0x740,
        kInvLinePa = 0x770,
        kInvWay = 0x77C,
        kCleanLinePa = 0x7B0,
        kCleanLineIndex = 0x7B8,
        kCleanWay = 0x7BC,
        kCleanInvLinePa = 0x7F0,
        kCleanInvLineIndex = 0x7F8,
        kCleanInvWay = 0x7FC,
        kLockdown = 0x900,
        kLockLine = 0x950,
        kUnlockWay = 0x954,
        kFilterStart = 0xC00,
        kDebugCtrl = 0xF40,
        kPrefetchCtrl = 0xF60,
        kPowerCtrl = 0xF80,
    };
    static constexpr uint32_t kCounters = 2;
    static constexpr uint32_t kMasters = 8;  // lockdown registers: data and instruction of each
    // clang-format off
    static constexpr Field kEnable         {kCtrl,         "ENABLE",           0,  0, Access::rw, 0};
    static constexpr Field kCount          {kEventCtrl,    "ENABLE",           0,  0, Access::rw, 0};
    static constexpr Field kEventSource    {kEventConfig,  "SOURCE",           5,  2, Access::rw, 0, kCounters};
    static constexpr Field kEventInterrupt {kEventConfig,  "INTERRUPT",        1,  0, Access::rw, 0, kCounters};
    static constexpr Field kCounterMask    {kIntMask,      "ECNTR",            0,  0, Access::rw, 0};
    static constexpr Field kCounterMasked  {kIntMasked,    "ECNTR",            0,  0, Access::ro, 0};
    static constexpr Field kCounterRaw     {kIntRaw,       "ECNTR",            0,  0, Access::ro, 0};
    static constexpr Field kLockLineEnable {kLockLine,     "ENABLE",           0,  0, Access::rw, 0};
    static constexpr Field kEventCount     {kEventValue,   "VALUE",           31,  0, Access::rw, 0, kCounters};
    static constexpr Field kOffset         {kPrefetchCtrl, "OFFSET",           4,  0, Access::rw, 0};
    static constexpr Field kDoubleLinefill {kPrefetchCtrl, "DOUBLE_LINEFILL", 30, 30, Access::rw, 0};
    static constexpr Field kCacheTypeField {kCacheType,    "CACHE_TYPE",      31,  0, Access::ro, 0x1E34'0340};  // 16 ways of 64 KiB, unified; Assumed: both lockdowns
    static constexpr Field kPrefetchAlias  {kPrefetchCtrl, "PREFETCH",        29, 28, Access::rw, 0};
    static constexpr Field kAuxPrefetch    {kAuxCtrl,      "PREFETCH",        29, 28, Access::rw, 0};
    static constexpr Field kAuxLow         {kAuxCtrl,      "AUX_LOW",         27,  0, Access::rw, 0x207'0000};  // 16 ways, 64 KiB, round robin
    static constexpr Field kMap[] = {
        {kCacheId,           "CACHE_ID",           31,  0, Access::ro,  0x4100'C4C8},  // RTL 8: r3p2
        kCacheTypeField,
        kEnable, kAuxLow, kAuxPrefetch,
        {kAuxCtrl,           "EARLY_BRESP",        30, 30, Access::rw,  0},
        {kTagLatency,        "TAG_LATENCY",        10,  0, Access::rw,  0x777},
        {kDataLatency,       "DATA_LATENCY",       10,  0, Access::rw,  0x777},
        kCount,
        {kEventCtrl,         "RESET",               2,  1, Access::w1p, 0},
        kEventInterrupt, kEventSource, kEventCount,
        kCounterMask, kCounterMasked, kCounterRaw,
        {kIntMask,           "ERRORS",              8,  1, Access::rw,  0},
        {kIntMasked,         "ERRORS",              8,  1, Access::ro,  0},
        {kIntRaw,            "ERRORS",              8,  1, Access::ro,  0},
        {kIntClear,          "INT_CLEAR",           8,  0, Access::w1p, 0},
        {kCacheSync,         "CACHE_SYNC",         31,  1, Access::w1p, 0},
        {kCacheSync,         "BUSY",                0,  0, Access::ro,  0},
        {kDummy,             "DUMMY",              31,  0, Access::w1p, 0},
        {kInvLinePa,         "INV_LINE_PA",        31,  1, Access::w1p, 0},
        {kInvLinePa,         "BUSY",                0,  0, Access::ro,  0},
        {kInvWay,            "INV_WAY",            15,  0, Access::ro,  0},
        {kCleanLinePa,       "CLEAN_LINE_PA",      31,  1, Access::w1p, 0},
        {kCleanLinePa,       "BUSY",                0,  0, Access::ro,  0},
        {kCleanLineIndex,    "CLEAN_LINE_INDEX",   31,  1, Access::w1p, 0},
        {kCleanLineIndex,    "BUSY",                0,  0, Access::ro,  0},
        {kCleanWay,          "CLEAN_WAY",          15,  0, Access::ro,  0},
        {kCleanInvLinePa,    "CLEAN_INV_LINE_PA",  31,  1, Access::w1p, 0},
        {kCleanInvLinePa,    "BUSY",                0,  0, Access::ro,  0},
        {kCleanInvLineIndex, "CLEAN_INV_INDEX",    31,  1, Access::w1p, 0},
        {kCleanInvLineIndex, "BUSY",                0,  0, Access::ro,  0},
        {kCleanInvWay,       "CLEAN_INV_WAY",      15,  0, Access::ro,  0},
        {kLockdown,          "LOCKDOWN",           15,  0, Access::rw,  0, 2 * kMasters},
        kLockLineEnable,
        {kUnlockWay,         "UNLOCK_WAY",         15,  0, Access::ro,  0},
        {kFilterStart,       "ADDRESS_FILTER",     31,  0, Access::rw,  0, 2},
        {kDebugCtrl,         "DEBUG_CTRL",          2,  0, Access::rw,  0},
        kOffset,
        {kPrefetchCtrl,      "MIDDLE",             27,  5, Access::rw,  0},
        kPrefetchAlias,
        kDoubleLinefill,
        {kPowerCtrl,         "POWER_CTRL",          1,  0, Access::rw,  0},
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};
    Picoseconds now = 0;   ///< time of the access, set by the shell
    Picoseconds done = 0;  ///< when the operation of the last write is over

    explicit Pl310Core(Level2* level2);

private:
    void add_operations(Level2& level2);
    void add_lockdown(Level2& level2);
    void add_counters(Level2& level2);
    void show_geometry(const Geometry& geometry);
    void follow(Level2& level2);
    void choose_geometry(Level2& level2) const;
    void add_interrupt(const Level2& level2);
    /// Brings the event counters' registers up to date.
    void settle(const Level2& level2);
    void count(uint32_t n, uint64_t events);
    void set_value(uint32_t n, uint32_t value);

    bool counting_ = false;
    struct Counter {
        uint32_t source = 0, interrupt = 0;  // as its configuration says
        uint32_t value = 0;
        uint64_t settled = 0;  // what the source had seen when `value` was right
        bool counts() const { return source != 0 && source < static_cast<uint32_t>(Level2Event::kCount); }
    };
    std::array<Counter, kCounters> counters_{};
};

}  // namespace exysim::cache
