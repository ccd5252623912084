#include "iommu/iova_space.hpp"

#include "core/ref.hpp"

namespace kernel {

IovaSpace::~IovaSpace() {
    while (RangeNode* r = tree_.at_or_after(0)) {
        tree_.remove(*r);
        delete static_cast<Range*>(r);
    }
}

Result<Iova> IovaSpace::allocate(uint32_t size, uint32_t align, const char* owner) {
    if (size == 0 || size % kPageSize) return Errno::kInval;
    if (size > ~guard_) return Errno::kNoSpc;
    auto range = TRY(make<Range>());
    range->size = size + guard_;
    range->owner = owner;
    TRY(tree_.place(*range, align));
    return Iova{range.release()->base};
}

IovaSpace::Range* IovaSpace::range_at(Iova base) const {
    RangeNode* r = tree_.find(base.value);
    return r && r->base == base.value ? static_cast<Range*>(r) : nullptr;
}

Result<> IovaSpace::release(Iova base) {
    Range* r = range_at(base);
    if (!r) return Errno::kInval;
    tree_.remove(*r);
    delete r;
    return Ok{};
}

Result<uint32_t> IovaSpace::size_of(Iova base) const {
    const Range* r = range_at(base);
    if (!r) return Errno::kInval;
    return r->size - guard_;
}

IovaSpace::Owner IovaSpace::owner_at_or_below(Iova a) const {
    const auto* r = static_cast<const Range*>(tree_.at_or_before(a.value));
    if (!r) return {};
    return {Iova{r->base}, r->size - guard_, r->owner};
}

}  // namespace kernel
