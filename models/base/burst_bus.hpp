// The way of a master's bursts to memory where both ends of the time are numbers. Plain C++.
#pragma once

#include <cstdint>
#include <span>

#include "models/base/address.hpp"
#include "models/base/cluster_memory.hpp"
#include "models/base/memory_port.hpp"

namespace exysim {

/// What b_transport does with a burst of a master that does not defer, without a payload. Each miss of a core
/// makes one or two.
class BurstBus {
public:
    /// A burst that the master wants at `at`. False, and nothing has happened, if no memory whose time the
    /// bus books has all of it: such an access goes by b_transport.
    virtual bool burst(Direction direction, PhysAddr address, std::span<uint8_t> data, Picoseconds at,
                       Finished& finished) = 0;

protected:
    ~BurstBus() = default;
};

}  // namespace exysim
