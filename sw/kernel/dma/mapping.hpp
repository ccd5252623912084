// The streaming mappings of one device: what unmap and sync find again, and what the debug checks compare
// with.
#pragma once

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/ref.hpp"
#include "dma/attributes.hpp"
#include "iommu/iova_space.hpp"

namespace kernel {

struct Page;

enum class MappingKind : uint8_t { single, scatter_list };

/// One piece of device addresses.
struct DmaMapping {
    ListNode node;
    Iova at;
    uint32_t bytes = 0;
    PhysAddr memory;  ///< of the first byte; a merged piece continues elsewhere
    DmaDirection direction = DmaDirection::bidirectional;
    MappingKind kind = MappingKind::single;
    bool synchronised = true;  ///< false: mapped with skip_cpu_sync
    bool merged = false;       ///< several pieces of memory
    bool device_owns = true;   ///< false between sync_for_cpu and sync_for_device
    Page* bounce = nullptr;    ///< the device's copy, when it cannot reach the memory
    uint32_t bounce_pages = 0;
    const char* caller = "";

    bool holds(PhysAddr a) const { return !merged && a >= memory && a - memory < bytes; }
};

class MappingTable {
public:
    void add(Unique<DmaMapping> mapping);
    /// Starts at, or contains, this device address; null when none does.
    DmaMapping* find(Iova at);
    DmaMapping* containing(Iova at);
    Unique<DmaMapping> remove(DmaMapping& mapping);
    uint32_t count() const { return count_; }
    /// First mapping for which match(mapping) holds, or null.
    template <class Match>
    DmaMapping* first(Match match);

private:
    static constexpr uint32_t kBuckets = 32;
    static uint32_t bucket_of(Iova at) { return (at.value >> kPageShift) % kBuckets; }
    List<DmaMapping, &DmaMapping::node> buckets_[kBuckets];
    IrqLock lock_;
    uint32_t count_ = 0;
};

template <class Match>
DmaMapping* MappingTable::first(Match match) {
    const IrqGuard guard{lock_};
    if (count_ == 0) return nullptr;
    for (auto& bucket : buckets_) {
        for (DmaMapping& m : bucket) {
            if (match(m)) return &m;
        }
    }
    return nullptr;
}

}  // namespace kernel
