// The results of a run as text for people and JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "models/base/guest_errors.hpp"
#include "models/base/statistics.hpp"
#include "platform/observe/expectations.hpp"
#include "platform/observe/findings.hpp"
#include "platform/observe/frame_chain.hpp"
#include "platform/observe/frame_tracker.hpp"
#include "platform/observe/measurements.hpp"

namespace exysim::observe {

/// Version of stats.json's layout: written by stats_json(), asked for by read_result().
inline constexpr int kStatsSchema = 1;

/// What only the host knows; kept out of stats.json.
struct HostFacts {
    double seconds = 0;
    uint64_t peak_memory = 0;  ///< bytes
};

/// "uart0 UTXH: ... (value 0x41, at 1.2 ms, pc 0x40008000, 3x)".
std::string describe(const GuestErrors::Entry& entry);

/// Registers what the tracker knows under `pipeline`'s name: frames.delivered, latency.p99, ...
void register_frames(const std::string& pipeline, const FrameTracker& tracker, Statistics& statistics);

/// What expectations speak of.
Measured measure(const FrameTracker& tracker, const GuestErrors& errors, const Statistics& statistics);

/// `{schema, scenario, stats: {name: {value, unit}}}`, names in order, nothing that depends on the host.
std::string stats_json(const std::string& scenario, const Statistics& statistics);

struct Summary {
    std::string scenario;
    std::string ending;  ///< how the run ended, one sentence
    Picoseconds simulated = 0;
    HostFacts host;
    const FrameTracker* tracker = nullptr;       ///< none for runs without frames
    const FrameChains* chains = nullptr;         ///< as well
    const Measurements* measurements = nullptr;  ///< none for runs without a program
    const Statistics* statistics = nullptr;
    const GuestErrors* errors = nullptr;
    std::vector<Verdict> verdicts;
    std::vector<Finding> findings;
    std::string results;       ///< folder
    std::string traffic_note;  ///< what the bus figures leave out, or empty
};
std::string summary_text(const Summary& summary);

}  // namespace exysim::observe
