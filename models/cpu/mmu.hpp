// Virtual to physical: short-descriptor tables, domains, permissions, memory types, and the TLBs.
// Source: ARM Architecture Reference Manual ARMv7-A, B3.3 to B3.8 and B3.13.
#pragma once

#include <bit>
#include <cstdint>

#include "models/base/address.hpp"
#include "models/base/memory_port.hpp"
#include "models/cpu/mapping.hpp"
#include "models/cpu/system_registers.hpp"
#include "models/cpu/tlb.hpp"

namespace exysim::cpu {

/// What the TLBs were asked and did not know, since the start.
struct TlbCounts {
    uint64_t data_refills = 0, code_refills = 0;  ///< of a micro TLB
    uint64_t data_walks = 0, code_walks = 0;      ///< of these, those the main TLB did not know either
};

enum class Tlbs : uint8_t { absent, present };

/// The table walker, its checks, and the TLBs in front of it. Without TLBs (mode `fast`) each request walks,
/// and what is cached lives in the core's host tables alone.
class Mmu {
public:
    /// Cycles an access waits for the main TLB, and the walker takes besides its reads: measured on an
    /// Exynos4210 (hardware page "CPU subsystem" section 10).
    static constexpr uint32_t kMainTlbCycles = 7, kWalkCycles = 7;

    Mmu(const SystemRegisters& registers, MemoryPort& port, CoreSide& core, Tlbs tlbs)
        : regs_{registers},
          port_{port},
          core_{core},
          tlbs_{tlbs},
          granule_log2_{static_cast<uint32_t>(std::countr_zero(port.granule()))} {}

    /// Mapping of `va` with every check for `access` done; `fault` says what failed.
    [[gnu::always_inline]] Mapping translate(VirtAddr va, Access access, bool privileged) {
        MicroTlb& micro = access == Access::fetch ? code_ : data_;
        const MicroTlb::Entry* e = on() ? micro.find_where_last(va) : nullptr;
        if (e == nullptr || (e->allowed & permission_bit(access, privileged)) == 0)
            return translate_at_length(va, access, privileged);
        return e->mapping.at(va);
    }
    /// Where a data access goes: its mapping, whose `fault` says what failed, its own address and attributes.
    struct Place {
        const Mapping* mapping;  ///< until the next translation, as the next two
        const MemoryAttributes* how;
        MicroTlb::Entry* entry;  ///< that keeps the mapping; nullptr: none does
        PhysAddr pa;

        Place(MicroTlb::Entry& e, VirtAddr va)
            : mapping{&e.mapping}, how{&e.how}, entry{&e}, pa{va.value + e.offset} {}
        Place(const Mapping& m, const MemoryAttributes& h, MicroTlb::Entry* e)
            : mapping{&m}, how{&h}, entry{e}, pa{m.pa} {}
    };
    [[gnu::always_inline]] Place locate(VirtAddr va, Access access, bool privileged) {
        MicroTlb::Entry* e = find_quickly(va, access, privileged);
        return e != nullptr ? Place{*e, va} : locate_at_length(va, access, privileged);
    }
    /// The data side's entry that allows the access, if it is where the page was found last.
    [[gnu::always_inline]] MicroTlb::Entry* find_quickly(VirtAddr va, Access access, bool privileged) {
        MicroTlb::Entry* e = on() ? data_.find_where_last(va) : nullptr;
        return e != nullptr && (e->allowed & permission_bit(access, privileged)) != 0 ? e : nullptr;
    }
    /// Attributes of a data access under the present SCTLR.
    MemoryAttributes data_attributes(const Mapping& m) const {
        if ((regs_.sctlr & sctlr::kC) == 0 && m.type == MemoryType::normal)
            return {m.type, CachePolicy::none, CachePolicy::none, m.shareable};
        return {m.type, static_cast<CachePolicy>(m.inner), static_cast<CachePolicy>(m.outer), m.shareable};
    }
    /// Translation alone: no domain and permission check.
    Mapping translate_unchecked(VirtAddr va);
    /// The same for debuggers: no side effect.
    Mapping peek(VirtAddr va);
    /// The core has put the line of `va`, which lies in the 4 KiB page of `entry`, into a host table.
    void reached(MicroTlb::Entry& entry, VirtAddr va, Direction direction) const {
        const uint32_t line = va.value % kPageSize >> granule_log2_;
        (direction == Direction::read ? entry.reads : entry.writes)[line / 64] |= uint64_t{1} << line % 64;
    }

    bool has_tlbs() const { return tlbs_ == Tlbs::present; }
    /// Empties the micro TLBs; the core forgets what rests on them.
    void empty_micro_tlbs();
    MainTlb main;
    TlbCounts counts;

private:
    struct Descriptor {
        uint32_t bits = 0;
        bool ok = false;
    };
    /// Of MicroTlb::Entry::allowed.
    static constexpr uint8_t permission_bit(Access access, bool privileged) {
        return static_cast<uint8_t>(1U << (2 * static_cast<unsigned>(access) + (privileged ? 1 : 0)));
    }
    Place locate_at_length(VirtAddr va, Access access, bool privileged);
    Mapping translate_at_length(VirtAddr va, Access access, bool privileged);
    bool on() const { return (regs_.sctlr & sctlr::kM) != 0; }
    /// From the micro TLB that serves `access`, filled if need be; nullptr if the walk's result, `missed`, is
    /// none to keep.
    MicroTlb::Entry* look_up(VirtAddr va, Access access, Mapping& missed);
    Mapping refill(VirtAddr va, Access access);
    void forget_lines(const MicroTlb::Entry& entry, VirtAddr page);
    Mapping walk(VirtAddr va, bool peeking) const;
    Descriptor read(uint32_t address, uint32_t ttbr, bool peeking) const;
    MemoryAttributes walk_attributes(uint32_t ttbr) const;
    Mapping flat(VirtAddr va) const;
    Mapping section(VirtAddr va, uint32_t entry) const;
    Mapping page(VirtAddr va, uint32_t first, uint32_t ttbr, bool peeking) const;
    void set_type(Mapping& m, uint32_t tex, bool c, bool b, bool s) const;
    void set_remapped_type(Mapping& m, uint32_t n, bool s) const;
    bool access_flag_set(const Mapping& m) const;
    Fault check(const Mapping& m, Access access, bool privileged) const;
    bool permitted(const Mapping& m, Access access, bool privileged) const;
    /// What check() allows, a bit for each access and privilege.
    uint8_t permissions(const Mapping& m) const;

    const SystemRegisters& regs_;
    MemoryPort& port_;
    CoreSide& core_;
    Tlbs tlbs_;
    uint32_t granule_log2_;  // of the host tables
    MicroTlb data_, code_;
    Mapping located_;  // what Place::mapping means where no micro TLB holds it, and Place::how
    MemoryAttributes located_how_;
};

}  // namespace exysim::cpu
