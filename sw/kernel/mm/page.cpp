#include "mm/page.hpp"

#include "core/lock.hpp"
#include "core/string.hpp"
#include "mm/fault_injection.hpp"

namespace kernel {

namespace {

Page* pages;
PhysAddr first_frame;
Buddy buddy;
MigrateType block_types[kLinearSize / kPageSize / kPageblockPages + 1];
IrqLock lock;

uint32_t index_of(const Page* page) { return static_cast<uint32_t>(page - pages); }
uint32_t index_of(Pfn pfn) { return pfn.value - pfn_of(first_frame).value; }

void mark_used(Page* page) {
    page->references = 1;
    page->use = PageUse::kernel;
    page->source = nullptr;
}

}  // namespace

void page_init(PhysAddr base, uint32_t size, PhysAddr page_array) {
    pages = pointer<Page>(phys_to_virt(page_array));
    first_frame = base;
    buddy.init(pages, size >> kPageShift, block_types);
}

void page_release(PhysAddr from, PhysAddr to) {
    const IrqGuard guard{lock};
    for (uint32_t a = align_up(from.value, kPageSize); a + kPageSize <= to.value; a += kPageSize) {
        buddy.release(index_of(phys_to_page(PhysAddr{a})), 0);
    }
}

Result<Page*> alloc_pages(uint32_t order, uint32_t flags) {
    if (injected_failure(__builtin_return_address(0))) return Errno::kNoMem;
    Page* page;
    {
        const IrqGuard guard{lock};
        page =
            &pages[TRY(buddy.take(order, flags & kMovable ? MigrateType::movable : MigrateType::unmovable))];
        mark_used(page);
    }
    if (flags & kZeroed) memset(page_data(page), 0, kPageSize << order);
    return page;
}

void free_pages(Page* first, uint32_t order) {
    const IrqGuard guard{lock};
    first->references = 0;
    first->use = PageUse::kernel;
    first->source = nullptr;
    buddy.release(index_of(first), order);
}

void page_put(Page* page) {
    if (__atomic_sub_fetch(&page->references, 1, __ATOMIC_ACQ_REL) == 0) free_pages(page, 0);
}

void page_unpin(Page* page) {
    if (__atomic_sub_fetch(&page->references, kPinReferences, __ATOMIC_ACQ_REL) == 0) free_pages(page, 0);
}

void split_block(Page* first, uint32_t order) {
    for (uint32_t i = 0; i < 1U << order; ++i) mark_used(first + i);
}

PhysAddr page_to_phys(const Page* page) { return first_frame + (index_of(page) << kPageShift); }
Page* phys_to_page(PhysAddr a) { return &pages[(a - first_frame) >> kPageShift]; }
bool is_ram(Pfn pfn) { return pfn >= pfn_of(first_frame) && index_of(pfn) < buddy.pages(); }

MemoryUse memory_use() {
    const IrqGuard guard{lock};
    return {buddy.pages(), buddy.free_pages(), buddy.free_pages(MigrateType::cma)};
}

uint32_t free_blocks(uint32_t order, MigrateType type) { return buddy.free_blocks(order, type); }

void set_migrate_type(Pfn first, uint32_t count, MigrateType type) {
    const IrqGuard guard{lock};
    for (uint32_t i = 0; i < count; i += kPageblockPages) buddy.set_type(index_of(first) + i, type);
}

Result<> take_free_range(Pfn first, uint32_t count) {
    const IrqGuard guard{lock};
    if (!buddy.take_range(index_of(first), count)) return Errno::kBusy;
    for (uint32_t i = 0; i < count; ++i) mark_used(&pages[index_of(first) + i]);
    return Ok{};
}

bool is_free_page(Pfn pfn) {
    const IrqGuard guard{lock};
    return buddy.is_free(index_of(pfn));
}

}  // namespace kernel
