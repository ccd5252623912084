// The per-device record of allocated pages: from a device address to what was allocated there, so that memory
// without any kernel address can be mapped and freed (the 2012 series calls its version page_infodma).
#pragma once

#include "core/lock.hpp"
#include "core/ref.hpp"
#include "dma/attributes.hpp"
#include "dma/dma_pages.hpp"
#include "iommu/iova_space.hpp"
#include "mm/range_tree.hpp"

namespace kernel {

/// One allocation; `base` and `size` are its device addresses, whole pages.
struct DmaAllocation : RangeNode {
    Ref<DmaPages> pages;  ///< null: from the atomic pool
    VirtAddr cpu;         ///< kernel address, 0 without one
    bool linear = false;  ///< which is that of the linear map
    uint32_t bytes = 0;   ///< as asked for
    DmaAttributes attributes;
    const char* caller = "";

    Iova handle() const { return Iova{base}; }
};

class PageRecord {
public:
    /// Takes the allocation over. Its range is free: the device's addresses are unique.
    void add(Unique<DmaAllocation> allocation);
    /// The allocation that starts here, or null.
    DmaAllocation* find(Iova handle);
    /// The allocation whose range holds `at`, or null.
    DmaAllocation* containing(Iova at);
    /// Takes it out.
    Unique<DmaAllocation> remove(DmaAllocation& allocation);
    uint32_t count() const { return tree_.count(); }
    /// Lowest allocation at or above, for walking.
    DmaAllocation* next(Iova at);

private:
    RangeTree tree_{0, ~0U};
    IrqLock lock_;
};

}  // namespace kernel
