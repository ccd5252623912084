#include "platform/observe/findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace exysim::observe {

namespace {

/// A part of the time of a master's bursts, as `bus.MASTER.read.PART`.
struct BurstPart {
    std::string_view part, cause, sentence;
};
// clang-format off
constexpr BurstPart kBurstParts[] = {
    {"stall_regulation",  "rate limit",        "its bursts are held back to the master's rate (bus.masters.NAME.rate)"},
    {"stall_channel",     "own channel",       "its own port is too narrow or too slow (bus.masters.NAME.width, clock)"},
    {"stall_arbitration", "memory's port",     "its bursts wait for the memory's port, which others have (bus.arbitration, bus.memory)"},
    {"in_memory",         "memory",            "its bursts are in the memory: rows, queues, the data bus (ram)"},
};
/// Counters of pictures that memory spoilt.
struct Trouble {
    std::string_view suffix, way, what;
};
constexpr Trouble kTroubles[] = {
    {".overflows",  "write", "frames spoilt, because memory did not take their lines in time"},
    {".underflows", "read",  "pictures spoilt, because memory did not deliver lines in time"},
};
// clang-format on

double value_of(const Statistics& statistics, const std::string& name) {
    const auto found = statistics.all().find(name);
    return found == statistics.all().end() ? 0 : found->second.value();
}

/// Why a master's bursts took long.
Finding memory_cause(std::string what, const Statistics& statistics, const std::string& master,
                     std::string_view way) {
    const BurstPart* most = nullptr;
    double largest = 0, sum = 0;
    for (const BurstPart& row : kBurstParts) {
        const double time = value_of(statistics, fmt::format("bus.{}.{}.{}", master, way, row.part));
        sum += time;
        if (time <= largest) continue;
        largest = time;
        most = &row;
    }
    if (!most)
        return {std::move(what), "memory", "memory is too slow (ram.bandwidth; mode timing tells more)"};
    return {std::move(what), std::string{most->cause},
            fmt::format("{:.0f} % of its bursts' time: {}", 100 * largest / sum, most->sentence)};
}

void find_spoilt(const Statistics& statistics, std::vector<Finding>& findings) {
    for (const Trouble& trouble : kTroubles) {
        for (const auto& [name, row] : statistics.all()) {
            if (!name.ends_with(trouble.suffix) || row.value() == 0) continue;
            const std::string master = name.substr(0, name.size() - trouble.suffix.size());
            findings.push_back(memory_cause(fmt::format("{}: {:.0f} {}", master, row.value(), trouble.what),
                                            statistics, master, trouble.way));
        }
    }
}

/// The stage that takes most of those that something can be done about.
std::optional<StageTotal> longest_wait(const std::vector<StageTotal>& totals) {
    std::optional<StageTotal> most;
    for (const StageTotal& t : totals) {
        if (!facts_of(t.stage).by_modes && (!most || t.total > most->total)) most = t;
    }
    return most;
}

Finding stage_cause(std::string what, const StageTotal& stage, Picoseconds all) {
    const StageFacts& facts = facts_of(stage.stage);
    const double share = 100 * static_cast<double>(stage.total) / static_cast<double>(all);
    return {std::move(what), std::string{facts.title},
            fmt::format("{:.1f} % of a frame's time: {}", share, facts.sentence)};
}

}  // namespace

std::vector<Finding> find_causes(const FrameTracker& tracker, const FrameChains& chains,
                                 const Statistics& statistics) {
    std::vector<Finding> findings;
    find_spoilt(statistics, findings);
    const std::vector<StageTotal> totals = stage_totals(chains);
    const auto wait = longest_wait(totals);
    if (!wait) return findings;
    Picoseconds all = 0;
    for (const StageTotal& t : totals) all += t.total;
    const auto dropped = tracker.dropped();
    const auto starved = dropped.find("no buffer");
    if (starved != dropped.end())
        findings.push_back(stage_cause(
            fmt::format("{} frames lost, because no buffer was back in time", starved->second), *wait, all));
    findings.push_back(stage_cause("latency, beyond what the modes decide", *wait, all));
    return findings;
}

std::string findings_text(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& f : findings)
        text += fmt::format("  {:<12} {}: {}\n               {}\n", text.empty() ? "look first at" : "",
                            f.what, f.cause, f.sentence);
    return text;
}

}  // namespace exysim::observe
