// Speed of the media blocks against simulated time: one row a case, one file a block.
#pragma once

#include <span>

namespace exysim::bench {

struct Measured {
    double simulated = 0;  ///< seconds that passed in the machine
    double host = 0;       ///< seconds of this process's CPU time
};

struct Case {
    const char* block;  ///< "camera", as named on the command line
    const char* name;
    double fast, timing;  ///< host time over simulated time that must not be exceeded, by mode
    /// Builds a machine (one a process), lets about `seconds` pass in it and measures that.
    Measured (*run)(double seconds, const char* mode);
};

std::span<const Case> camera_cases();
std::span<const Case> display_cases();
std::span<const Case> gpu_cases();

}  // namespace exysim::bench
