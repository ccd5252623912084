#include "mm/linear_map.hpp"

#include "arch/cpu.hpp"
#include "arch/page_table.hpp"
#include "core/log.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

VirtAddr linear(Pfn first, uint32_t index) { return phys_to_virt(phys_of({first.value + index})); }

/// Break before make: no stale translation of another type may exist beside the new one.
void break_mapping(Pfn first, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        PageTable::kernel().unmap(linear(first, i));
        cpu::tlb_flush_page_all_asids(linear(first, i).value);
    }
}

}  // namespace

Result<> linear_map_use_small_pages(PhysAddr base, uint32_t bytes) {
    for (uint32_t at = 0; at < bytes; at += PageTable::kSplitSize) {
        TRY(PageTable::kernel().split_sections(phys_to_virt(base + at), base + at));
    }
    return Ok{};
}

bool linear_map_is_small(Pfn first, uint32_t count) {
    for (uint32_t i = 0; i < count; i += kSectionSize / kPageSize) {
        if (!PageTable::kernel().has_small_pages(linear(first, i))) return false;
    }
    return count == 0 || PageTable::kernel().has_small_pages(linear(first, count - 1));
}

void linear_map_set(Pfn first, uint32_t count, MemoryType type) {
    break_mapping(first, count);
    for (uint32_t i = 0; i < count; ++i) {
        auto mapped = PageTable::kernel().map(linear(first, i), {first.value + i}, type, {.write = true});
        if (!mapped) panic("linear map: page %x has no second-level table", first.value + i);
    }
    cpu::isb();
}

void linear_map_remove(Pfn first, uint32_t count) { break_mapping(first, count); }

}  // namespace kernel
