// The DMA layer's start.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

/// Sets up the pools and /proc/dma, and with the boot option `dma_test` also /dev/dma-test. [low, low +
/// low_bytes) is reserved memory. In the first thread, before drivers. Errors: kNoMem, kNoSpc.
Result<> dma_init(PhysAddr low, uint32_t low_bytes, uint32_t atomic_bytes);

}  // namespace kernel
