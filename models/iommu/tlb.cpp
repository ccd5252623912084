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

}  // namespace exysim::iommu
