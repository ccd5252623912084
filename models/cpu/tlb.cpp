#include "models/cpu/tlb.hpp"

#include <algorithm>

namespace exysim::cpu {

const Mapping* MainTlb::find(VirtAddr va, uint32_t asid) const {
    for (const uint8_t size : kSizes) {
        if ((sizes_seen_ >> size & 1) == 0) continue;
        for (const Entry& e : sets_[set_of(va, size)]) {
            if (e.mapping.size_log2 == size && e.covers(va) && e.belongs_to(asid)) return &e.mapping;
        }
    }
    return nullptr;
}

void MainTlb::insert(VirtAddr va, uint32_t asid, const Mapping& mapping) {
    const uint32_t set = set_of(va, mapping.size_log2);
    Set& ways = sets_[set];
    auto* place = std::find_if(ways.begin(), ways.end(), [](const Entry& e) { return !e.valid; });
    if (place == ways.end()) place = &ways[next_way_[set]++ % kWays];
    *place = {mapping, va.value >> mapping.size_log2, static_cast<uint8_t>(asid), true};
    sizes_seen_ |= 1U << mapping.size_log2;
}

template <class Chosen>
void MainTlb::invalidate_if(Chosen chosen) {
    for (Set& ways : sets_) {
        for (Entry& e : ways) e.valid = e.valid && !chosen(e);
    }
}

void MainTlb::invalidate_all() {
    invalidate_if([](const Entry&) { return true; });
    sizes_seen_ = 0;
}

void MainTlb::invalidate_asid(uint32_t asid) {
    invalidate_if([asid](const Entry& e) { return !e.mapping.global && e.asid == asid; });
}

void MainTlb::invalidate(VirtAddr va, uint32_t asid) {
    invalidate_if([=](const Entry& e) { return e.covers(va) && e.belongs_to(asid); });
}

void MainTlb::invalidate_in_any_asid(VirtAddr va) {
    invalidate_if([va](const Entry& e) { return e.covers(va); });
}

MicroTlb::Entry* MicroTlb::search(VirtAddr va) {
    for (uint32_t n = 0; n < kEntries; ++n) {
        if (!covers(n, va)) continue;
        hints_[hint_of(va)] = static_cast<uint8_t>(n);
        return &entries_[n];
    }
    return nullptr;
}

MicroTlb::Entry& MicroTlb::insert(VirtAddr va, const Mapping& mapping, const MemoryAttributes& how,
                                  uint8_t allowed) {
    const uint32_t at = next_;
    next_ = (next_ + 1) % kEntries;
    masks_[at] = ~uint32_t{0} << mapping.size_log2;
    pages_[at] = va.value & masks_[at];
    entries_[at] = {mapping, mapping.address(va).value - va.value, how, allowed, {}, {}};
    hints_[hint_of(va)] = static_cast<uint8_t>(at);
    return entries_[at];
}

void MicroTlb::clear() {
    pages_.fill(1);
    masks_.fill(0);
    for (Entry& e : entries_) e.reads = e.writes = {};
}

}  // namespace exysim::cpu
