// What caches tell those who watch them (DESIGN section 11). Spans are valid during the call.
#pragma once

#include <cstdint>
#include <span>

#include "models/base/address.hpp"
#include "models/base/memory_port.hpp"

namespace exysim::cache {

/// A clean line of a data cache becomes dirty: what it held until now.
struct LineDirtied {
    unsigned core;
    PhysAddr address;
    std::span<const uint8_t> before;
};

/// Stores have filled a whole line, which goes to level 2 without having been fetched.
struct LineOverwritten {
    unsigned core;
    PhysAddr address;
};

/// A line has come into a data cache: because of a load or walk, of a store, or of a guess or a PLD.
struct LineFilled {
    enum class Why : uint8_t { load, store, guess };
    unsigned core;
    PhysAddr address;
    Why why;
    std::span<const uint8_t> bytes;
};

/// The first load of a line that Hierarchy::watch() named, or a store to it until then.
struct LineTouched {
    unsigned core;
    PhysAddr address;  ///< of the access
    std::span<const uint8_t> line;
    Direction direction = Direction::read;
};

/// A line has left a cache to make room.
struct LineEvicted {
    unsigned level;  ///< 1 or 2
    unsigned core;   ///< of level 1
    PhysAddr address;
    bool dirty;
    std::span<const uint8_t> bytes;
};

/// A dirty line was invalidated: what no longer exists.
struct LineDiscarded {
    PhysAddr address;
    std::span<const uint8_t> bytes;
};

/// An access to memory past the data cache: Normal non-cacheable, Device or Strongly-ordered.
struct AccessPast {
    unsigned core;
    Direction direction;
    PhysAddr address;
    uint32_t size;  ///< bytes
    MemoryType type = MemoryType::normal;
};

/// Code of a line is used: it has come into the instruction cache, or somebody has asked to be told
/// (Hierarchy::watch_code).
struct CodeFetched {
    unsigned core;
    PhysAddr address;  ///< of the first instruction
    std::span<const uint8_t> line;
};

/// Software asks for a line to be cleaned or invalidated by its address; it is about to happen.
struct LineMaintained {
    unsigned level;  ///< 1 or 2
    unsigned core;   ///< of level 1
    Maintenance operation;
    PhysAddr address;
};

/// A burst of a master on the accelerator coherency port has gone through the snoop control unit.
struct CoherentBurst {
    Direction direction;
    PhysAddr address;
    std::span<const uint8_t> data;
};

/// A dirty line of level 2, or of level 1 where level 2 does not keep it, is about to be written to memory.
struct LineWrittenBack {
    PhysAddr address;
    std::span<const uint8_t> bytes;
};

}  // namespace exysim::cache
