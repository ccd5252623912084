#include "platform/observe/frame_chain.hpp"

#include <algorithm>
#include <numeric>

namespace exysim::observe {

namespace {

// clang-format off
constexpr StageFacts kFacts[kStages] = {
    {Stage::readout,  "readout",  "sensor readout",         "from the sensor's first to its last pixel: its frame rate and size decide"},
    {Stage::capture,  "capture",  "capture DMA",            "the capture device writes what is left: its FIFO, the bus and memory decide"},
    {Stage::software, "software", "software",               "interrupt, driver and application, until the display is told of the frame"},
    {Stage::conversion, "conversion", "engine's conversion", "FIMC or the 2D engine reads, changes and writes the picture: its clock, its pixels and memory decide"},
    {Stage::queue,    "queue",    "behind an earlier frame", "the display has been given an earlier frame and has not taken it over yet"},
    {Stage::vsync,    "vsync",    "waiting for vsync",      "the display knows the frame and takes it over at its next vsync"},
    {Stage::blanking, "blanking", "scan-out lead-in",       "from vsync to the first active line: the display mode decides"},
};
constexpr Meters::Meter kMeters[] = {  // those whose statistics the machine has are used
    {"CPU idle",                "cycles", ".idle_cycles"},
    {"page walks",              "ps",     ".walk_time"},
    {"SysMMU stalls",           "ps",     ".stall_time"},
    {"waiting for memory port", "ns",     ".stall_arbitration"},
    {"held back by rate",       "ns",     ".stall_regulation"},
    {"in memory",               "ns",     ".in_memory"},
    {"DRAM activates",          "1",      ".activates"},
    {"cache misses",            "1",      ".data_misses"},
    {"cache maintenance",       "1",      ".maintenance"},
    {"bus reads",               "bytes",  ".read_bytes"},
    {"bus writes",              "bytes",  ".write_bytes"},
};
// clang-format on

/// Adds spans one behind the other; what would have no length, or lie before the last, is left out.
class ChainBuilder {
public:
    explicit ChainBuilder(FrameChain& chain, Picoseconds begin, std::vector<double> meters)
        : chain_{chain}, at_{begin}, meters_{std::move(meters)} {}

    void until(Stage stage, Picoseconds end, const std::vector<double>& meters) {
        if (end <= at_) return;
        std::vector<double> rise(meters.size());
        std::transform(meters.begin(), meters.end(), meters_.begin(), rise.begin(), std::minus<>{});
        chain_.spans.push_back({stage, at_, end, std::move(rise)});
        at_ = end;
        meters_ = meters;
    }

private:
    FrameChain& chain_;
    Picoseconds at_;
    std::vector<double> meters_;
};

}  // namespace

const StageFacts& facts_of(Stage stage) { return kFacts[static_cast<size_t>(stage)]; }

Meters::Meters(const Statistics& statistics) {
    for (const Meter& meter : kMeters) {
        std::vector<const Statistic*> rows;
        for (const auto& [name, row] : statistics.all()) {
            if (name.ends_with(meter.suffix)) rows.push_back(&row);
        }
        if (rows.empty()) continue;
        meters_.push_back(meter);
        rows_.push_back(std::move(rows));
    }
}

std::vector<double> Meters::read() const {
    std::vector<double> values(rows_.size());
    for (size_t i = 0; i < rows_.size(); ++i) {
        for (const Statistic* row : rows_[i]) values[i] += row->value();
    }
    return values;
}

void FrameChains::captured(uint64_t frame, Picoseconds at) { mark(frame, Moment::captured, at); }

void FrameChains::mark(uint64_t frame, Moment moment, Picoseconds at) {
    if (moment != Moment::captured && !open_.contains(frame)) return;  // delivered, or never seen
    auto& slot = open_[frame].marks[static_cast<size_t>(moment)];
    if (!slot) slot = now(at);
}

void FrameChains::job_started(uint64_t frame, Picoseconds at) {
    const auto found = open_.find(frame);
    if (found != open_.end()) found->second.jobs.push_back({now(at), {}});
}

/// Until now the frame was not ready, so it has not waited behind another.
void FrameChains::job_done(uint64_t frame, Picoseconds at) {
    const auto found = open_.find(frame);
    if (found == open_.end() || found->second.jobs.empty()) return;
    Open& open = found->second;
    open.jobs.back().end = now(at);
    open.queued.reset();
    open.queue_ends.reset();
}

void FrameChains::programmed(uint64_t frame, Picoseconds at) {
    mark(frame, Moment::programmed, at);
    if (pending_ == frame) return;
    pending_ = frame;
    pending_since_ = now(at);
}

/// The frame that was programmed is taken over; those that are written already have waited behind it.
void FrameChains::vsync(Picoseconds at) {
    if (!pending_) return;
    mark(*pending_, Moment::taken_over, at);
    for (auto& [frame, open] : open_) {
        if (frame <= *pending_ || !open.marks[static_cast<size_t>(Moment::written)] ||
            open.marks[static_cast<size_t>(Moment::programmed)])
            continue;
        open.queued = pending_since_;
        open.queue_ends = now(at);
    }
    pending_.reset();
}

void FrameChains::shown(uint64_t frame, uint64_t delivered, Picoseconds at) {
    const auto found = open_.find(frame);
    if (found == open_.end()) return;
    const Open& open = found->second;
    const auto& mark_of = [&](Moment m) -> const std::optional<Mark>& {
        return open.marks[static_cast<size_t>(m)];
    };
    FrameChain chain{frame, delivered, {}};
    const Mark& first = *mark_of(Moment::captured);
    ChainBuilder builder{chain, first.at, first.meters};
    const auto add = [&](Stage stage, const std::optional<Mark>& until) {
        if (until) builder.until(stage, std::min(until->at, at), until->meters);
    };
    add(Stage::readout, mark_of(Moment::sent));
    add(Stage::capture, mark_of(Moment::written));
    for (const Job& job : open.jobs) {
        if (!job.end) continue;
        add(Stage::software, job.begin);
        add(Stage::conversion, job.end);
    }
    add(Stage::software, open.queued);
    add(Stage::queue, open.queue_ends);
    add(Stage::software, mark_of(Moment::programmed));
    add(Stage::vsync, mark_of(Moment::taken_over));
    const bool seen = mark_of(Moment::taken_over).has_value();
    builder.until(seen ? Stage::blanking : Stage::software, at, meters_.read());
    open_.erase(open_.begin(), std::next(found));  // older ones will not be shown any more
    if (chain.spans.empty()) return;
    chains_.push_back(std::move(chain));
    if (completed) completed(chains_.back());
}

std::vector<StageTotal> stage_totals(const std::vector<FrameChain>& chains) {
    std::vector<StageTotal> totals;
    for (const StageFacts& facts : kFacts) {
        StageTotal sum{facts.stage};
        for (const FrameChain& chain : chains) {
            Picoseconds in_frame = 0;
            for (const Span& span : chain.spans) in_frame += span.stage == facts.stage ? span.length() : 0;
            sum.total += in_frame;
            sum.longest = std::max(sum.longest, in_frame);
        }
        if (sum.total != 0) totals.push_back(sum);
    }
    return totals;
}

}  // namespace exysim::observe
