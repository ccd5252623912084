// Everything a memory controller is told. Plain numbers.
#pragma once

#include "models/dram/address_map.hpp"
#include "models/dram/energy.hpp"
#include "models/dram/scheduling.hpp"
#include "models/dram/timing.hpp"

namespace exysim::dram {

struct ControllerConfig {
    Timing timing{};
    Geometry geometry{};
    Mapping mapping{};
    Scheduling scheduling{};
    const Currents* currents = nullptr;  ///< for the energy estimate; null = not known
};

}  // namespace exysim::dram
