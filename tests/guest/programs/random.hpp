// Numbers that are the same for the same seed everywhere (xorshift64).
#pragma once

#include <cstdint>

struct Random {
    uint64_t state;  ///< never 0
    static Random seeded(uint64_t seed) { return {seed * 0x9E3779B97F4A7C15ULL + 1}; }
    uint64_t next() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }
    uint32_t below(uint32_t n) { return static_cast<uint32_t>(next() % n); }
};
