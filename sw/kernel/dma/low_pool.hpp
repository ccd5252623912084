// A piece of the lowest memory, set aside at boot for devices that cannot address all of it: their coherent
// memory and the bounce buffers of their streaming mappings (`swiotlb=SIZE`, 1 MiB unless told otherwise).
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

struct Page;

/// Once, with reserved pages.
Result<> low_pool_init(PhysAddr base, uint32_t bytes);
/// `count` contiguous pages below `highest`. May be called with interrupts masked. Errors: kNoMem.
Result<Page*> low_pool_alloc(uint32_t count, uint32_t align, uint32_t highest);
void low_pool_free(Page* first, uint32_t count);
struct LowPoolUse {
    uint32_t pages, used;
};
LowPoolUse low_pool_use();

}  // namespace kernel
