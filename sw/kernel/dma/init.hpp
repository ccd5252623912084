// The DMA layer's start.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

/// Sets up the pools, as far as there is memory; what is not there is named in the log. [low, low +
/// low_bytes) is reserved memory. In the first thread, before drivers.
void dma_init_pools(PhysAddr low, uint32_t low_bytes, uint32_t atomic_bytes);
/// Makes /proc/dma. Errors: kNoMem.
Result<> dma_init_listing();

}  // namespace kernel
