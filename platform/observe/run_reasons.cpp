// Why one run is slower than another: the stages of a frame and the parts of a burst that have become longer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "platform/observe/expectations.hpp"
#include "platform/observe/frame_chain.hpp"
#include "platform/observe/run_diff.hpp"

namespace exysim::observe {

namespace {

constexpr double kWorthSaying = 0.001;         // of the whole
constexpr double kWorthSayingOfBursts = 0.01;  // ... of a burst
constexpr size_t kMostMasters = 3;

/// By how much a part of something has grown, nanoseconds.
struct Growth {
    std::string part;
    double by;
};

struct BurstPart {
    std::string_view suffix, words;
};
constexpr BurstPart kBurstParts[] = {{"stall_limit", "as many in flight as allowed"},
                                     {"stall_regulation", "rate limit"},
                                     {"stall_channel", "own channel"},
                                     {"stall_arbitration", "memory's port"},
                                     {"in_memory", "memory"}};

std::optional<double> value_of(const RunResult& run, const std::string& name) {
    const auto found = run.statistics.find(name);
    return found == run.statistics.end() ? std::nullopt : std::optional{found->second.value};
}

std::string signed_time(double ns) {
    return fmt::format("{}{}", ns < 0 ? '-' : '+',
                       human_time(static_cast<uint64_t>(std::llround(std::fabs(ns)))));
}

/// "waiting for vsync +2.49 ms, drivers +19.0 us": the largest first, without what hardly matters.
std::string growths_text(std::vector<Growth> growths, double whole) {
    std::erase_if(growths, [&](const Growth& g) { return std::fabs(g.by) < kWorthSaying * whole; });
    std::stable_sort(growths.begin(), growths.end(),
                     [](const Growth& a, const Growth& b) { return std::fabs(a.by) > std::fabs(b.by); });
    std::string text;
    for (const Growth& g : growths)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", g.part, signed_time(g.by));
    return text;
}

std::string line_of(const std::string& what, double before, double after, std::vector<Growth> growths) {
    const std::string parts = growths_text(std::move(growths), before);
    if (parts.empty()) return "";
    return fmt::format("  {}: {}, was {} ({}): {}\n", what, human_time(static_cast<uint64_t>(after)),
                       human_time(static_cast<uint64_t>(before)), signed_time(after - before), parts);
}

/// A frame's mean latency is the sum of its stages' means.
std::string frame_reasons(const std::string& pipeline, const RunResult& before, const RunResult& after) {
    double was = 0, is = 0;
    std::vector<Growth> growths;
    for (size_t i = 0; i < kStages; ++i) {
        const StageFacts& facts = facts_of(static_cast<Stage>(i));
        const std::string name = fmt::format("{}.spans.{}.mean", pipeline, facts.name);
        const double a = value_of(before, name).value_or(0), b = value_of(after, name).value_or(0);
        was += a;
        is += b;
        growths.push_back({std::string{facts.title}, b - a});
    }
    if (was == 0 || is == 0) return "";
    return line_of(fmt::format("a frame of {}", pipeline), was, is, std::move(growths));
}

/// Of one master's bursts in one direction, with how much longer or shorter one takes.
std::pair<double, std::string> burst_reasons(const std::string& port, const RunResult& before,
                                             const RunResult& after) {
    const auto mean = [&](const RunResult& run, std::string_view part) {
        const auto sum = value_of(run, fmt::format("{}.{}", port, part)),
                   bursts = value_of(run, port + ".bursts");
        return sum && bursts && *bursts > 0 ? std::optional{*sum / *bursts} : std::nullopt;
    };
    const auto was = mean(before, "latency_sum"), is = mean(after, "latency_sum");
    if (!was || !is || std::fabs(*is - *was) < kWorthSayingOfBursts * *was) return {};
    std::vector<Growth> growths;
    for (const BurstPart& part : kBurstParts)
        growths.push_back({std::string{part.words},
                           mean(after, part.suffix).value_or(0) - mean(before, part.suffix).value_or(0)});
    return {std::fabs(*is - *was) / *was,
            line_of(fmt::format("a burst of {}", port.substr(4)), *was, *is, growths)};
}

/// What stands in front of `suffix` in the names of both runs' statistics that end so.
std::vector<std::string> owners(const RunResult& before, const RunResult& after, std::string_view prefix,
                                std::string_view suffix) {
    std::vector<std::string> names;
    for (const auto& [name, value] : before.statistics) {
        if (name.starts_with(prefix) && name.ends_with(suffix) && after.statistics.count(name))
            names.push_back(name.substr(0, name.size() - suffix.size()));
    }
    return names;
}

}  // namespace

std::string reasons_text(const RunResult& before, const RunResult& after) {
    std::string text;
    for (const std::string& pipeline : owners(before, after, "", ".spans.readout.mean"))
        text += frame_reasons(pipeline, before, after);
    std::vector<std::pair<double, std::string>> bursts;
    for (const std::string& port : owners(before, after, "bus.", ".latency_sum")) {
        auto reason = burst_reasons(port, before, after);
        if (!reason.second.empty()) bursts.push_back(std::move(reason));
    }
    std::stable_sort(bursts.begin(), bursts.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (size_t i = 0; i < std::min(bursts.size(), kMostMasters); ++i) text += bursts[i].second;
    return text;
}

}  // namespace exysim::observe
