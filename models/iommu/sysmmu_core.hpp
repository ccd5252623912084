// SysMMU of versions 1 to 3: registers, translation and fault rules (hardware/sysmmu.md). Knows neither time
// nor SystemC; memory is read through the function its owner passes to translate().
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>

#include "models/base/register_bank.hpp"
#include "models/iommu/page_table.hpp"
#include "models/iommu/prefetch.hpp"
#include "models/iommu/sysmmu_registers.hpp"
#include "models/iommu/tlb.hpp"

namespace exysim::iommu {

struct SysMmuConfig {
    uint32_t version = 0x1000'0000;  ///< MMU_VERSION: v1.0, as on Exynos4210
    uint32_t tlb_entries = 16;       ///< [Assumed] no source gives the number for v1
    uint32_t prefetch_buffers = 3;   ///< of version 3.3: 3, 4 or 6
    /// Version 3.x takes the first-level entry after the one it needs along, whatever it says, and an
    /// invalidation by address drops only its own: a mapping made later there faults (historic-bugs.md 36).
    bool quirk_first_level_ahead = false;
    /// Two prefetch buffers that hold one address are a multi-hit fault (38: windows must be kept apart).
    bool quirk_prefetch_multi_hit = false;
};

/// INT_STATUS bits.
enum class FaultKind : uint8_t {
    page = 0,
    read_multi_hit = 1,
    write_multi_hit = 2,
    bus_error = 3,
    read_protection = 5,
    write_protection = 7,
};

struct Fault {
    FaultKind kind;
    Iova at;
    uint32_t latched;  ///< what the fault's address register shows
};

enum class Direction : uint8_t { read, write };

struct SysMmuCore {
    enum Reg : uint32_t {
        kCtrl = 0x000,
        kCfg = 0x004,
        kStatus = 0x008,
        kFlush = 0x00C,
        kFlushEntry = 0x010,
        kPtBase = 0x014,
        kIntStatus = 0x018,
        kIntClear = 0x01C,
        kPageFaultAddr = 0x024,
        kAwFaultAddr = 0x028,
        kArFaultAddr = 0x02C,
        kDefaultSlaveAddr = 0x030,
        kVersion = 0x034,
    };
    // clang-format off
    //                                 register           name               high low  access      reset
    static constexpr Field kEnable       {kCtrl,             "ENABLE",           0,  0, Access::rw,  0};
    static constexpr Field kBlock        {kCtrl,             "BLOCK",            1,  1, Access::rw,  0};
    static constexpr Field kIntEnable    {kCtrl,             "INT_ENABLE",       2,  2, Access::rw,  0};
    static constexpr Field kLru          {kCfg,              "LRU",              0,  0, Access::rw,  0};
    static constexpr Field kEap          {kCfg,              "EAP",              2,  2, Access::rw,  0};
    static constexpr Field kSmallTable   {kCfg,              "LV1_4K",           5,  5, Access::rw,  0};
    static constexpr Field kQos          {kCfg,              "QOS",             10,  7, Access::rw,  0};
    static constexpr Field kQosOverride  {kCfg,              "QOS_OVERRIDE",    11, 11, Access::rw,  0};
    static constexpr Field kShareable    {kCfg,              "SHAREABLE",       12, 12, Access::rw,  0};
    static constexpr Field kCfgV32       {kCfg,              "PB_V32",          22, 16, Access::rw,  0};
    static constexpr Field kAcgen        {kCfg,              "ACGEN",           24, 24, Access::rw,  0};
    static constexpr Field kCfgV30       {kCfg,              "PB_V30",          29, 28, Access::rw,  0};
    static constexpr Field kBlocked      {kStatus,           "BLOCKED",          0,  0, Access::ro,  0};
    static constexpr Field kFlushAll     {kFlush,            "FLUSH",            0,  0, Access::w1p, 0};
    static constexpr Field kFlushGo      {kFlushEntry,       "GO",               0,  0, Access::w1p, 0};
    static constexpr Field kFlushVa      {kFlushEntry,       "VA",              31, 12, Access::w1p, 0};
    static constexpr Field kTable        {kPtBase,           "PT_BASE_ADDR",    31,  0, Access::rw,  0};
    static constexpr Field kPending      {kIntStatus,        "INT_STATUS",       7,  0, Access::ro,  0};
    static constexpr Field kClear        {kIntClear,         "INT_CLEAR",        7,  0, Access::w1p, 0};
    static constexpr Field kPageFault    {kPageFaultAddr,    "PAGE_FAULT_ADDR", 31,  0, Access::ro,  0};
    static constexpr Field kAwFault      {kAwFaultAddr,      "AW_FAULT_ADDR",   31,  0, Access::ro,  0};
    static constexpr Field kArFault      {kArFaultAddr,      "AR_FAULT_ADDR",   31,  0, Access::ro,  0};
    static constexpr Field kDefaultSlave {kDefaultSlaveAddr, "DEFAULT_SLAVE",   31,  0, Access::ro,  0};
    static constexpr Field kVersionWord  {kVersion,          "MMU_VERSION",     31,  0, Access::ro,  0};
    // clang-format on
    static constexpr Field kMap[] = {
        kEnable,    kBlock,   kIntEnable, kLru,       kEap,     kSmallTable, kQos,          kQosOverride,
        kShareable, kCfgV32,  kAcgen,     kCfgV30,    kBlocked, kFlushAll,   kFlushGo,      kFlushVa,
        kTable,     kPending, kClear,     kPageFault, kAwFault, kArFault,    kDefaultSlave, kVersionWord,
    };
    static_assert(well_formed(kMap));

