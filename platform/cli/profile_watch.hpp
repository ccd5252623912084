// Connects a profile to the cores.
#pragma once

#include <memory>
#include <vector>

#include "models/cpu/cpu_cluster.hpp"
#include "platform/debug/profile.hpp"

namespace exysim::cli {

/// One word as a core's load would see it, without side effects.
debug::ReadWord read_word_of(cpu::CpuCluster& cpu, unsigned core);

/// Profiles all cores for as long as it lives; made before the simulation starts.
class ProfileWatch {
public:
    ProfileWatch(cpu::CpuCluster& cpu, debug::CodeImages images);
    ~ProfileWatch();
    ProfileWatch(const ProfileWatch&) = delete;
    ProfileWatch& operator=(const ProfileWatch&) = delete;

    /// Charges the cores' last blocks; after the simulation.
    void close();
    const debug::Profile& profile() const { return profile_; }

private:
    struct Watcher;
    cpu::CpuCluster& cpu_;
    debug::Profile profile_;
    std::vector<std::unique_ptr<Watcher>> watchers_;
};

}  // namespace exysim::cli
