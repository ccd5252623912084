// Main memory with a simple timing. Bank state and contention between masters are not modelled yet.
#pragma once

#include "models/base/tlm/memory_target.hpp"

namespace exysim::dram {

struct DramConfig {
    uint64_t size = 512ULL << 20;  ///< bytes
    /// First data of a read or write. Default: DDR3-800, row closed: tRCD + RL + BL/2 = 16 clocks of 2.5 ns.
    sc_core::sc_time latency{40, sc_core::SC_NS};
    /// Sustained rate. Default: Exynos4210's two 32-bit channels at 800 MT/s, 6.4 GB/s.
    double bytes_per_ns = 6.4;
};

/// DRAM at 0x4000_0000. Facts: hardware page "DRAM and memory controllers" sections 1 and 4.
struct Dram : MemoryTarget {
    Dram(sc_core::sc_module_name name, const DramConfig& config, Instruments& instruments)
        : MemoryTarget{name, config.size, {config.latency, config.bytes_per_ns}, instruments} {}
};

}  // namespace exysim::dram
