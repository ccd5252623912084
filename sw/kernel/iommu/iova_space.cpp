#include "iommu/iova_space.hpp"

#include "core/ref.hpp"

namespace kernel {

IovaSpace::~IovaSpace() {
    while (Range* r = ranges_.pop_front()) delete r;
}

Result<Iova> IovaSpace::allocate(uint32_t size, uint32_t align) {
    if (size == 0 || size % kPageSize) return Errno::kInval;
    auto range = TRY(make<Range>());
    range->size = size;
    uint64_t at = align_up(first_, align);
    Range* after = nullptr;
    for (Range& r : ranges_) {
        if (at + size + kPageSize <= r.base) {
            after = &r;
            break;
        }
        at = align_up(r.base + r.size + kPageSize, align);
    }
    if (at + size + kPageSize > end_) return Errno::kNoSpc;
    range->base = static_cast<uint32_t>(at);
    ranges_.insert_before(after, *range);
    return Iova{range.release()->base};
}

Result<> IovaSpace::release(Iova base) {
    for (Range& r : ranges_) {
        if (r.base != base.value) continue;
        r.node.unlink();
        delete &r;
        return Ok{};
    }
    return Errno::kInval;
}

}  // namespace kernel
