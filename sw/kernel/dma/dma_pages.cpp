#include "dma/dma_pages.hpp"

#include "arch/cache.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

constexpr uint32_t kChunkOrder = 4;  // 64 KiB at a time: fewer trips to the allocator

/// Smallest order that holds `pages`.
uint32_t order_for(uint32_t pages) {
    uint32_t order = 0;
    while ((1U << order) < pages) ++order;
    return order;
}

/// The pages leave the processor's caches for good; their linear mapping is not used again.
void leave_caches(Page* first, uint32_t order) {
    const PhysAddr pa = page_to_phys(first);
    cache_clean_invalidate(phys_to_virt(pa), pa, kPageSize << order);
}

/// A block of the allocator becomes single pages, which are given back one by one.
void split_block(Page* first, uint32_t order) {
    for (uint32_t i = 0; i < 1U << order; ++i) {
        Page* page = pfn_to_page({page_to_pfn(first).value + i});
        page->order = 0;
        page->references = 1;
    }
}

}  // namespace

Result<Ref<DmaPages>> DmaPages::allocate(uint32_t bytes, Placement placement) {
    const uint32_t wanted = pages_for(bytes);
    if (wanted == 0) return Errno::kInval;
    auto made = TRY(make_ref<DmaPages>());
    const bool contiguous = placement == Placement::contiguous;
    uint32_t order = contiguous ? order_for(wanted) : kChunkOrder;
    if (order > kMaxOrder) return Errno::kNoMem;
    made->pfns_ = new (std::nothrow) Pfn[contiguous ? 1U << order : wanted];
    if (!made->pfns_) return Errno::kNoMem;
    while (made->count_ < wanted) {
        while (!contiguous && order > 0 && wanted - made->count_ < 1U << order) --order;
        auto taken = made->take(order);
        if (taken) continue;
        if (contiguous || order == 0) return taken.error();
        --order;  // memory is in smaller pieces
    }
    while (made->count_ > wanted) page_put(pfn_to_page(made->pfns_[--made->count_]));
    return made;
}

Result<> DmaPages::take(uint32_t order) {
    Page* first = TRY(alloc_pages(order, kZeroed));
    leave_caches(first, order);
    split_block(first, order);
    for (uint32_t i = 0; i < 1U << order; ++i) pfns_[count_++] = {page_to_pfn(first).value + i};
    return Ok{};
}

DmaPages::~DmaPages() {
    for (const Pfn pfn : pages()) page_put(pfn_to_page(pfn));
    delete[] pfns_;
}

bool DmaPages::contiguous() const {
    for (uint32_t i = 1; i < count_; ++i) {
        if (pfns_[i].value != pfns_[0].value + i) return false;
    }
    return true;
}

Result<> DmaPages::mmap(Vma& vma, uint32_t offset) {
    if (offset % kPageSize || uint64_t{offset} + vma.size() > size()) return Errno::kInval;
    vma.keep = Ref<RefCounted>{Ref<DmaPages>::share(this)};
    return map_user_pages(vma, 0, pfns_ + offset / kPageSize, vma.size() / kPageSize,
                          MemoryType::write_combine);
}

}  // namespace kernel
