// Several watchers of the blocks that cores enter; the core itself knows one.
#pragma once

#include <vector>

#include "models/cpu/cpu_cluster.hpp"

namespace exysim::cli {

/// A core that nobody watches pays nothing.
class BlockWatchers {
public:
    explicit BlockWatchers(cpu::CpuCluster& cpu) : cpu_{cpu}, lists_(cpu.count()) {}
    ~BlockWatchers() {
        for (unsigned core = 0; core < lists_.size(); ++core)
            cpu_.debug_core(core).set_block_watcher(nullptr);
    }
    BlockWatchers(const BlockWatchers&) = delete;
    BlockWatchers& operator=(const BlockWatchers&) = delete;

    /// `watcher` lives as long as the simulation; those that were added first are told first.
    void add(unsigned core, cpu::BlockWatcher& watcher) {
        lists_[core].watchers.push_back(&watcher);
        cpu_.debug_core(core).set_block_watcher(&lists_[core]);
    }

private:
    struct List : cpu::BlockWatcher {
        void entered(const cpu::Core& core, uint64_t cycles, uint64_t instructions) override {
            for (cpu::BlockWatcher* w : watchers) w->entered(core, cycles, instructions);
        }
        std::vector<cpu::BlockWatcher*> watchers;
    };

    cpu::CpuCluster& cpu_;
    std::vector<List> lists_;
};

}  // namespace exysim::cli
