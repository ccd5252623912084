// Checks on how drivers use the DMA layer: what Linux's DMA-API debugging looks for, and whether the
// processor touches memory while a device owns it. Each finding is one log line with the call site, and
// counted in /proc/dma.
#pragma once

#include "dma/context.hpp"

namespace kernel {

/// Reports a mistake of a driver.
[[gnu::format(printf, 2, 3)]] void dma_report(const DmaContext& device, const char* format, ...);

void dma_debug_allocated(const DmaContext& device, uint32_t bytes);
void dma_debug_freed(const DmaContext& device, uint32_t bytes);

/// Before a mapping is made: memory that must not be given to a device (the running thread's stack, the
/// kernel's own image, free pages), and lines that another mapping has already.
void dma_debug_check_map(DmaContext& device, PhysAddr memory, uint32_t bytes, DmaDirection direction,
                         DmaAttributes attributes, const char* caller);
/// A piece of a scatter list that the device does not take: too long, or over a boundary.
void dma_debug_check_segment(const DmaContext& device, Iova at, uint32_t bytes, const char* caller);
/// The mapping that an unmap describes, or null, with each difference reported.
DmaMapping* dma_debug_find_unmap(DmaContext& device, Iova at, uint32_t bytes, DmaDirection direction,
                                 MappingKind kind, const char* caller);
/// The mapping that a sync lies in, or null, likewise.
DmaMapping* dma_debug_find_sync(DmaContext& device, Iova at, uint32_t bytes, DmaDirection direction,
                                const char* caller);
/// The kernel is about to touch this memory. True when it may.
bool dma_debug_cpu_access(PhysAddr memory, uint32_t bytes, const char* caller);
/// A driver lets its device go: reports what it left. Returns how many mappings and allocations.
uint32_t dma_debug_leaks(DmaContext& device, const char* caller);

struct DmaStatistics {
    uint32_t reports = 0;
    uint32_t allocations = 0, frees = 0;
    uint32_t maps = 0, unmaps = 0, syncs = 0;
    uint32_t bounced = 0;
};
DmaStatistics& dma_statistics();

}  // namespace kernel
