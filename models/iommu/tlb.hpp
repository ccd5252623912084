// The translation caches of a SysMMU. Each keeps what it holds until told otherwise, however the tables
// change.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/iommu/page_table.hpp"

namespace exysim::iommu {

/// Fully associative, one entry a mapping of any size.
class Tlb {
public:
    enum class Replacement : uint8_t { round_robin, least_recently_used };

    explicit Tlb(uint32_t entries) : entries_(entries) {}

    /// The entry that covers `at`, or null. Valid until the next change.
    const Mapping* find(Iova at);
    /// Whether several entries cover `at`: software changed the size of a mapping without invalidating.
    bool ambiguous(Iova at) const;
    void insert(const Mapping& mapping, Replacement replacement);
    void flush();
    /// Drops the entries of whatever size that cover `at`.
    void flush(Iova at);

    /// find() for debuggers: does not touch the order of replacement.
    const Mapping* peek(Iova at) const;
    /// Entry `index` for the debug read-out; size 0 = free. Null past the end.
    const Mapping* entry(uint32_t index) const {
        return index < entries_.size() ? &entries_[index].mapping : nullptr;
    }

private:
    struct Entry {
        Mapping mapping;  // size 0 = free
        uint64_t used = 0;
    };
    Entry& victim(Replacement replacement);

    std::vector<Entry> entries_;
    uint64_t clock_ = 0;
    uint32_t next_ = 0;  // round robin
};

/// Version 2's second level: 64 sets of 8 ways, chosen by bits 17:12 of the address, whatever the mapping's
/// size. So a 64 KiB page may sit in 16 sets and a section in all of them, and an invalidation by address
/// reaches only the set of that address. Ways are replaced in turn. [Assumed: index bits, replacement]
class SetTlb {
public:
    static constexpr uint32_t kSets = 64, kWays = 8;

    const Mapping* find(Iova at) const;
    void insert(Iova at, const Mapping& mapping);
    void flush();
    void flush(Iova at);

private:
    struct Set {
        std::array<Mapping, kWays> ways;
        uint32_t next = 0;
    };
    Set& set_of(Iova at) { return sets_[at.value >> 12 & (kSets - 1)]; }
    const Set& set_of(Iova at) const { return sets_[at.value >> 12 & (kSets - 1)]; }

    std::vector<Set> sets_ = std::vector<Set>(kSets);
};

/// First-level descriptors by address, valid or not. [Assumed: 16, direct mapped]
class DescriptorCache {
public:
    static constexpr uint32_t kEntries = 16;

    std::optional<uint32_t> find(Iova at) const;
    void insert(Iova at, uint32_t descriptor);
    void flush() { entries_.fill({}); }
    void flush(Iova at);

private:
    struct Entry {
        bool valid = false;
        uint32_t tag = 0, descriptor = 0;
    };
    std::array<Entry, kEntries> entries_{};
};

}  // namespace exysim::iommu
