#include "dma/page_record.hpp"

#include "core/log.hpp"

namespace kernel {

void PageRecord::add(Unique<DmaAllocation> allocation) {
    const IrqGuard guard{lock_};
    if (!tree_.insert(*allocation.get()))
        panic("dma: device address %08x is given out twice", allocation->base);
    (void)allocation.release();
}

DmaAllocation* PageRecord::find(Iova handle) {
    DmaAllocation* a = containing(handle);
    return a && a->handle() == handle ? a : nullptr;
}

DmaAllocation* PageRecord::containing(Iova at) {
    const IrqGuard guard{lock_};
    return static_cast<DmaAllocation*>(tree_.find(at.value));
}

Unique<DmaAllocation> PageRecord::remove(DmaAllocation& allocation) {
    const IrqGuard guard{lock_};
    tree_.remove(allocation);
    return Unique<DmaAllocation>{&allocation};
}

DmaAllocation* PageRecord::next(Iova at) {
    const IrqGuard guard{lock_};
    return static_cast<DmaAllocation*>(tree_.at_or_after(at.value));
}

}  // namespace kernel
