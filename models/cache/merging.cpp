#include "models/cache/merging.hpp"

#include <algorithm>
#include <cassert>

namespace exysim::cache {

Pending* MergingBuffer::find(PhysAddr address) {
    const PhysAddr unit = unit_of(address);
    const auto at =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const Pending& p) { return p.base == unit; });
    return at == waiting_.end() ? nullptr : &*at;
}

bool MergingBuffer::overlaps(PhysAddr address, uint32_t size) const {
    return std::any_of(waiting_.begin(), waiting_.end(), [&](const Pending& p) {
        return p.base.value < address.value + uint64_t{size} &&
               address.value < p.base.value + uint64_t{unit_};
    });
}

bool MergingBuffer::full_for(PhysAddr address) const {
    return waiting_.size() == capacity_ && !const_cast<MergingBuffer*>(this)->find(address);
}

bool MergingBuffer::put(PhysAddr address, std::span<const uint8_t> data, const MemoryAttributes& how,
                        Picoseconds now) {
    Pending* p = find(address);
    if (p == nullptr) {
        assert(waiting_.size() < capacity_);
        p = &waiting_.emplace_back();
        p->base = unit_of(address);
        p->how = how;
        p->born = now;
    }
    const uint32_t offset = address - p->base;
    std::copy(data.begin(), data.end(), p->bytes.begin() + offset);
    p->mask |= static_cast<uint32_t>(((uint64_t{1} << data.size()) - 1) << offset);
    return p->mask == static_cast<uint32_t>((uint64_t{1} << unit_) - 1);
}

Pending MergingBuffer::take_oldest() {
    const Pending p = waiting_.front();
    waiting_.erase(waiting_.begin());
    return p;
}

Pending MergingBuffer::take(PhysAddr address) {
    const Pending* p = find(address);
    const Pending taken = *p;
    waiting_.erase(waiting_.begin() + (p - waiting_.data()));
    return taken;
}

void MergingBuffer::poke(PhysAddr address, std::span<const uint8_t> data) {
    for (Pending& p : waiting_) {
        for (uint32_t i = 0; i < unit_; ++i) {
            const uint64_t place = p.base.value + uint64_t{i} - address.value;
            if ((p.mask >> i & 1) != 0 && place < data.size()) p.bytes[i] = data[place];
        }
    }
}

uint32_t MergingBuffer::overlay_line(PhysAddr line, std::span<uint8_t> bytes) const {
    uint32_t mask = 0;
    for (const Pending& p : waiting_) {
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
    for (const Pending& p : waiting_) {
        for (uint32_t i = 0; i < unit_; ++i) {
            const uint64_t place = p.base.value + uint64_t{i} - address.value;
            if ((p.mask >> i & 1) != 0 && p.base.value + i >= address.value && place < data.size())
                data[place] = p.bytes[i];
        }
    }
}

}  // namespace exysim::cache