    RegisterBank regs;
    /// Told of each guest mistake: what, register offset, value. Set by the shell.
    std::function<void(std::string_view what, uint32_t offset, uint32_t value)> mistake =
        [](std::string_view, uint32_t, uint32_t) {};

    explicit SysMmuCore(const SysMmuConfig& config);
    SysMmuCore(const SysMmuCore&) = delete;
    SysMmuCore& operator=(const SysMmuCore&) = delete;

    /// All state is lost: the unit is disabled and knows no mapping.
    void power_off();
    bool enabled() const { return regs.get(kEnable) != 0; }
    /// Requests must wait: software blocks, or a fault has not been dealt with.
    bool closed() const { return enabled() && (faulted_ || regs.get(kBlock) != 0); }
    bool faulted() const { return faulted_; }
    bool irq() const { return regs.get(kPending) != 0 && regs.get(kIntEnable) != 0; }
    /// How often software has disabled the unit; a request that waits across a change is lost.
    uint64_t disables() const { return disables_; }

    /// Tells what STATUS.BLOCKED depends on: whether translated bursts are still under way.
    void set_busy(bool busy) { regs.set(kBlocked, closed() && !busy ? 1 : 0); }

    /// The mapping for an access at `at`, by TLB or walk; changes nothing but the TLB. Unit enabled.
    std::variant<Mapping, Fault> translate(Iova at, Direction direction, const WordReader& read);
    /// Latches `fault` and closes the unit.
    void latch(const Fault& fault, Direction direction = Direction::read);

    /// Where an access at `at` would go, by what is cached or else the tables; nothing if it would fault.
    std::optional<PhysAddr> resolve(Iova at, const WordReader& read) const;
    /// Where the tables alone lead, whatever is cached.
    std::optional<PhysAddr> by_tables(Iova at, const WordReader& read) const;

    struct Events {
        uint64_t hits = 0, misses = 0, flushes = 0, faults = 0;
        uint64_t second_level_hits = 0;  ///< of version 2's second-level TLB
        uint64_t first_level_hits = 0;   ///< walks that found their first-level entry cached
        uint64_t prefetch_hits = 0;      ///< mappings a prefetch buffer had ready
    };
    const Events& events() const { return events_; }
    uint64_t prefetches() const { return prefetch_.fetches(); }

private:
    void control_written();
    void flush_all();
    void forget_mappings();
    void flush_entry(uint32_t written);
    void show_tlb_entry(uint32_t index);
    const Mapping* cached(Iova at);
    const Mapping* keep(Iova at, const Mapping& mapping);
    std::variant<Mapping, WalkFailure> walk_tables(Iova at, const WordReader& read);
    std::optional<uint32_t> first_level(Iova at, const WordReader& read);
    Tlb::Replacement replacement() const;
    std::optional<Fault> check(const Mapping& mapping, Iova at, Direction direction) const;
    PhysAddr table() const { return PhysAddr{regs.get(kTable)}; }

    SysMmuConfig config_;
    uint32_t version_;  // major << 7 | minor
    Tlb tlb_;
    SetTlb second_;  // version 2
    DescriptorCache descriptors_;
    PrefetchBuffers prefetch_;
    Events events_;
    bool faulted_ = false;
    uint64_t disables_ = 0;
};

}  // namespace exysim::iommu
