// The way of a master's bursts to memory where both ends of the time are numbers. Plain C++.
#pragma once

#include <cstdint>
#include <span>

#include "models/base/address.hpp"
#include "models/base/cluster_memory.hpp"
#include "models/base/memory_port.hpp"

namespace exysim {

/// What b_transport does for a master that does not defer, without a payload where a memory's time is booked
/// by the bus; only there are bufferable writes answered before they are in memory. Each miss of a core makes
/// one or two.
class BurstBus {
public:
    /// A burst that the master wants at `at`, not before SystemC's time.
    virtual Finished burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at) = 0;

protected:
    ~BurstBus() = default;
};

}  // namespace exysim
