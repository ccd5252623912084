// Speed of the memory system: one row a case, one file a group.
#pragma once

#include <cstdint>
#include <ctime>
#include <span>

namespace exysim::bench {

struct Measured {
    double count = 0;  ///< bursts, requests, or seconds that passed in the machine
    double host = 0;   ///< seconds of CPU time they took
};

struct Case {
    const char* group;  ///< as named on the command line
    const char* name;
    const char* unit;  ///< of `count` over `host`
    double least;      ///< that must be reached
    /// Runs for about `seconds` of CPU time, in a process of its own.
    Measured (*run)(double seconds);
};

std::span<const Case> controller_cases();
std::span<const Case> burst_cases();
std::span<const Case> scenario_cases();

inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace exysim::bench
