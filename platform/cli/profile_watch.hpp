// Connects a profile to the cores.
#pragma once

#include "models/cpu/cpu_cluster.hpp"
#include "platform/debug/profile.hpp"

namespace exysim::cli {

/// Both must live as long as the simulation.
void attach_profile(cpu::CpuCluster& cpu, debug::Profile& profile);

/// One word as a core's load would see it, without side effects.
debug::ReadWord read_word_of(cpu::CpuCluster& cpu, unsigned core);

}  // namespace exysim::cli
