#pragma once

#include "models/base/tlm/memory_target.hpp"

namespace exysim::system {

struct SysramConfig {
    uint64_t size = 128 << 10;                     ///< bytes: Exynos4210 128 KiB, Exynos4412 256 KiB
    sc_core::sc_time latency{10, sc_core::SC_NS};  ///< Assumed: two cycles of a 200 MHz bus
    double bytes_per_ns = 1.6;                     ///< Assumed: 64 bits a cycle of a 200 MHz bus
};

/// On-chip SRAM (iRAM) at 0x0202_0000.
struct Sysram : MemoryTarget {
    Sysram(sc_core::sc_module_name name, const SysramConfig& config, Instruments& instruments)
        : MemoryTarget{name, config.size, {config.latency, config.bytes_per_ns}, instruments} {}
};

}  // namespace exysim::system
