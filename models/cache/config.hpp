// What a user may choose about the caches. Defaults: Exynos4210 (hardware page "CPU subsystem" sections 1, 8
// and 10: L1 2 x 32 KiB 4-way, PL310 1 MiB 16-way; L2 hit 23 cycles against 4 for L1; DRAM 110 ns more).
#pragma once

#include <cstdint>

#include "models/base/address.hpp"
#include "models/base/cluster_memory.hpp"

namespace exysim::cache {

inline constexpr uint32_t kLine = 32;  ///< bytes, both levels

struct Geometry {
    uint32_t bytes, ways;
    constexpr uint32_t sets() const { return bytes / kLine / ways; }
    constexpr uint32_t lines() const { return bytes / kLine; }
    constexpr uint32_t way_bytes() const { return bytes / ways; }
    friend constexpr bool operator==(const Geometry&, const Geometry&) = default;
};

/// How eagerly lines are filled that no instruction asked for; every choice is legal for cacheable mappings.
enum class Speculation : uint8_t { off, usual, aggressive };

struct Config {
    uint32_t cores = 1;
    Geometry l1{32 << 10, 4};  ///< each of instruction and data
    Geometry l2{1 << 20, 16};
    Picoseconds cycle = 1000;         ///< of the core clock
    uint32_t l2_cycles = 19;          ///< L1 miss that hits the L2, beyond an L1 hit
    uint32_t stream_cycles = 7;       ///< the same for the next line of a stream: 8.7 cycles a line in all
    Picoseconds l2_miss = 20'000;     ///< in the L2 controller, before and after the bus
    uint32_t maintenance_cycles = 6;  ///< Assumed: one operation by address or set and way
    uint32_t write_slots = 4;         ///< Assumed: bursts of writes on their way to memory at once
    Picoseconds max_age = 500'000;    ///< of a buffered store; kNever: only the rules
    Speculation speculation = Speculation::off;
    uint64_t seed = 1;

    constexpr Picoseconds l2_time() const { return l2_cycles * cycle; }
};

/// Length of a cycle, rounded to a picosecond.
constexpr Picoseconds cycle_of(uint64_t hz) { return (1'000'000'000'000 + hz / 2) / hz; }

}  // namespace exysim::cache
