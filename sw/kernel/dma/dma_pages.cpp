#include "dma/dma_pages.hpp"

#include "arch/cache.hpp"
#include "core/log.hpp"
#include "core/mistake.hpp"
#include "core/process.hpp"
#include "core/string.hpp"
#include "dma/low_pool.hpp"
#include "mm/carveout.hpp"
#include "mm/cma.hpp"
#include "mm/linear_map.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

constexpr uint32_t kChunkOrder =
    4;  // 64 KiB at a time: large pages in the SysMMU, fewer trips to the allocator

AliasStatistics aliases;

/// Smallest order that holds `pages`.
uint32_t order_for(uint32_t pages) {
    uint32_t order = 0;
    while ((1U << order) < pages) ++order;
    return order;
}

void clean_invalidate(Pfn first, uint32_t count) {
    const PhysAddr pa = phys_of(first);
    cache_clean_invalidate(phys_to_virt(pa), pa, count * kPageSize);
}

/// Calls run(first, count) for each run of neighbours.
template <class Run>
void each_run(std::span<const Pfn> pfns, Run run) {
    for (uint32_t i = 0; i < pfns.size();) {
        uint32_t n = 1;
        while (i + n < pfns.size() && pfns[i + n].value == pfns[i].value + n) ++n;
        run(pfns[i], n);
        i += n;
    }
}

/// A driver's mistakes, as long as they are asked for.
MemoryType as_mapped(MemoryType type) {
    if (makes(Mistake::map_cached)) return MemoryType::cached;
    return makes(Mistake::map_uncached) ? MemoryType::write_combine : type;
}

}  // namespace

const AliasStatistics& alias_statistics() { return aliases; }

Result<Ref<DmaPages>> DmaPages::allocate(uint32_t bytes, Placement placement) {
    return allocate({.bytes = bytes, .placement = placement, .area = cma_default()});
}

Result<Ref<DmaPages>> DmaPages::allocate(const DmaPagesRequest& request) {
    const uint32_t wanted = pages_for(request.bytes);
    if (wanted == 0) return Errno::kInval;
    auto made = TRY(make_ref<DmaPages>());
    made->pfns_ = new (std::nothrow) Pfn[wanted];
    if (!made->pfns_) return Errno::kNoMem;
    made->type_ = request.type;
    const bool contiguous = request.placement == Placement::contiguous;
    TRY(contiguous ? made->take_contiguous(request) : made->take_scattered(request));
    made->leave_caches(request.keep_linear);
    made->identity_ = request.buffer ? BufferIdentity::of(request.buffer)
                                     : BufferIdentity::create(made->size(), request.type, request.owner);
    made->identity_.tell_pages(made->pages());
    return made;
}

void DmaPages::adopt(Page* first, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) pfns_[count_++] = {page_to_pfn(first).value + i};
}

Result<> DmaPages::take_block(uint32_t order) {
    Page* first = TRY(alloc_pages(order, kZeroed));
    split_block(first, order);
    adopt(first, 1U << order);
    return Ok{};
}

Result<> DmaPages::take_scattered(const DmaPagesRequest& request) {
    const uint32_t wanted = pages_for(request.bytes);
    uint32_t order = request.single_pages ? 0 : kChunkOrder;
    while (count_ < wanted) {
        while (order > 0 && wanted - count_ < 1U << order) --order;
        auto taken = take_block(order);
        if (taken) continue;
        if (order == 0) return taken.error();
        --order;  // memory is in smaller pieces
    }
    return Ok{};
}

/// From the device's area, or the low pool when that is all it reaches, or a block of the allocator that is
/// cut to size.
Result<> DmaPages::take_contiguous(const DmaPagesRequest& request) {
    const uint32_t wanted = pages_for(request.bytes);
    if (request.carveout) return take_carveout(*request.carveout, request);
    CmaArea* area = request.area;
    if (area && phys_of({area->first.value + area->bitmap.pages()}).value - 1 > request.highest)
        area = nullptr;
    if (area) {
        Page* first = TRY(cma_alloc(*area, wanted, request.align_pages));
        area_ = area;
        adopt(first, wanted);
        for (uint32_t i = 0; i < wanted; ++i) memset(page_data(first + i), 0, kPageSize);
        return Ok{};
    }
    if (request.highest != ~0U) return take_carveout(low_pool(), request);
    const uint32_t order = order_for(wanted > request.align_pages ? wanted : request.align_pages);
    if (order > kMaxOrder) return Errno::kNoMem;
    Page* first = TRY(alloc_pages(order));
    split_block(first, order);
    adopt(first, wanted);
    for (uint32_t i = wanted; i < 1U << order; ++i) page_put(first + i);
    memset(page_data(first), 0, wanted * kPageSize);
    return Ok{};
}

Result<> DmaPages::take_carveout(Carveout& from, const DmaPagesRequest& request) {
    const uint32_t wanted = pages_for(request.bytes);
    Page* first = TRY(from.alloc(wanted, request.align_pages, request.highest));
    carveout_ = &from;
    adopt(first, wanted);
    memset(page_data(first), 0, wanted * kPageSize);
    return Ok{};
}

/// No cache may hold a line that memory or another mapping could contradict. Where the linear map has single
/// pages it changes first, so that nothing is fetched again after the maintenance.
void DmaPages::leave_caches(bool keep_linear) {
    if (type_ == MemoryType::cached || makes(Mistake::skip_alias_clean)) return;
    each_run(pages(), [&](Pfn first, uint32_t count) {
        if (!linear_map_is_small(first, count)) {
            clean_invalidate(first, count);
            aliased_ = true;
            aliases.cleaned_pages += count;
            return;
        }
        linear_map_set(first, count, type_);
        clean_invalidate(first, count);
        if (!keep_linear) linear_map_remove(first, count);
        own_linear_ = true;
        aliases.remapped_pages += count;
    });
    if (aliased_) aliases.aliased_now += count_;
}

DmaPages::~DmaPages() {
    identity_.end();
    if (aliased_) aliases.aliased_now -= count_;
    if (type_ != MemoryType::cached) wmb();  // late stores must not arrive after the next owner's
    if (own_linear_) {
        each_run(pages(), [](Pfn first, uint32_t count) {
            if (linear_map_is_small(first, count)) linear_map_set(first, count, MemoryType::cached);
        });
    }
    if (area_ && count_) {
        if (!cma_release(*area_, pfn_to_page(pfns_[0]), count_))
            log_error("dma: pages were not of %s", area_->name);
    } else if (carveout_ && count_) {
        carveout_->free(pfn_to_page(pfns_[0]), count_);
    } else {
        for (const Pfn pfn : pages()) page_put(pfn_to_page(pfn));
    }
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
    AddressSpace& space = *current_process().space;
    return space.map_frames(vma, pages().subspan(offset / kPageSize, vma.size() / kPageSize),
                            as_mapped(type_));
}

}  // namespace kernel
