// Cache maintenance by address over L1 and the PL310, to the point of coherency: what devices see. The order
// of L1 and L2 steps follows the PL310 manual: clean inner before outer, invalidate outer before inner.
#pragma once

#include "core/types.hpp"

namespace kernel {

/// Writes dirty lines of [va, va + bytes) back to memory. `pa` is the physical address of `va`, contiguous.
void cache_clean(VirtAddr va, PhysAddr pa, uint32_t bytes);
/// Discards lines; a partial line at either end is cleaned first, so that neighbours survive.
void cache_invalidate(VirtAddr va, PhysAddr pa, uint32_t bytes);
void cache_clean_invalidate(VirtAddr va, PhysAddr pa, uint32_t bytes);
/// The same in the PL310 alone: lines that a device on the ACP has left there of memory that the processor
/// sees past its caches.
void outer_clean_invalidate(PhysAddr pa, uint32_t bytes);
/// Makes code just written at [va, va + bytes) executable, at whatever address it is mapped: cleans to the
/// point of unification and invalidates the whole I side. By address would not do: a Cortex-A9's instruction
/// cache is indexed with bit 12 of the virtual address, and the code runs at another one (CTR.L1Ip; Cortex-A9
/// TRM 4.3).
void sync_instructions(VirtAddr va, uint32_t bytes);
/// Its two halves, for code in several pieces: each piece cleaned, the I side invalidated once.
void clean_to_unification(VirtAddr va, uint32_t bytes);
void invalidate_instructions();
/// Orders all earlier writes, write-combined ones included, before whatever a device does next: DSB and
/// CACHE_SYNC.
void wmb();
/// Tells this module where the PL310's registers are; until then only L1 is maintained.
void set_outer_cache(VirtAddr registers);

}  // namespace kernel
