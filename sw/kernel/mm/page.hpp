// Physical pages: one Page per frame, a buddy allocator over them, and the linear map.
#pragma once

#include "core/list.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

/// One frame. Free blocks are linked by their first page, which knows the order.
struct Page {
    ListNode node;
    uint32_t references = 0;  ///< users of an order-0 page shared by several mappings; 0 = free or reserved
    uint8_t order = 0;
    bool free = false;
};

enum PageFlags : uint32_t { kPlain = 0, kZeroed = 1 };

inline constexpr uint32_t kMaxOrder = 10;  // 4 MiB blocks
inline constexpr uint32_t kLinearBase = 0xC000'0000;
inline constexpr uint32_t kPhysBase = 0x4000'0000;
inline constexpr uint32_t kLinearSize = 512U << 20;

inline VirtAddr phys_to_virt(PhysAddr a) { return VirtAddr{a.value - kPhysBase + kLinearBase}; }
inline PhysAddr virt_to_phys(VirtAddr a) { return PhysAddr{a.value - kLinearBase + kPhysBase}; }

/// Takes memory [base, base + size) into service, all of it reserved; called once.
void page_init(PhysAddr base, uint32_t size, PhysAddr page_array);
/// Gives reserved frames to the allocator.
void page_release(PhysAddr from, PhysAddr to);

/// 2^order contiguous pages, aligned to their size, with one reference. Errors: kNoMem.
Result<Page*> alloc_pages(uint32_t order, uint32_t flags = kPlain);
void free_pages(Page* first, uint32_t order);

/// References of single pages: the last put frees.
inline void page_get(Page* page) { __atomic_add_fetch(&page->references, 1, __ATOMIC_RELAXED); }
void page_put(Page* page);

PhysAddr page_to_phys(const Page* page);
Page* phys_to_page(PhysAddr a);
inline Pfn page_to_pfn(const Page* page) { return pfn_of(page_to_phys(page)); }
inline Page* pfn_to_page(Pfn pfn) { return phys_to_page(phys_of(pfn)); }
template <class T = uint8_t>
T* page_data(const Page* page) {
    return pointer<T>(phys_to_virt(page_to_phys(page)));
}
/// Whether the frame is RAM that this allocator manages.
bool is_ram(Pfn pfn);

struct MemoryUse {
    uint32_t total_pages;
    uint32_t free_pages;
};
MemoryUse memory_use();

}  // namespace kernel
