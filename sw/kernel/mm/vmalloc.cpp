#include "mm/vmalloc.hpp"

#include "arch/cpu.hpp"
#include "arch/page_table.hpp"
#include "core/lock.hpp"
#include "core/log.hpp"
#include "core/ref.hpp"

namespace kernel {

namespace {

constexpr uint32_t kFirst = 0xE000'0000, kEnd = 0xFF00'0000;
Mutex lock;

/// Finds a gap of `size` bytes plus a guard page; areas are kept in address order.
Result<> place(VmallocArea& area) {
    uint32_t at = kFirst;
    for (VmallocArea& other : vmalloc_areas()) {
        if (other.start.value - at >= area.size + kPageSize) {
            area.start = VirtAddr{at};
            vmalloc_areas().insert_before(&other, area);
            return Ok{};
        }
        at = other.start.value + other.size + kPageSize;
    }
    if (kEnd - at < area.size + kPageSize) return Errno::kNoSpc;
    area.start = VirtAddr{at};
    vmalloc_areas().push_back(area);
    return Ok{};
}

void unmap_pages(VirtAddr start, uint32_t bytes) {
    for (uint32_t at = 0; at < bytes; at += kPageSize) {
        PageTable::kernel().unmap(start + at);
        cpu::tlb_flush_page_all_asids((start + at).value);
    }
}

}  // namespace

List<VmallocArea, &VmallocArea::node>& vmalloc_areas() {
    static List<VmallocArea, &VmallocArea::node> list;
    return list;
}

Result<VirtAddr> vmap(const Pfn* pfns, uint32_t count, MemoryType type, AreaKind kind, const void* caller) {
    auto area = TRY(make<VmallocArea>());
    area->size = count * kPageSize;
    area->kind = kind;
    area->caller = caller;
    const MutexGuard guard{lock};
    TRY(place(*area));
    for (uint32_t i = 0; i < count; ++i) {
        auto mapped = PageTable::kernel().map(area->start + i * kPageSize, pfns[i], type, {.write = true});
        if (mapped) continue;
        unmap_pages(area->start, i * kPageSize);
        area->node.unlink();
        return mapped.error();
    }
    return area.release()->start;
}

Result<VirtAddr> ioremap(PhysAddr base, uint32_t size) {
    const uint32_t inside = base.value % kPageSize;
    const uint32_t count = pages_for(inside + size);
    Pfn pfns[128];
    if (count > 128) return Errno::kInval;
    for (uint32_t i = 0; i < count; ++i) pfns[i] = {pfn_of(base).value + i};
    const VirtAddr start =
        TRY(vmap(pfns, count, MemoryType::device, AreaKind::ioremap, __builtin_return_address(0)));
    return start + inside;
}

void vunmap(VirtAddr start) {
    const MutexGuard guard{lock};
    for (VmallocArea& area : vmalloc_areas()) {
        if (area.start.value != align_down(start.value, kPageSize)) continue;
        unmap_pages(area.start, area.size);
        area.node.unlink();
        delete &area;
        return;
    }
    log_warn("vunmap: no area at %x, called from %p", start.value, __builtin_return_address(0));
}

const VmallocArea* find_area(VirtAddr a) {
    for (const VmallocArea& area : vmalloc_areas()) {
        if (a >= area.start && a - area.start < area.size) return &area;
    }
    return nullptr;
}

}  // namespace kernel
