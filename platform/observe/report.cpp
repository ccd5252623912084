#include "platform/observe/report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace exysim::observe {

namespace {

constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53
constexpr size_t kErrorsShown = 5;

uint64_t ns(Picoseconds ps) { return ps / 1000; }

/// Whole values print as integers.
nlohmann::ordered_json number(double value) {
    if (std::floor(value) == value && std::fabs(value) < kLargestExactInteger)
        return static_cast<int64_t>(value);
    return value;
}

struct LatencyRow {
    const char* name;
    unsigned percent;  // 0 = smallest
    const char* sentence;
};
constexpr LatencyRow kLatencies[] = {
    {"min", 0, "shortest time from the sensor's first pixel to the first active line on the screen"},
    {"p50", 50, "median of it"},
    {"p99", 99, "99th percentile of it, nearest rank"},
    {"max", 100, "longest of it"},
};

std::string frames_text(const FrameTracker& tracker) {
    std::string text =
        fmt::format("  frames       {} delivered, {} dropped", tracker.delivered(), tracker.dropped_total());
    const auto reasons = tracker.dropped();
    if (!reasons.empty()) {
        std::string list;
        for (const auto& [reason, count] : reasons)
            list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, reason);
        text += fmt::format(" ({})", list);
    }
    text += fmt::format(", {} repeated", tracker.repeated());
    if (tracker.torn()) text += fmt::format(", {} torn", tracker.torn());
    return text + "\n";
}

std::string latency_text(const FrameTracker& tracker) {
    if (tracker.latencies().empty()) return "";
    std::string text = "  latency      ";
    for (const LatencyRow& row : kLatencies) {
        const std::string value = human_time(ns(percentile(tracker.latencies(), row.percent)));
        text += fmt::format("{}{} {}", row.percent ? "   " : "", row.name, value);
    }
    return text + "   (sensor's first pixel to first line on the screen)\n";
}

/// `bus.<master>.read_bytes` and its write twin, a line a master.
std::string traffic_text(const Statistics& statistics) {
    constexpr std::string_view kPrefix = "bus.", kReads = ".read_bytes";
    std::string text;
    for (const auto& [name, row] : statistics.all()) {
        if (!name.starts_with(kPrefix) || !name.ends_with(kReads)) continue;
        const std::string master = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kReads.size());
        const auto writes = statistics.all().find(fmt::format("{}{}.write_bytes", kPrefix, master));
        const double read = row.value();
        const double written = writes == statistics.all().end() ? 0 : writes->second.value();
        if (read == 0 && written == 0) continue;  // a master that was not used
        text += fmt::format("  {:<12} {:>10} read {:>12} written\n", text.empty() ? "bus traffic" : "",
                            human_bytes(read), human_bytes(written));
        text.insert(text.size() - 1, fmt::format("   {}", master));
    }
    return text;
}

/// Counters of what the hardware could not do in time, or at all.
std::string trouble_text(const Statistics& statistics) {
    constexpr std::string_view kKinds[] = {".underflows", ".overflows", ".bus_errors", ".faults"};
    std::string text;
    for (const auto& [name, row] : statistics.all()) {
        for (const std::string_view kind : kKinds) {
            if (!name.ends_with(kind) || row.value() == 0) continue;
            text += fmt::format("  {:<12} {} {}: {}\n", text.empty() ? "trouble" : "", name, row.value(),
                                row.sentence);
        }
    }
    return text;
}

/// Of all counters whose name ends so.
uint64_t total_of(const Statistics& statistics, std::string_view ending) {
    double total = 0;
    for (const auto& [name, row] : statistics.all()) total += name.ends_with(ending) ? row.value() : 0;
    return static_cast<uint64_t>(total);
}

std::string errors_text(const GuestErrors& errors) {
    std::string text = fmt::format("  guest errors {}\n", errors.total());
    size_t shown = 0;
    for (const GuestErrors::Entry& entry : errors.entries()) {
        if (++shown > kErrorsShown) break;
        text += fmt::format("    {}\n", describe(entry));
    }
    if (errors.entries().size() > kErrorsShown) {
        text += fmt::format("    and {} more kinds\n", errors.entries().size() - kErrorsShown);
    }
    return text;
}

