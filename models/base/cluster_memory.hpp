// What stands between a cluster of cores and the bus: the caches see the bus through BusPort, the cluster
// sees the caches through ClusterMemory.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "models/base/address.hpp"
#include "models/base/memory_port.hpp"

namespace exysim {

inline constexpr Picoseconds kNever = std::numeric_limits<Picoseconds>::max();

/// When something is over, and whether the bus agreed.
struct Finished {
    Picoseconds at = 0;
    bool ok = true;
};

/// A burst of memory traffic. A write is answered when memory has it, a bufferable one (AXI's AxCACHE[0])
/// when whoever comes before the memory has taken it over, at latest the memory's queue.
enum class BurstKind : uint8_t { read, write, bufferable_write };

constexpr Direction direction_of(BurstKind kind) {
    return kind == BurstKind::read ? Direction::read : Direction::write;
}

/// Of an access that is answered by memory.
constexpr BurstKind kind_of(Direction direction) {
    return direction == Direction::read ? BurstKind::read : BurstKind::write;
}

/// The bus as the caches use it. Times are absolute; memory traffic may lie ahead of SystemC time and never
/// waits for it.
struct BusPort {
    virtual ~BusPort() = default;
    /// One burst, at most a cache line, that starts at `at`.
    virtual Finished burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at) = 0;
    /// A burst there is likely to follow at once. Without effect in the simulation: for the host's caches
    /// alone.
    virtual void expect(PhysAddr) = 0;
    /// One access past the caches by `core`, at its own true time; it takes as long as the target says.
    virtual bool access(unsigned core, Direction direction, PhysAddr address, std::span<uint8_t> data) = 0;
    /// Local time of a core.
    virtual Picoseconds now(unsigned core) const = 0;
    /// The core waits until `at`, if that is not over yet.
    virtual void stall_until(unsigned core, Picoseconds at) = 0;
    /// The debug view `bus`.
    virtual bool peek(PhysAddr address, std::span<uint8_t> data) = 0;
};

struct ClusterMemory {
    virtual ~ClusterMemory() = default;
    virtual void connect(BusPort& bus) = 0;
    virtual MemoryPort& port(unsigned core) = 0;
    /// A debugger has written to memory: every copy, clean, dirty or waiting, becomes the same.
    virtual void poke(PhysAddr address, std::span<const uint8_t> data) = 0;
    /// When the next buffered store leaves because of its age; kNever if none waits.
    virtual Picoseconds next_departure() const = 0;
    /// Lets go what is due at `now` or before, each at its own time.
    virtual void depart(Picoseconds now) = 0;
};

}  // namespace exysim
