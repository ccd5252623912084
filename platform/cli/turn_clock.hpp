// Time that passes without a core: between its turns.
#pragma once

#include <functional>
#include <vector>

#include "models/cpu/cpu_cluster.hpp"

namespace exysim::cli {

/// Made before the simulation starts, lives as long.
class TurnClock {
public:
    /// Called when a turn begins that did not follow upon the last one's end.
    using Idle = std::function<void(unsigned core, uint64_t from, uint64_t to)>;

    TurnClock(cpu::CpuCluster& cpu, Idle idle) : cpu_{cpu}, idle_{std::move(idle)}, cores_(cpu.count()) {
        cpu.turn_begin.attach([this](const cpu::TurnBegin& turn) {
            Core& core = cores_[turn.core];
            core.in_turn = true;
            idle_(turn.core, core.ended, turn.cycle);
        });
        cpu.turn.attach([this](const cpu::CoreTurn& turn) { cores_[turn.core] = {false, turn.end}; });
    }
    TurnClock(const TurnClock&) = delete;
    TurnClock& operator=(const TurnClock&) = delete;

    /// The last cycle that a core has worked; the simulation may have ended within a turn.
    uint64_t last_cycle(unsigned core) const {
        return cores_[core].in_turn ? cpu_.debug_core(core).cycles() : cores_[core].ended;
    }

private:
    struct Core {
        bool in_turn = false;
        uint64_t ended = 0;
    };
    cpu::CpuCluster& cpu_;
    Idle idle_;
    std::vector<Core> cores_;
};

}  // namespace exysim::cli
