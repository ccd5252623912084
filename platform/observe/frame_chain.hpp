// The life of each delivered frame as a chain of spans without gaps: what it was waiting for from the moment
// its first pixel left the sensor until its first line was on the screen. The spans add up to the frame's
// latency exactly, because each begins where the one before ends.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"

namespace exysim::observe {

/// What a frame waits for, in the order of a frame's life (`conversion` and `queue` may lie inside software's
/// part). From `handover` to `fence` is software's part of it: split as far as the guest tells
/// (software_does()), `software` where it does not.
enum class Stage : uint8_t {
    readout,
    capture,
    handover,
    driver,
    mapping,
    maintenance,
    application,
    others,
    blocked,
    asleep,
    lock,
    fence,
    software,
    conversion,
    queue,
    vsync,
    blanking
};

struct StageFacts {
    Stage stage;
    std::string_view name;      ///< in results
    std::string_view title;     ///< for people
    std::string_view sentence;  ///< what ends it and what would make it shorter
    bool by_modes = false;      ///< sensor, display and how their devices hand over decide; nobody is late
};
inline constexpr size_t kStages = 17;
const StageFacts& facts_of(Stage stage);

/// Counts that tell what the machine did meanwhile ("page walks"): sums over statistics of one kind.
class Meters {
public:
    struct Meter {
        std::string name, unit;
    };
    /// Those that the machine offers: of all masters together, and what the bursts of some `masters` waited
    /// for, each alone. `statistics` outlives this and gets no new rows of these kinds.
    explicit Meters(const Statistics& statistics, const std::vector<std::string>& masters = {});
    /// None.
    Meters() = default;

    const std::vector<Meter>& meters() const { return meters_; }
    std::vector<double> read() const;

private:
    /// One more, the sum of the statistics whose names begin and end so.
    void add(const Statistics& statistics, Meter meter, std::string_view begins, std::string_view ends);

    std::vector<Meter> meters_;
    std::vector<std::vector<const Statistic*>> rows_;  // of each meter
};

struct Span {
    Stage stage;
    Picoseconds begin, end;
    std::vector<double> meters;  ///< by how much each meter rose

    Picoseconds length() const { return end - begin; }
};

struct FrameChain {
    uint64_t frame = 0;      ///< sensor frame over the whole run
    uint64_t delivered = 0;  ///< in order of delivery
    std::vector<Span> spans;

    Picoseconds begin() const { return spans.front().begin; }
    Picoseconds end() const { return spans.back().end; }
};

/// One stage over all delivered frames.
struct StageTotal {
    Stage stage;
    Picoseconds total = 0, longest = 0;  ///< longest: within one frame
};

/// Builds chains from the moments that probe points report. A moment that nobody reports (a display without
/// a probe for it) leaves its time to the stage before. A chain that is complete is told of and forgotten:
/// memory does not grow with the run.
class FrameChains {
public:
    /// Each chain that is complete, in order of delivery.
    Probe<FrameChain> completed;

    void set_meters(Meters meters) { meters_ = std::move(meters); }
    const Meters& meters() const { return meters_; }

    void captured(uint64_t frame, Picoseconds at);
    void sent(uint64_t frame, Picoseconds at) { mark(frame, Moment::sent, at); }
    void written(uint64_t frame, Picoseconds at) { mark(frame, Moment::written, at); }
    /// A memory-to-memory engine begins and ends a job on the frame; a job without an end is software's time.
    void job_started(uint64_t frame, Picoseconds at);
    void job_done(uint64_t frame, Picoseconds at);
    /// The processor has taken the capture device's interrupt: frames that were written are software's now.
    void capture_interrupt(Picoseconds at);
    /// What software does from now on, about the frames that it has: `software` if nobody knows.
    void software_does(Stage stage, Picoseconds at);
    void programmed(uint64_t frame, Picoseconds at);
    void vsync(Picoseconds at);
    /// The first scan-out of a frame; it ends the chain.
    void shown(uint64_t frame, uint64_t delivered, Picoseconds at);

    uint64_t count() const { return count_; }  ///< of complete chains
    /// Of each stage, in the order of a frame's life.
    const std::array<StageTotal, kStages>& totals() const { return totals_; }

private:
    enum class Moment : uint8_t { captured, sent, written, handed_over, programmed, taken_over };
    static constexpr size_t kMoments = 6;
    struct Mark {
        Picoseconds at = 0;
        std::vector<double> meters;
    };
    struct Job {
        Mark begin;
        std::optional<Mark> end;
    };
    struct Open {
        std::optional<Mark> marks[kMoments];
        const std::optional<Mark>& mark(Moment m) const { return marks[static_cast<size_t>(m)]; }
        std::vector<Job> jobs;           // of engines, by their begin
        std::optional<Mark> queued;      // an earlier frame was programmed and not taken over: from when
        std::optional<Mark> queue_ends;  // it was taken over
    };
    void mark(uint64_t frame, Moment moment, Picoseconds at);
    Mark now(Picoseconds at) const { return {at, meters_.read()}; }
    class Builder;
    bool software_has_one() const;
    void fill_software(Builder& builder, Picoseconds until, const std::vector<double>& meters) const;
    void build(Builder& builder, const Open& open, Picoseconds shown) const;

    Meters meters_;
    std::map<uint64_t, Open> open_;      // frames on their way
    std::optional<uint64_t> pending_;    // programmed, not taken over
    std::optional<Mark> pending_since_;  // when it was programmed
    /// What software did from when on; the oldest are forgotten, their time is `software`.
    struct Activity {
        Stage stage = Stage::software;
        Mark since;
    };
    static constexpr size_t kMostActivities = 8192;
    std::deque<Activity> activities_{Activity{}};
    static std::array<StageTotal, kStages> no_totals();
    void count(const FrameChain& chain);
    uint64_t count_ = 0;
    std::array<StageTotal, kStages> totals_ = no_totals();
};

/// Stages that took any time, in the order of a frame's life.
std::vector<StageTotal> stage_totals(const FrameChains& chains);

/// The table "where the time went" of the summary; empty without chains.
std::string chains_text(const FrameChains& chains);
/// frames.json: every chain, written when it is complete; times in ps.
class ChainFile {
public:
    /// Throws std::runtime_error if the file cannot be made.
    ChainFile(const std::filesystem::path& file, const std::string& pipeline, const Meters& meters);
    void add(const FrameChain& chain);
    /// The last call. Throws std::runtime_error if not all could be written.
    void close();

private:
    std::filesystem::path name_;
    std::ofstream out_;
    bool first_ = true;
};
/// Registers `<pipeline>.spans.<stage>.{mean,max}`.
void register_chains(const std::string& pipeline, const FrameChains& chains, Statistics& statistics);

}  // namespace exysim::observe
