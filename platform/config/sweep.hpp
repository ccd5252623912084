// A sweep plan: one scenario, many settings.
//
//   scenario: scenarios/camera_to_tv.yaml   # from the plan's folder
//   set: [run.frames=10]                    # for every point
//   grid:                                   # every combination
//     ram.bandwidth: [800 MB/s, 3200 MB/s]
//     cpu.clock: [400 MHz, 1 GHz]
//   points:                                 # and these, one by one
//     - {bus.latency: 100 ns}
//   timeout: 10 min                         # of the host, a point; 0 = none
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace exysim::config {

struct SweepPoint {
    std::vector<std::pair<std::string, std::string>> settings;  ///< path, value; besides those of all points
};

struct SweepPlan {
    std::string scenario;  ///< as found
    std::vector<std::string> sets;
    std::vector<SweepPoint> points;  ///< the grid's first, last path fastest
    uint64_t timeout_ns = 0;
};

/// Throws ConfigError with all mistakes. A plan has a point or more, at most kMostPoints.
SweepPlan load_sweep(const std::string& file);
inline constexpr size_t kMostPoints = 100'000;

}  // namespace exysim::config
