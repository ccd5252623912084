// Coherent memory for those who cannot wait: contiguous pages set aside at boot and mapped Strongly-ordered,
// which is right for every caller that may use it without barriers.
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

struct Page;

struct AtomicMemory {
    VirtAddr cpu;
    PhysAddr physical;
};
/// Whole pages, contiguous, zeroed. May be called with interrupts masked. Errors: kNoMem (with one warning
/// that says which option makes the pool larger).
Result<AtomicMemory> atomic_pool_alloc(uint32_t bytes);
/// Errors: kInval when this was not given out.
Result<> atomic_pool_free(VirtAddr cpu, uint32_t bytes);
bool in_atomic_pool(VirtAddr cpu);
PhysAddr atomic_pool_physical(VirtAddr cpu);

}  // namespace kernel
