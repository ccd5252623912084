// Buffers that merge stores: the core's (4 entries of 8 bytes) and the PL310's (3 of 32 bytes).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "models/base/address.hpp"
#include "models/base/cluster_memory.hpp"
#include "models/cache/array.hpp"

namespace exysim::cache {

/// Bytes of one aligned unit that wait to go on.
struct Pending {
    PhysAddr base;
    uint32_t mask = 0;  ///< a bit a byte that was written
    std::array<uint8_t, 32> bytes{};
    MemoryAttributes how;
    Picoseconds born = 0;  ///< time of the first store
};

/// Calls use(address, bytes) for each run of written bytes.
template <class Use>
void each_run(Pending& p, Use use) {
    for (uint32_t mask = p.mask, at = 0; mask != 0;) {
        const auto gap = static_cast<uint32_t>(std::countr_zero(mask));
        at += gap;
        mask >>= gap;
        const auto length = static_cast<uint32_t>(std::countr_one(mask));
        use(p.base + at, std::span<uint8_t>{p.bytes}.subspan(at, length));
        at += length;
        mask = length == 32 ? 0 : mask >> length;
    }
}

/// First in, first out; a store into a unit that waits already joins it.
class MergingBuffer {
public:
    static constexpr uint32_t kMostEntries = 4;
    /// `entries`: 1 to kMostEntries. `unit`: bytes, 8 or 32.
    MergingBuffer(uint32_t entries, uint32_t unit) : capacity_{entries}, unit_{unit} {}

    bool empty() const { return count_ == 0; }
    size_t size() const { return count_; }
    bool overlaps(PhysAddr address, uint32_t size) const;
    /// The unit that `address` lies in waits.
    bool holds(PhysAddr address) const { return find(address) != count_; }
    /// Nothing can be added to `address` before the oldest entry has left.
    bool full_for(PhysAddr address) const { return count_ == capacity_ && !holds(address); }
    /// `data` lies inside one unit. Returns true when that completes a unit.
    bool put(PhysAddr address, std::span<const uint8_t> data, const MemoryAttributes& how, Picoseconds now);
    /// The same for a unit that waits.
    bool join(PhysAddr address, std::span<const uint8_t> data) {
        return add(entries_[find(address)], address, data);
    }
    /// Time of the oldest entry's first store; kNever if nothing waits.
    Picoseconds oldest() const { return empty() ? kNever : entries_[0].born; }
    Pending take_oldest() { return take_number(0); }
    Pending take(PhysAddr address) { return take_number(find(address)); }
    /// Lays the waiting bytes over `data`: what a read of the same master must see.
    void overlay(PhysAddr address, std::span<uint8_t> data) const;
    /// Lays the waiting bytes of one line over `bytes`; a bit a byte that waits.
    uint32_t overlay_line(PhysAddr line, std::span<uint8_t> bytes) const;
    /// The other way round: waiting bytes become those of `data`.
    void poke(PhysAddr address, std::span<const uint8_t> data);

private:
    PhysAddr unit_of(PhysAddr a) const { return PhysAddr{a.value & ~(unit_ - 1)}; }
    std::span<Pending> waiting() { return {entries_.data(), count_}; }
    std::span<const Pending> waiting() const { return {entries_.data(), count_}; }
    /// Number of the entry that `address` belongs to, or size().
    uint32_t find(PhysAddr address) const {
        const PhysAddr unit = unit_of(address);
        uint32_t n = 0;
        while (n < count_ && entries_[n].base != unit) ++n;
        return n;
    }
    bool add(Pending& p, PhysAddr address, std::span<const uint8_t> data) const {
        const uint32_t offset = address - p.base;
        copy_bytes(p.bytes.data() + offset, data.data(), data.size());
        p.mask |= static_cast<uint32_t>(((uint64_t{1} << data.size()) - 1) << offset);
        return p.mask == static_cast<uint32_t>((uint64_t{1} << unit_) - 1);
    }
    Pending take_number(uint32_t n);

    uint32_t capacity_, unit_, count_ = 0;
    std::array<Pending, kMostEntries> entries_;  // those that wait, in order of age
};

}  // namespace exysim::cache
