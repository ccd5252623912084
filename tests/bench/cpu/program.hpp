// What a benchmark program provides and may use. Freestanding, no library.
#pragma once

#include <cstdint>

/// The work: returns a checksum, which both emulators must print alike.
uint32_t benchmark();

extern "C" uint32_t system_call(uint32_t value);  // value + 1, by way of SVC

/// A xorshift generator.
inline uint32_t next_random(uint32_t& state) {
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}
