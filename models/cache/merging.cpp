#include "models/cache/merging.hpp"

#include <algorithm>
#include <cassert>

namespace exysim::cache {

bool MergingBuffer::overlaps(PhysAddr address, uint32_t size) const {
    const auto meets = [&](const Pending& p) {
        return p.base.value < address.value + uint64_t{size} &&
               address.value < p.base.value + uint64_t{unit_};
    };
    return std::ranges::any_of(waiting(), meets);
}

bool MergingBuffer::put(PhysAddr address, std::span<const uint8_t> data, const MemoryAttributes& how,
                        Picoseconds now) {
    const uint32_t n = find(address);
    if (n == count_) {
        assert(count_ < capacity_);
        entries_[n] = {.base = unit_of(address), .how = how, .born = now};
        ++count_;
    }
    return add(entries_[n], address, data);
}

Pending MergingBuffer::take_number(uint32_t n) {
    const Pending taken = entries_[n];
    --count_;
    for (; n < count_; ++n) entries_[n] = entries_[n + 1];
    return taken;
}

void MergingBuffer::poke(PhysAddr address, std::span<const uint8_t> data) {
    for (Pending& p : waiting()) {
        for (uint32_t i = 0; i < unit_; ++i) {
            const uint64_t place = p.base.value + uint64_t{i} - address.value;
            if ((p.mask >> i & 1) != 0 && place < data.size()) p.bytes[i] = data[place];
        }
    }
}

uint32_t MergingBuffer::overlay_line(PhysAddr line, std::span<uint8_t> bytes) const {
    uint32_t mask = 0;
    for (const Pending& p : waiting()) {
        if (p.base.value / 32 != line.value / 32) continue;
        const uint32_t first = p.base.value % 32;
        for (uint32_t i = 0; i < unit_; ++i) {
            if ((p.mask >> i & 1) == 0) continue;
            bytes[first + i] = p.bytes[i];
            mask |= 1U << (first + i);
        }
    }
    return mask;
}

void MergingBuffer::overlay(PhysAddr address, std::span<uint8_t> data) const {
    for (const Pending& p : waiting()) {
        for (uint32_t i = 0; i < unit_; ++i) {
            const uint64_t place = p.base.value + uint64_t{i} - address.value;
            if ((p.mask >> i & 1) != 0 && p.base.value + i >= address.value && place < data.size())
                data[place] = p.bytes[i];
        }
    }
}

}  // namespace exysim::cache
