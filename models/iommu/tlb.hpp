// The translation cache of a SysMMU.
#pragma once

#include <cstdint>
#include <vector>

#include "models/iommu/page_table.hpp"

namespace exysim::iommu {

/// Fully associative, one entry a mapping of any size. Keeps what it holds until told otherwise, however the
/// tables change.
class Tlb {
public:
    enum class Replacement : uint8_t { round_robin, least_recently_used };

    explicit Tlb(uint32_t entries) : entries_(entries) {}

    /// The entry that covers `at`, or null. Valid until the next change.
    const Mapping* find(Iova at);
    void insert(const Mapping& mapping, Replacement replacement);
    void flush();
    /// Drops the entry of whatever size that covers `at`.
    void flush(Iova at);

    /// find() for debuggers: does not touch the order of replacement.
    const Mapping* peek(Iova at) const;

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

}  // namespace exysim::iommu
