#include "mm/vmalloc.hpp"

#include "arch/cpu.hpp"
#include "arch/page_table.hpp"
#include "core/lock.hpp"
#include "core/log.hpp"
#include "core/ref.hpp"
#include "core/string.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

constexpr uint32_t kFirst = 0xE000'0000, kEnd = 0xFE00'0000;
constexpr uint32_t kWindowFirst = kEnd, kWindowMost = 16U << 20;  // the early console lies behind

Mutex lock;
RangeTree areas{kFirst, kEnd};
RangeTree window_areas{kWindowFirst, kWindowFirst};
uint32_t window_bytes = 0;
uint32_t bytes_in_use = 0;

RangeTree& tree_for(AreaKind kind) { return kind == AreaKind::dma && window_bytes ? window_areas : areas; }
RangeTree& tree_at(VirtAddr a) { return a.value >= kWindowFirst ? window_areas : areas; }

VmallocArea* area_from(RangeNode* node) { return static_cast<VmallocArea*>(node); }

void unmap_pages(VirtAddr start, uint32_t bytes) {
    for (uint32_t at = 0; at < bytes; at += kPageSize) {
        PageTable::kernel().unmap(start + at);
        cpu::tlb_flush_page_all_asids((start + at).value);
    }
}

Result<> map_pages(VmallocArea& area, std::span<const Pfn> pfns, uint32_t from) {
    for (uint32_t i = 0; i < pfns.size(); ++i) {
        const VirtAddr at = area.start() + (from + i) * kPageSize;
        TRY(PageTable::kernel().map(at, pfns[i], area.type, {.write = true}));
    }
    return Ok{};
}

/// A placed area without mappings.
Result<Unique<VmallocArea>> reserve(uint32_t pages, MemoryType type, AreaKind kind, const char* caller) {
    if (pages == 0 || pages > (kEnd - kFirst) >> kPageShift) return Errno::kInval;
    auto area = TRY(make<VmallocArea>());
    area->size = (pages + 1) * kPageSize;
    area->kind = kind;
    area->type = type;
    area->caller = caller;
    area->page_count = pages;
    const MutexGuard guard{lock};
    TRY(tree_for(kind).place(*area, kPageSize));
    bytes_in_use += area->bytes();
    return area;
}

void give_up(Unique<VmallocArea> area) {
    unmap_pages(area->start(), area->bytes());
    const MutexGuard guard{lock};
    tree_at(area->start()).remove(*area);
    bytes_in_use -= area->bytes();
}

/// Takes the area out; null when none of this kind starts there.
Unique<VmallocArea> take(VirtAddr start, AreaKind kind) {
    const MutexGuard guard{lock};
    VmallocArea* area = area_from(tree_at(start).find(start.value));
    if (!area || area->base != start.value || area->kind != kind) return {};
    unmap_pages(area->start(), area->bytes());
    tree_at(start).remove(*area);
    bytes_in_use -= area->bytes();
    return Unique<VmallocArea>{area};
}

void free_page_array(Page** pages, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) page_put(pages[i]);
    delete[] pages;
}

Result<> fill(VmallocArea& area) {
    for (uint32_t i = 0; i < area.page_count; ++i) {
        area.pages[i] = TRY(alloc_pages(0, kZeroed));
        const Pfn pfn = page_to_pfn(area.pages[i]);
        TRY(map_pages(area, {&pfn, 1}, i));
    }
    area.first = page_to_pfn(area.pages[0]);
    return Ok{};
}

uint32_t filled(const VmallocArea& area) {
    uint32_t n = 0;
    while (n < area.page_count && area.pages[n]) ++n;
    return n;
}

}  // namespace

Result<VirtAddr> vmap(std::span<const Pfn> pfns, MemoryType type, AreaKind kind, const char* caller) {
    auto area = TRY(reserve(static_cast<uint32_t>(pfns.size()), type, kind, caller));
    area->first = pfns[0];
    auto mapped = map_pages(*area, pfns, 0);
    if (!mapped) {
        give_up(std::move(area));
        return mapped.error();
    }
    return area.release()->start();
}

Result<VirtAddr> ioremap(PhysAddr base, uint32_t size, const char* caller) {
    const uint32_t inside = base.value % kPageSize;
    const uint32_t count = pages_for(inside + size);
    auto area = TRY(reserve(count, MemoryType::device, AreaKind::ioremap, caller));
    area->first = pfn_of(base);
    for (uint32_t i = 0; i < count; ++i) {
        const Pfn pfn{area->first.value + i};
        auto mapped = map_pages(*area, {&pfn, 1}, i);
        if (mapped) continue;
        give_up(std::move(area));
        return mapped.error();
    }
    return area.release()->start() + inside;
}

Result<> vunmap(VirtAddr start, AreaKind kind, const char* caller) {
    if (take(VirtAddr{align_down(start.value, kPageSize)}, kind)) return Ok{};
    log_warn("vunmap: no such area at %08x, called from %s", start.value, caller);
    return Errno::kInval;
}

Result<VirtAddr> vmalloc(uint32_t bytes, const char* caller) {
    auto area = TRY(reserve(pages_for(bytes), MemoryType::cached, AreaKind::vmalloc, caller));
    area->pages = new (std::nothrow) Page*[area->page_count];
    if (area->pages) memset(area->pages, 0, area->page_count * sizeof(Page*));
    auto done = area->pages ? fill(*area) : Result<>{Errno::kNoMem};
    if (done) return area.release()->start();
    Page** pages = area->pages;
    const uint32_t count = pages ? filled(*area) : 0;
    give_up(std::move(area));
    free_page_array(pages, count);
    return done.error();
}

Result<> vfree(VirtAddr start, const char* caller) {
    if (Unique<VmallocArea> area = take(start, AreaKind::vmalloc)) {
        free_page_array(area->pages, area->page_count);
        return Ok{};
    }
    log_warn("vfree: no vmalloc area at %08x, called from %s", start.value, caller);
    return Errno::kInval;
}

const VmallocArea* find_area(VirtAddr a) {
    const MutexGuard guard{lock};
    const VmallocArea* area = area_from(tree_at(a).find(a.value));
    return area && a - area->start() < area->bytes() ? area : nullptr;
}

const VmallocArea* next_area(VirtAddr a) {
    const MutexGuard guard{lock};
    if (RangeNode* node = areas.at_or_after(a.value)) return area_from(node);
    return area_from(window_areas.at_or_after(a.value));
}

VmallocUse vmalloc_use() {
    const MutexGuard guard{lock};
    return {areas.count() + window_areas.count(), bytes_in_use, areas.largest_gap()};
}

void vmalloc_fix_dma_window(uint32_t bytes) {
    window_bytes = align_up(bytes < kWindowMost ? bytes : kWindowMost, kPageSize);
    window_areas = RangeTree{kWindowFirst, kWindowFirst + window_bytes};
}

uint32_t vmalloc_dma_window() { return window_bytes; }

}  // namespace kernel
