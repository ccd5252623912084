// What a core counts for its performance monitors.
#pragma once

#include <cstdint>

namespace exysim::cpu {

/// Per block, known when it is translated.
struct BlockCounts {
    uint8_t loads = 0, stores = 0, branches = 0, immediate_branches = 0;
};

/// Since the start. The upper group counts whole blocks, and only while a monitor asks for it.
struct EventCounts {
    uint64_t loads = 0, stores = 0, branches = 0, immediate_branches = 0;

    uint64_t exceptions = 0, returns = 0, interrupts = 0;
    uint64_t context_writes = 0;
    uint64_t mispredicts = 0;
    uint64_t exclusives_passed = 0, exclusives_failed = 0;
    uint64_t unaligned = 0;

    void add(const BlockCounts& b) {
        loads += b.loads;
        stores += b.stores;
        branches += b.branches;
        immediate_branches += b.immediate_branches;
    }
};

}  // namespace exysim::cpu
