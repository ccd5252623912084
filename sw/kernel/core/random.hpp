// Pseudo-random bytes. Not for secrets: a run has to repeat bit for bit, so the seed is a constant or comes
// from the device tree (/chosen/rng-seed).
#pragma once

#include <cstdint>

namespace kernel {
void seed_random(uint64_t seed);
void fill_random(void* to, uint32_t bytes);
}  // namespace kernel
