// Connects a profile to the cores.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/cpu/cpu_cluster.hpp"
#include "platform/cli/block_watchers.hpp"
#include "platform/cli/turn_clock.hpp"
#include "platform/debug/profile.hpp"

namespace exysim::cli {

/// One word as a core's load would see it, without side effects.
debug::ReadWord read_word_of(cpu::CpuCluster& cpu, unsigned core);
/// The same for every core.
std::vector<debug::ReadWord> views_of(cpu::CpuCluster& cpu);

/// Profiles all cores for as long as it lives; made before the simulation starts.
class ProfileWatch {
public:
    /// `watchers` must outlive it.
    ProfileWatch(cpu::CpuCluster& cpu, BlockWatchers& watchers, debug::CodeImages images);
    ~ProfileWatch();
    ProfileWatch(const ProfileWatch&) = delete;
    ProfileWatch& operator=(const ProfileWatch&) = delete;

    /// Told of the function that a core is in, once in kSampleCycles at most; nothing while it sleeps.
    std::function<void(unsigned core, const std::string& function, uint64_t cycle)> in_function;
    static constexpr uint64_t kSampleCycles = 10'000;

    /// Charges the cores' last blocks; after the simulation.
    void close();
    const debug::Profile& profile() const { return profile_; }

private:
    struct Watcher;
    void sample(Watcher& watcher, uint64_t cycle);
    void idle(unsigned core, uint64_t from, uint64_t to);

    cpu::CpuCluster& cpu_;
    debug::Profile profile_;
    TurnClock turns_;
    std::vector<std::unique_ptr<Watcher>> watchers_;
};

}  // namespace exysim::cli
