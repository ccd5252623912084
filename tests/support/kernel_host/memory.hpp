// RAM for kernel logic that runs on the host, with the page allocator over it; and what a device sees of it,
// which does not look into caches: bytes get there when they are cleaned, and only then.
#pragma once

#include "core/types.hpp"

namespace kernel_test {

/// Sets the memory up on first use; there is one. Throws std::runtime_error when the host has something
/// there.
void use_host_memory();

/// The word that a device finds at `at`.
uint32_t device_word(kernel::PhysAddr at);

/// The n-th allocation of kernel code from now fails, once; 0 = none.
void fail_allocation(uint32_t n);
/// Whether that failure has not happened; it is called off.
bool failure_left();

}  // namespace kernel_test
