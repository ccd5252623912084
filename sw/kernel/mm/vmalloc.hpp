// Kernel virtual areas: each mapping beyond the linear map is an object with its size, pages, purpose and
// caller.
#pragma once

#include "core/list.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

enum class AreaKind : uint8_t { vmalloc, ioremap, dma };

struct VmallocArea {
    ListNode node;
    VirtAddr start;
    uint32_t size = 0;  ///< bytes, without the guard page that follows
    AreaKind kind = AreaKind::vmalloc;
    const void* caller = nullptr;
};

/// Maps `count` pages next to each other. Errors: kNoMem, kNoSpc no room.
Result<VirtAddr> vmap(const Pfn* pfns, uint32_t count, MemoryType type, AreaKind kind, const void* caller);
/// Maps device registers (or anything physical) of any alignment. Errors as vmap().
Result<VirtAddr> ioremap(PhysAddr base, uint32_t size);
/// Removes an area by its start address; warns and does nothing if there is none.
void vunmap(VirtAddr start);
/// The area that contains `a`, or null.
const VmallocArea* find_area(VirtAddr a);
/// Calls `visit(area)` for each area in address order.
template <class Visit>
void for_each_area(Visit visit);

List<VmallocArea, &VmallocArea::node>& vmalloc_areas();
template <class Visit>
void for_each_area(Visit visit) {
    for (const VmallocArea& area : vmalloc_areas()) visit(area);
}

}  // namespace kernel
