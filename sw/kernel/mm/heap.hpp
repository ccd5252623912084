// The kernel heap: power-of-two slabs of one page up to 2 KiB, whole page blocks beyond. Kernel code uses it
// through operator new (heap_new.cpp).
#pragma once

#include <cstddef>
#include <cstdint>

namespace kernel {

/// A block of at least `bytes`, aligned to 32 bytes (64 from 64 bytes on, as far as slabs go); null when
/// there is no memory. `site`: who asks, for fault injection.
void* heap_alloc(size_t bytes, const void* site);
/// Null is allowed. Stops the machine for what heap_alloc() did not give.
void heap_free(void* block);
/// Blocks that are out, to see what is left behind.
uint32_t heap_blocks();
/// One of them stays for good, whatever its first user comes to, and does not count.
void heap_keeps_one();

}  // namespace kernel
