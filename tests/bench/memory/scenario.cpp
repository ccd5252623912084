// The camera shown on the TV with contention and functional caches, against the time that passes in it.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/bench/memory/memory_bench.hpp"

namespace exysim::bench {

namespace {

double children_seconds() {
    rusage used{};
    getrusage(RUSAGE_CHILDREN, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Of the line "time  2.150 s simulated ..." of the run's summary.
double simulated_seconds(const std::string& summary) {
    std::ifstream in{summary};
    double seconds = 0;
    for (std::string line; std::getline(in, line);)
        if (std::sscanf(line.c_str(), " time %lf s simulated", &seconds) == 1) return seconds;
    return 0;
}

Measured camera_to_tv(double) {
    const std::string out = "out/bench_memory";
    const std::string command =
        "build/bin/exysim run configs/scenarios/camera_to_tv.yaml --set mode=timing --out " + out +
        " > /dev/null";
    if (std::system(command.c_str()) != 0) return {0, 1};
    return {simulated_seconds(out + "/summary.txt"), children_seconds()};
}

constexpr Case kCases[] = {
    {"scenario", "timing: camera_to_tv, 720p", "simulated seconds a second", 1, camera_to_tv},
};

}  // namespace

std::span<const Case> scenario_cases() { return kCases; }

}  // namespace exysim::bench
