// Kernel virtual areas: each mapping beyond the linear map is an object that remembers its size, pages,
// purpose and who asked for it. A guard page follows every area.
#pragma once

#include <span>

#include "core/result.hpp"
#include "core/types.hpp"
#include "mm/range_tree.hpp"

namespace kernel {

struct Page;

enum class AreaKind : uint8_t { vmalloc, map, ioremap, dma };

struct VmallocArea : RangeNode {  // `base` and `size` with the guard page
    AreaKind kind = AreaKind::map;
    MemoryType type = MemoryType::cached;
    const char* caller = "";  ///< function that asked
    Pfn first{};              ///< of the first page
    Page** pages = nullptr;   ///< vmalloc: the pages it owns
    uint32_t page_count = 0;

    VirtAddr start() const { return VirtAddr{base}; }
    uint32_t bytes() const { return size - kPageSize; }
};

/// Maps pages next to each other. Errors: kNoMem, kNoSpc no room, kInval none.
Result<VirtAddr> vmap(std::span<const Pfn> pfns, MemoryType type, AreaKind kind,
                      const char* caller = __builtin_FUNCTION());
/// Maps device registers (or anything physical) of any alignment. Errors as vmap().
Result<VirtAddr> ioremap(PhysAddr base, uint32_t size, const char* caller = __builtin_FUNCTION());
/// Removes an area by its start address. Errors: kInval (with a warning) when no area of this kind starts
/// there.
Result<> vunmap(VirtAddr start, AreaKind kind, const char* caller = __builtin_FUNCTION());

/// Zeroed memory from single pages. Errors: kNoMem, kNoSpc.
Result<VirtAddr> vmalloc(uint32_t bytes, const char* caller = __builtin_FUNCTION());
/// Errors: kInval (with a warning) for what vmalloc() did not give.
Result<> vfree(VirtAddr start, const char* caller = __builtin_FUNCTION());

/// The area that contains `a`, guard page excluded, or null.
const VmallocArea* find_area(VirtAddr a);
/// The area at or after `a`, for walking; null at the end. Callers copy what they need before they sleep.
const VmallocArea* next_area(VirtAddr a);

/// What is in use, for comparisons before and after.
struct VmallocUse {
    uint32_t areas;
    uint32_t bytes;  ///< without guard pages
    uint32_t largest_gap;
};
VmallocUse vmalloc_use();

/// The old way: all areas of kind dma come from one window of this size, fixed at boot
/// (`consistent_dma_size=`).
void vmalloc_fix_dma_window(uint32_t bytes);
/// Size of that window, 0 without one.
uint32_t vmalloc_dma_window();

}  // namespace kernel
