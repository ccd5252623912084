// The translation look-aside buffers of a Cortex-A9: a main TLB, and a micro TLB for each of data and code.
// An entry is used until software invalidates it or another one takes its place, whatever the tables say by
// then. Source: Cortex-A9 TRM, chapter 6 (Memory Management Unit); hardware page "CPU subsystem" section 10.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/host_table.hpp"
#include "models/cpu/mapping.hpp"

namespace exysim::cpu {

/// Two ways of 64 entries for mappings of every size. Entries are tagged with the ASID unless global.
/// Assumed: the set comes from the lowest bits of the page number at the mapping's own size, and ways are
/// replaced in turn. Left out: the four lockable entries.
class MainTlb {
public:
    static constexpr uint32_t kSets = 64, kWays = 2;

    /// The mapping that covers `va`, its `pa` that of the mapping's first use; or nullptr.
    const Mapping* find(VirtAddr va, uint32_t asid) const;
    void insert(VirtAddr va, uint32_t asid, const Mapping& mapping);

    void invalidate_all();
    /// TLBIASID: entries of that ASID which are not global.
    void invalidate_asid(uint32_t asid);
    /// TLBIMVA: what covers `va` for that ASID, global entries included.
    void invalidate(VirtAddr va, uint32_t asid);
    /// TLBIMVAA.
    void invalidate_in_any_asid(VirtAddr va);

private:
    struct Entry {
        Mapping mapping;
        uint32_t page = 0;  ///< virtual address >> mapping.size_log2
        uint8_t asid = 0;
        bool valid = false;

        bool covers(VirtAddr va) const { return valid && va.value >> mapping.size_log2 == page; }
        bool belongs_to(uint32_t of) const { return mapping.global || asid == of; }
    };
    using Set = std::array<Entry, kWays>;
    static constexpr std::array<uint8_t, 4> kSizes{12, 20, 16, 24};  // log2, likeliest first
    static uint32_t set_of(VirtAddr va, uint32_t size_log2) { return va.value >> size_log2 & (kSets - 1); }
    template <class Chosen>
    void invalidate_if(Chosen chosen);

    std::array<Set, kSets> sets_{};
    std::array<uint8_t, kSets> next_way_{};
    uint32_t sizes_seen_ = 0;  // a bit a size that was inserted since the last invalidation of everything
};

/// Thirty-two entries, fully associative, without ASIDs: every TLB operation and every write to a register
/// that translation depends on empties it. Assumed: replaced in turn.
/// The data side keeps with each 4 KiB page which of its lines the core's host tables reach: they go with the
/// entry. Lines of larger mappings stay reachable when theirs goes, which saves time the hardware would take.
class MicroTlb {
public:
    static constexpr uint32_t kEntries = 32;
    struct alignas(64) Entry {
        Mapping mapping;
        uint32_t offset = 0;                        ///< physical address less virtual one
        MemoryAttributes how;                       ///< of data accesses
        uint8_t allowed = 0;                        ///< see Mmu::permissions
        std::array<uint64_t, 2> reads{}, writes{};  ///< a bit a granule of the page
    };

    MicroTlb() { clear(); }
    Entry* find(VirtAddr va) {
        Entry* const e = find_where_last(va);
        return e != nullptr ? e : search(va);
    }
    /// Looks only where the page was found last.
    Entry* find_where_last(VirtAddr va) {
        const uint32_t hint = hints_[hint_of(va)];
        return covers(hint, va) ? &entries_[hint] : nullptr;
    }
    /// Whose place the next entry takes; make it forgotten, then insert().
    Entry& victim() { return entries_[next_]; }
    VirtAddr victim_page() const { return VirtAddr{pages_[next_]}; }
    Entry& insert(VirtAddr va, const Mapping& mapping, const MemoryAttributes& how, uint8_t allowed);
    void clear();

private:
    static constexpr uint32_t kHints = 256;
    /// A hash, so that streams at power-of-two distances do not fight over a hint.
    static uint32_t hint_of(VirtAddr va) { return va.value / kPageSize * 0x9E37'79B1U >> 24; }
    bool covers(uint32_t n, VirtAddr va) const { return (va.value & masks_[n]) == pages_[n]; }
    Entry* search(VirtAddr va);

    std::array<uint32_t, kEntries> pages_, masks_;  // an empty place covers nothing: page 1, mask 0
    std::array<Entry, kEntries> entries_{};
    std::array<uint8_t, kHints> hints_{};  // where a page was found last
    uint32_t next_ = 0;
};

}  // namespace exysim::cpu
