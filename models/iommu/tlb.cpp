#include "models/iommu/tlb.hpp"

#include <algorithm>

namespace exysim::iommu {

const Mapping* Tlb::find(Iova at) {
    for (Entry& entry : entries_) {
        if (!entry.mapping.covers(at)) continue;
        entry.used = ++clock_;
        return &entry.mapping;
    }
    return nullptr;
}

const Mapping* Tlb::peek(Iova at) const {
    for (const Entry& entry : entries_) {
        if (entry.mapping.covers(at)) return &entry.mapping;
    }
    return nullptr;
}

bool Tlb::ambiguous(Iova at) const {
    return std::count_if(entries_.begin(), entries_.end(),
                         [at](const Entry& e) { return e.mapping.covers(at); }) > 1;
}

void Tlb::insert(const Mapping& mapping, Replacement replacement) {
    Entry& entry = victim(replacement);
    entry.mapping = mapping;
    entry.used = ++clock_;
}

Tlb::Entry& Tlb::victim(Replacement replacement) {
    const auto free =
        std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.mapping.size == 0; });
    if (free != entries_.end()) return *free;
    if (replacement == Replacement::least_recently_used)
        return *std::min_element(entries_.begin(), entries_.end(),
                                 [](const Entry& a, const Entry& b) { return a.used < b.used; });
    Entry& entry = entries_[next_];
    next_ = (next_ + 1) % static_cast<uint32_t>(entries_.size());
    return entry;
}

void Tlb::flush() { std::fill(entries_.begin(), entries_.end(), Entry{}); }

void Tlb::flush(Iova at) {
    for (Entry& entry : entries_) {
        if (entry.mapping.covers(at)) entry = {};
    }
}

const Mapping* SetTlb::find(Iova at) const {
    for (const Mapping& way : set_of(at).ways) {
        if (way.covers(at)) return &way;
    }
    return nullptr;
}

void SetTlb::insert(Iova at, const Mapping& mapping) {
    Set& set = set_of(at);
    set.ways[set.next] = mapping;
    set.next = (set.next + 1) % kWays;
}

void SetTlb::flush() { sets_.assign(kSets, {}); }

void SetTlb::flush(Iova at) {
    for (Mapping& way : set_of(at).ways) {
        if (way.covers(at)) way = {};
    }
}

std::optional<uint32_t> DescriptorCache::find(Iova at) const {
    const uint32_t tag = at.value >> 20;
    const Entry& entry = entries_[tag % kEntries];
    if (!entry.valid || entry.tag != tag) return {};
    return entry.descriptor;
}

void DescriptorCache::insert(Iova at, uint32_t descriptor) {
    const uint32_t tag = at.value >> 20;
    entries_[tag % kEntries] = {true, tag, descriptor};
}

void DescriptorCache::flush(Iova at) {
    if (find(at)) entries_[(at.value >> 20) % kEntries].valid = false;
}

}  // namespace exysim::iommu
