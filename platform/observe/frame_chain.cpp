#include "platform/observe/frame_chain.hpp"

#include <algorithm>
#include <numeric>

namespace exysim::observe {

namespace {

// clang-format off
constexpr StageFacts kFacts[kStages] = {
    {Stage::readout,  "readout",  "sensor readout",         "from the sensor's first to its last pixel: its frame rate and size decide", true},
    {Stage::capture,  "capture",  "capture DMA",            "the capture device writes what is left: its FIFO, the bus and memory decide"},
    {Stage::handover, "handover", "waiting for interrupt",  "until the processor takes the capture device's interrupt: a FIMC raises it when the next frame begins", true},
    {Stage::driver,   "driver",   "drivers",                "interrupt handlers and calls of video, display and buffer drivers on the processor"},
    {Stage::mapping,  "mapping",  "mapping for devices",    "the processor gives devices addresses or takes them back: records, SysMMU tables, TLBs"},
    {Stage::maintenance, "maintenance", "cache maintenance", "the processor cleans or invalidates caches for a device, line by line"},
    {Stage::application, "application", "application",      "the program that handles the frame has the processor"},
    {Stage::others,   "others",   "other tasks",            "other tasks have the processor"},
    {Stage::blocked,  "blocked",  "blocked in a driver",    "the program waits inside a driver's call: for a device, a buffer or a vsync"},
    {Stage::asleep,   "asleep",   "program asleep",         "the program sleeps or polls; nothing has woken it yet"},
    {Stage::lock,     "lock",     "waiting for a lock",     "somebody else holds a lock that the program needs"},
    {Stage::fence,    "fence",    "waiting for a fence",    "the program waits until a fence is signalled: whoever promised it decides"},
    {Stage::software, "software", "software",               "interrupt, driver and application, until the display is told of the frame"},
    {Stage::conversion, "conversion", "engine's conversion", "FIMC or the 2D engine reads, changes and writes the picture: its clock, its pixels and memory decide"},
    {Stage::queue,    "queue",    "behind an earlier frame", "the display has been given an earlier frame and has not taken it over yet"},
    {Stage::vsync,    "vsync",    "waiting for vsync",      "the display knows the frame and takes it over at its next vsync"},
    {Stage::blanking, "blanking", "scan-out lead-in",       "from vsync to the first active line: the display mode decides", true},
};
/// A sum over statistics whose names end so.
struct MeterKind {
    std::string_view name, unit, ends;
};
constexpr MeterKind kMeters[] = {  // those whose statistics the machine has are used
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
/// Of one master, reads and writes together.
constexpr MeterKind kMasterMeters[] = {
    {"bursts held back by rate",        "ns", ".stall_regulation"},
    {"bursts in own channel",           "ns", ".stall_channel"},
    {"bursts waiting for memory port",  "ns", ".stall_arbitration"},
    {"bursts in memory",                "ns", ".in_memory"},
};
// clang-format on

}  // namespace

/// Adds spans one behind the other; what would have no length, or lie before the last, is left out.
class FrameChains::Builder {
public:
    explicit Builder(FrameChain& chain, Picoseconds begin, std::vector<double> meters)
        : chain_{chain}, at_{begin}, meters_{std::move(meters)} {}

    Picoseconds at() const { return at_; }

    void until(Stage stage, Picoseconds end, const std::vector<double>& meters) {
        if (end <= at_) return;
        std::vector<double>& rise = span_of(stage, meters.size()).meters;
        for (size_t i = 0; i < meters.size(); ++i) rise[i] += meters[i] - meters_[i];
        chain_.spans.back().end = end;
        at_ = end;
        meters_ = meters;
    }

private:
    /// The last span if it is of this stage, else a new one.
    Span& span_of(Stage stage, size_t meters) {
        std::vector<Span>& spans = chain_.spans;
        if (spans.empty() || spans.back().stage != stage)
            spans.push_back({stage, at_, at_, std::vector<double>(meters)});
        return spans.back();
    }

