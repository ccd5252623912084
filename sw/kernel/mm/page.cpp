#include "mm/page.hpp"

#include "core/lock.hpp"
#include "core/string.hpp"

namespace kernel {

namespace {

Page* pages;
PhysAddr first_frame;
uint32_t frames;
uint32_t free_count;
List<Page, &Page::node> free_lists[kMaxOrder + 1];
IrqLock lock;

uint32_t index_of(const Page* page) { return static_cast<uint32_t>(page - pages); }

void link_free(Page* page, uint32_t order) {
    page->order = static_cast<uint8_t>(order);
    page->free = true;
    free_lists[order].push_front(*page);
}

void unlink_free(Page* page) {
    page->free = false;
    page->node.unlink();
}

/// The neighbour a free block may merge with, or null.
Page* free_buddy(const Page* page, uint32_t order) {
    const uint32_t buddy = index_of(page) ^ (1U << order);
    if (buddy + (1U << order) > frames) return nullptr;
    Page* candidate = &pages[buddy];
    return candidate->free && candidate->order == order ? candidate : nullptr;
}

void release_block(Page* page, uint32_t order) {
    while (order < kMaxOrder) {
        Page* buddy = free_buddy(page, order);
        if (!buddy) break;
        unlink_free(buddy);
        page = buddy < page ? buddy : page;
        ++order;
    }
    link_free(page, order);
}

/// Takes a block of at least `order` and returns the halves that are too much.
Page* take_block(uint32_t order) {
    uint32_t have = order;
    while (have <= kMaxOrder && free_lists[have].empty()) ++have;
    if (have > kMaxOrder) return nullptr;
    Page* page = free_lists[have].front();
    unlink_free(page);
    while (have > order) {
        --have;
        link_free(page + (1U << have), have);
    }
    return page;
}

}  // namespace

void page_init(PhysAddr base, uint32_t size, PhysAddr page_array) {
    pages = pointer<Page>(phys_to_virt(page_array));
    first_frame = base;
    frames = size >> kPageShift;
    for (uint32_t i = 0; i < frames; ++i) new (&pages[i]) Page;
}

void page_release(PhysAddr from, PhysAddr to) {
    const IrqGuard guard{lock};
    for (uint32_t a = align_up(from.value, kPageSize); a + kPageSize <= to.value; a += kPageSize) {
        release_block(phys_to_page(PhysAddr{a}), 0);
        ++free_count;
    }
}

Result<Page*> alloc_pages(uint32_t order, uint32_t flags) {
    if (order > kMaxOrder) return Errno::kNoMem;
    Page* page;
    {
        const IrqGuard guard{lock};
        page = take_block(order);
        if (!page) return Errno::kNoMem;
        free_count -= 1U << order;
    }
    page->references = 1;
    if (flags & kZeroed) memset(page_data(page), 0, kPageSize << order);
    return page;
}

void free_pages(Page* first, uint32_t order) {
    const IrqGuard guard{lock};
    first->references = 0;
    release_block(first, order);
    free_count += 1U << order;
}

void page_put(Page* page) {
    if (__atomic_sub_fetch(&page->references, 1, __ATOMIC_ACQ_REL) == 0) free_pages(page, 0);
}

PhysAddr page_to_phys(const Page* page) { return first_frame + (index_of(page) << kPageShift); }
Page* phys_to_page(PhysAddr a) { return &pages[(a - first_frame) >> kPageShift]; }
bool is_ram(Pfn pfn) { return pfn >= pfn_of(first_frame) && pfn.value < pfn_of(first_frame).value + frames; }
MemoryUse memory_use() { return {frames, free_count}; }

}  // namespace kernel
