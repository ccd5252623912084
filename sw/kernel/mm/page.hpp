// Physical pages: the buddy allocator over all RAM, references of single pages, and the linear map.
#pragma once

#include "arch/layout.hpp"
#include "core/result.hpp"
#include "core/types.hpp"
#include "mm/buddy.hpp"

namespace kernel {

enum PageFlags : uint32_t { kPlain = 0, kZeroed = 1, kMovable = 2 };

inline VirtAddr phys_to_virt(PhysAddr a) { return VirtAddr{a.value - kPhysBase + kLinearBase}; }
inline PhysAddr virt_to_phys(VirtAddr a) { return PhysAddr{a.value - kLinearBase + kPhysBase}; }

/// Takes memory [base, base + size) into service, all of it reserved; called once. `base` is a multiple of 4
/// MiB.
void page_init(PhysAddr base, uint32_t size, PhysAddr page_array);
/// Gives reserved frames to the allocator.
void page_release(PhysAddr from, PhysAddr to);

/// 2^order contiguous pages, aligned to their size, with one reference. kMovable only for single pages whose
/// `use` the caller sets once they are mapped or filed. Errors: kNoMem.
Result<Page*> alloc_pages(uint32_t order, uint32_t flags = kPlain);
void free_pages(Page* first, uint32_t order);

/// References of single pages: the last put frees.
inline void page_get(Page* page) { __atomic_add_fetch(&page->references, 1, __ATOMIC_RELAXED); }
void page_put(Page* page);

/// Pins of a page by a device or the kernel count in the same word, each as this many references: a page is
/// in fewer mappings. (Linux tells them apart in the same way.)
inline constexpr uint32_t kPinReferences = 1024;
inline bool is_pinned(const Page* page) { return page->references >= kPinReferences; }
/// Its mappings, and files that have it.
inline uint32_t users_of(const Page* page) { return page->references % kPinReferences; }
inline void page_pin(Page* page) { __atomic_add_fetch(&page->references, kPinReferences, __ATOMIC_RELAXED); }
/// The last one of pins and references frees.
void page_unpin(Page* page);
/// Turns a block of alloc_pages() into single pages with one reference each.
void split_block(Page* first, uint32_t order);

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
    uint32_t free_cma_pages;
};
MemoryUse memory_use();
/// Free blocks by order, summed over the types that anybody may have: /proc/buddyinfo.
uint32_t free_blocks(uint32_t order, MigrateType type);

// --- for the contiguous memory areas (mm/cma)

/// Marks the pageblocks of [first, first + count), whole ones, as this type.
void set_migrate_type(Pfn first, uint32_t count, MigrateType type);
/// Takes free pages out of the allocator. Errors: kBusy, with nothing taken, when some are in use.
Result<> take_free_range(Pfn first, uint32_t count);
bool is_free_page(Pfn pfn);

}  // namespace kernel
