#include "core/random.hpp"

namespace kernel {

namespace {
uint64_t state = 0x9E37'79B9'7F4A'7C15;

/// splitmix64 (Steele, Lea, Flood 2014).
uint64_t next() {
    uint64_t z = state += 0x9E37'79B9'7F4A'7C15;
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
    return z ^ (z >> 31);
}
}  // namespace

void seed_random(uint64_t seed) { state = seed; }

void fill_random(void* to, uint32_t bytes) {
    auto* p = static_cast<uint8_t*>(to);
    for (uint32_t i = 0; i < bytes; ++i) p[i] = static_cast<uint8_t>(next() >> 56);
}

}  // namespace kernel
