#pragma once

#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/cmu_core.hpp"

namespace exysim::system {

struct CmuConfig {
    Chip chip = Chip::exynos4210;
};

/// Software has written a GATE_IP register.
struct GatesChanged {};

/// CMU at 0x1003_0000 (0x20000 bytes). Other blocks ask it for their clock: core().uart_hz(n),
/// core().aclk100_hz().
struct Cmu : RegisterTarget<CmuCore> {
    Probe<GatesChanged> gates_changed;

    Cmu(sc_core::sc_module_name name, const CmuConfig& config, Instruments& instruments)
        : RegisterTarget{name, instruments, config.chip} {
        core_.gates_changed = [this] { gates_changed({}); };
    }
    /// As the boot loader leaves it; before simulation starts.
    void close(CmuCore::GateIp gate, uint32_t bits) { core_.close(gate, bits); }
};

}  // namespace exysim::system
