// The processor of a host build: nothing interrupts.
#pragma once

#include <cstdint>

namespace kernel::cpu {
inline uint32_t disable_interrupts() { return 0; }
inline void restore_interrupts(uint32_t) {}
}  // namespace kernel::cpu
