// Who runs the points of a sweep: processes of this machine, GNU parallel, or a Slurm job array. Each starts
// `exysim run --manifest M
// --index I` for every point that is missing; results lie in the sweep's folder, which all hosts must see.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "platform/cli/sweep_manifest.hpp"

namespace exysim::cli {

struct SweepWork {
    const SweepManifest& manifest;
    std::vector<size_t> points;  ///< to run, by number
    unsigned at_once = 1;        ///< of Slurm's and parallel's too
    std::string hosts;           ///< for parallel: file of ssh logins, one a line; empty = this host
    std::function<void()> look;  ///< called now and then: something may have ended
    std::function<bool()> stop;  ///< the user wants to leave
};

struct SweepBackend {
    const char* name;
    const char* sentence;
    void (*run)(const SweepWork&);
};

/// The one of that name. Errors: ConfigError with the nearest name.
const SweepBackend& backend_named(const std::string& name);
/// "pool, parallel or slurm", for help texts.
std::string backend_names();

}  // namespace exysim::cli
