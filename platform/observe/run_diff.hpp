// Two runs side by side: which statistics and frames moved, and whether a change is one the user forbids.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace exysim::observe {

/// What a results folder tells about its run.
struct RunResult {
    struct Value {
        double value = 0;
        std::string unit;
        friend bool operator==(const Value&, const Value&) = default;
    };
    std::string scenario;
    std::map<std::string, Value> statistics;    ///< by name, as in stats.json
    std::map<std::string, std::string> frames;  ///< hash of the delivered frame, by number
};

/// Reads stats.json and frames/hashes.txt. Errors: ConfigError for a folder without stats.json, a file that
/// is not JSON, or a schema this program does not know.
RunResult read_result(const std::filesystem::path& folder);

/// A statistic whose value is not the same in both runs, or that only one of them has.
struct Change {
    enum class Kind { moved, appeared, vanished };
    std::string name, unit;
    Kind kind = Kind::moved;
    double before = 0, after = 0;

    double delta() const { return after - before; }
    /// (after - before) / |before|; infinite when it was zero.
    double relative() const;
};

/// Every change, the largest relative one first, then by name.
std::vector<Change> changes(const RunResult& before, const RunResult& after);
/// Numbers of frames that differ or that only one run delivered.
std::vector<std::string> changed_frames(const RunResult& before, const RunResult& after);

/// Why: lines on each pipeline's frame and on the bursts of the masters that changed most, with the stages
/// and parts that became longer or shorter; empty if nothing did.
std::string reasons_text(const RunResult& before, const RunResult& after);

/// A table of the `most` largest changes, in readable units; says how many it leaves out.
std::string diff_text(const std::vector<Change>& changes, size_t most);

/// A change that fails a comparison: `preview.latency.p99 > +3 %` (relative), `... > +2 ms` (difference) or
/// `... > 60 ms` (value in the second run).
struct Limit {
    enum class Of { value, difference, percent };
    std::string text, name;
    bool greater = true;  ///< else: less than
    bool or_equal = false;
    Of of = Of::value;
    double amount = 0;  ///< in the statistic's unit, or percent; signed unless of a value
};

/// Reads one --fail-on expression about statistics that both runs have. Errors: ConfigError with a sentence
/// and, for a mistyped name, the nearest one.
Limit parse_limit(const std::string& text, const RunResult& before, const RunResult& after);

/// Whether the two runs differ in the way the limit forbids.
bool exceeded(const Limit& limit, const RunResult& before, const RunResult& after);

}  // namespace exysim::observe