    FrameChain& chain_;
    Picoseconds at_;
    std::vector<double> meters_;
};

const StageFacts& facts_of(Stage stage) { return kFacts[static_cast<size_t>(stage)]; }

Meters::Meters(const Statistics& statistics, const std::vector<std::string>& masters) {
    for (const MeterKind& kind : kMeters)
        add(statistics, {std::string{kind.name}, std::string{kind.unit}}, "", kind.ends);
    for (const std::string& master : masters) {
        for (const MeterKind& kind : kMasterMeters)
            add(statistics, {master + " " + std::string{kind.name}, std::string{kind.unit}},
                "bus." + master + ".", kind.ends);
        add(statistics, {master + " page walks", "ps"}, "sysmmu_" + master + ".", ".walk_time");
    }
}

void Meters::add(const Statistics& statistics, Meter meter, std::string_view begins, std::string_view ends) {
    std::vector<const Statistic*> rows;
    for (const auto& [name, row] : statistics.all()) {
        if (name.starts_with(begins) && name.ends_with(ends)) rows.push_back(&row);
    }
    if (rows.empty()) return;
    meters_.push_back(std::move(meter));
    rows_.push_back(std::move(rows));
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
        if (frame <= *pending_ || !open.mark(Moment::written) || open.mark(Moment::programmed)) continue;
        open.queued = pending_since_;
        open.queue_ends = now(at);
    }
    pending_.reset();
}

void FrameChains::capture_interrupt(Picoseconds at) {
    for (auto& [frame, open] : open_) {
        if (open.mark(Moment::written)) mark(frame, Moment::handed_over, at);
    }
}

bool FrameChains::software_has_one() const {
    return std::any_of(open_.begin(), open_.end(),
                       [](const auto& o) { return o.second.mark(Moment::written).has_value(); });
}

void FrameChains::software_does(Stage stage, Picoseconds at) {
    if (activities_.back().stage == stage) return;
    const bool wanted = software_has_one();
    if (!wanted) activities_.clear();  // no frame's time before now is software's
    if (activities_.size() == kMostActivities) activities_.pop_front();
    activities_.push_back({stage, wanted ? now(at) : Mark{at, {}}});
}

/// Up to `until` by what software did when.
void FrameChains::fill_software(Builder& builder, Picoseconds until,
                                const std::vector<double>& meters) const {
    Stage stage = Stage::software;
    for (const Activity& activity : activities_) {
        if (activity.since.at >= until) break;
        if (activity.since.at > builder.at()) builder.until(stage, activity.since.at, activity.since.meters);
        stage = activity.stage;
    }
    builder.until(stage, until, meters);
}

void FrameChains::build(Builder& builder, const Open& open, Picoseconds shown) const {
    const auto add = [&](Stage stage, const std::optional<Mark>& until) {
        if (until) builder.until(stage, std::min(until->at, shown), until->meters);
    };
    const auto add_software = [&](const std::optional<Mark>& until) {
        if (until) fill_software(builder, std::min(until->at, shown), until->meters);
    };
    const auto &programmed = open.mark(Moment::programmed), &handed_over = open.mark(Moment::handed_over),
               &taken_over = open.mark(Moment::taken_over);
    add(Stage::readout, open.mark(Moment::sent));
    add(Stage::capture, open.mark(Moment::written));
    if (handed_over && !(programmed && programmed->at < handed_over->at)) add(Stage::handover, handed_over);
    for (const Job& job : open.jobs) {
        if (!job.end) continue;
        add_software(job.begin);
        add(Stage::conversion, job.end);
    }
    add_software(open.queued);
    add(Stage::queue, open.queue_ends);
    add_software(programmed);
    add(Stage::vsync, taken_over);
    if (taken_over) return builder.until(Stage::blanking, shown, meters_.read());
    fill_software(builder, shown, meters_.read());
}

void FrameChains::shown(uint64_t frame, uint64_t delivered, Picoseconds at) {
    const auto found = open_.find(frame);
    if (found == open_.end()) return;
    const Open& open = found->second;
    FrameChain chain{frame, delivered, {}};
    const Mark& first = *open.mark(Moment::captured);
    Builder builder{chain, first.at, first.meters};
    build(builder, open, at);
    open_.erase(open_.begin(), std::next(found));  // older ones will not be shown any more
    if (chain.spans.empty()) return;
    count(chain);
    completed(chain);
}

std::array<StageTotal, kStages> FrameChains::no_totals() {
    std::array<StageTotal, kStages> totals;
    for (size_t i = 0; i < kStages; ++i) totals[i] = {kFacts[i].stage};
    return totals;
}

void FrameChains::count(const FrameChain& chain) {
    std::array<Picoseconds, kStages> in_frame{};
    for (const Span& span : chain.spans) in_frame[static_cast<size_t>(span.stage)] += span.length();
    for (size_t i = 0; i < kStages; ++i) {
        totals_[i].total += in_frame[i];
        totals_[i].longest = std::max(totals_[i].longest, in_frame[i]);
    }
    ++count_;
}

std::vector<StageTotal> stage_totals(const FrameChains& chains) {
    std::vector<StageTotal> totals;
    for (const StageTotal& sum : chains.totals()) {
        if (sum.total != 0) totals.push_back(sum);
    }
    return totals;
}

}  // namespace exysim::observe