std::string time_text(const Summary& summary) {
    const double simulated = static_cast<double>(summary.simulated) / 1e12;
    const double ratio = simulated > 0 ? summary.host.seconds / simulated : 0;
    return fmt::format(
        "  time         {:.3f} s simulated in {:.2f} s of host time ({:.1f} host seconds a simulated one), "
        "{:.0f} MiB\n",
        simulated, summary.host.seconds, ratio, static_cast<double>(summary.host.peak_memory) / (1 << 20));
}

std::string verdicts_text(const std::vector<Verdict>& verdicts) {
    std::string text;
    for (const Verdict& v : verdicts) {
        text += fmt::format("  {:<12} {:<7} {:<18} {:<10} found {}\n", text.empty() ? "expected" : "",
                            v.met ? "ok" : "FAILED", v.name, v.expected, v.found);
    }
    return text;
}

}  // namespace

std::string describe(const GuestErrors::Entry& entry) {
    const GuestError& e = entry.first;
    const std::string where = e.reg.empty() ? fmt::format("+{:#x}", e.offset) : e.reg;
    return fmt::format("{} {}: {} (value {:#x}, at {}, pc {:#010x}, {}x)", e.instance, where, e.what, e.value,
                       human_time(ns(e.time)), e.pc, entry.count);
}

void register_frames(const std::string& pipeline, const FrameTracker& tracker, Statistics& statistics) {
    const auto gauge = [&](const char* name, const char* unit, const char* sentence, auto value) {
        statistics.gauge(pipeline + "." + name, unit, sentence,
                         [value] { return static_cast<double>(value()); });
    };
    gauge("frames.delivered", "frames", "distinct frames scanned out", [&] { return tracker.delivered(); });
    gauge("frames.dropped", "frames", "sensor frames older than the last delivered one that were never shown",
          [&] { return tracker.dropped_total(); });
    gauge("frames.repeated", "frames", "scan-outs of a frame already shown",
          [&] { return tracker.repeated(); });
    gauge("frames.torn", "frames", "scan-outs of memory that belonged to more than one frame",
          [&] { return tracker.torn(); });
    for (const LatencyRow& row : kLatencies) {
        gauge((std::string{"latency."} + row.name).c_str(), "ns", row.sentence,
              [&tracker, percent = row.percent] { return ns(percentile(tracker.latencies(), percent)); });
    }
}

Measured measure(const FrameTracker& tracker, const GuestErrors& errors, const Statistics& statistics) {
    Measured measured{{"frames_delivered", tracker.delivered()},
                      {"frames_dropped", tracker.dropped_total()},
                      {"frames_repeated", tracker.repeated()},
                      {"guest_errors", errors.total()},
                      {"underflows", total_of(statistics, ".underflows")},
                      {"overflows", total_of(statistics, ".overflows")}};
    if (tracker.latencies().empty()) return measured;
    for (const LatencyRow& row : kLatencies) {
        measured[std::string{"latency."} + row.name] = ns(percentile(tracker.latencies(), row.percent));
    }
    return measured;
}

std::string stats_json(const std::string& scenario, const Statistics& statistics) {
    nlohmann::ordered_json stats = nlohmann::ordered_json::object();
    for (const auto& [name, row] : statistics.all())
        stats[name] = {{"value", number(row.value())}, {"unit", row.unit}};
    const nlohmann::ordered_json all{{"schema", kStatsSchema}, {"scenario", scenario}, {"stats", stats}};
    return all.dump(2) + "\n";
}

std::string summary_text(const Summary& summary) {
    std::string text = fmt::format("{}: {}\n", summary.scenario, summary.ending);
    if (summary.tracker) text += frames_text(*summary.tracker) + latency_text(*summary.tracker);
    if (summary.chains) text += chains_text(*summary.chains);
    text += findings_text(summary.findings);
    if (summary.measurements) text += summary.measurements->text();
    if (summary.statistics) text += traffic_text(*summary.statistics);
    if (!summary.traffic_note.empty()) text += fmt::format("  {:<12} {}\n", "", summary.traffic_note);
    if (summary.statistics) text += trouble_text(*summary.statistics);
    if (summary.errors) text += errors_text(*summary.errors);
    text += time_text(summary) + verdicts_text(summary.verdicts);
    if (!summary.results.empty()) text += fmt::format("  results      {}\n", summary.results);
    return text;
}

}  // namespace exysim::observe
