#include "platform/observe/timeline.hpp"

#include <fmt/format.h>

namespace exysim::observe {

namespace {

const std::string kFrames = "frames", kBuffers = "buffers", kDevices = "devices", kInterrupts = "interrupts",
                  kTasks = "guest tasks", kConsoles = "consoles", kFunctions = "CPU functions";

struct Curve {
    std::string_view prefix, suffix;
    const char* group;
    const char* unit;
    double scale;
};
// clang-format off
constexpr Curve kCurves[] = {
    {"bus.", ".read_bytes",  "bus masters", "read MB/s",        1e-6},
    {"bus.", ".write_bytes", "bus masters", "write MB/s",       1e-6},
    {"cpu.", ".idle_cycles", "processor",   "idle cycles/s",    1},
    {"cpu.", ".instructions","processor",   "instructions/s",   1},
    {"sysmmu", ".tlb.misses","SysMMU",      "TLB misses/s",     1},
    {"ram.", ".row_misses",  "DRAM",        "row misses/s",     1},
    {"bus.", ".stall_arbitration", "bus waits", "ns waited/s",  1},
    {"ram.", ".row_conflicts", "DRAM",      "row conflicts/s",  1},
};
// clang-format on

std::string buffer_name(PhysAddr at) { return fmt::format("buffer at {:#010x}", at.value); }

}  // namespace

void Timeline::frame(const FrameChain& chain) {
    const std::string name = fmt::format("frame {}", chain.delivered);
    TraceFile::Flow kind = TraceFile::Flow::begin;
    for (const Span& span : chain.spans) {
        const std::string row{facts_of(span.stage).title};
        Lanes& lanes = stages_.try_emplace(span.stage, trace_, kFrames, row).first->second;
        const TraceFile::Track track = lanes.free_track(span.begin, span.end);
        trace_.slice(track, name, span.begin, span.end, {{"sensor frame", std::to_string(chain.frame)}});
        if (&span == &chain.spans.back() && chain.spans.size() > 1) kind = TraceFile::Flow::end;
        trace_.flow(kind, track, "frame", name, chain.delivered, span.begin + span.length() / 2);
        kind = TraceFile::Flow::step;
    }
}

void Timeline::buffer_written(PhysAddr at, uint64_t frame, Picoseconds time) {
    trace_.instant(trace_.track(kBuffers, buffer_name(at)), fmt::format("frame {} written", frame), time);
}

void Timeline::buffer_shown(PhysAddr at, uint64_t frame, Picoseconds time) {
    if (on_screen_ && on_screen_->first == at) return;
    show_nothing(time);
    on_screen_ = {at, {fmt::format("frame {} on the screen", frame), time}};
}

void Timeline::show_nothing(Picoseconds time) {
    if (!on_screen_) return;
    const auto& [at, open] = *on_screen_;
    trace_.slice(trace_.track(kBuffers, buffer_name(at)), open.what, open.since, time);
    on_screen_.reset();
}

void Timeline::vsync(const std::string& display, Picoseconds time) {
    trace_.instant(trace_.track(kDevices, display + " vsync"), "vsync", time);
    end_scanout(time);
}

void Timeline::work(const std::string& device, std::string_view what, std::optional<uint64_t> frame,
                    Picoseconds begin, Picoseconds end) {
    const TraceFile::Track track = lanes_of(device).free_track(begin, end);
    trace_.slice(track, frame ? fmt::format("frame {} {}", *frame, what) : what, begin, end);
    if (frame) flows_.at(*frame, track, begin + (end - begin) / 2);
}

void Timeline::scanned_out(const std::string& display, uint64_t frame, Picoseconds begin) {
    end_scanout(begin);
    on_display_ = {display, frame, begin};
    flows_.at(frame, trace_.track(kDevices, display), begin);
}

void Timeline::end_scanout(Picoseconds time) {
    if (!on_display_) return;
    const auto& [display, frame, since] = *on_display_;
    trace_.slice(trace_.track(kDevices, display), fmt::format("frame {} scanned out", frame), since, time);
    on_display_.reset();
}

void Timeline::task_moves(uint64_t frame, Picoseconds time) {
    if (running_) flows_.at(frame, trace_.track(kTasks, "processor"), time);
}

void Timeline::happened(const std::string& device, std::string_view what, Picoseconds time) {
    trace_.instant(trace_.track(kDevices, device), what, time);
}

std::string Timeline::interrupt_name(uint32_t id) const {
    const auto found = interrupt_names_.find(id);
    return found == interrupt_names_.end() ? fmt::format("interrupt {}", id) : found->second;
}

void Timeline::interrupt_taken(uint32_t core, uint32_t id, Picoseconds time) {
    interrupts_[core].push_back({interrupt_name(id), time});
}

/// Interrupts that nest end in reverse; one that ended out of order gives its slice all the same.
void Timeline::interrupt_ended(uint32_t core, uint32_t id, Picoseconds time) {
    std::vector<Open>& open = interrupts_[core];
    const std::string name = interrupt_name(id);
    for (auto at = open.rbegin(); at != open.rend(); ++at) {
        if (at->what != name) continue;
        trace_.slice(trace_.track(kInterrupts, fmt::format("core {}", core)), name, at->since, time);
        open.erase(std::next(at).base());
        return;
    }
}

void Timeline::task_runs(uint32_t task, const std::string& name, Picoseconds time) {
    run_nothing(time);
    if (task == 0) return;
    task_names_.try_emplace(task, fmt::format("{} ({})", name, task));
    running_ = {task_names_.at(task), time};
}

void Timeline::run_nothing(Picoseconds time) {
    if (running_) trace_.slice(trace_.track(kTasks, "processor"), running_->what, running_->since, time);
    running_.reset();
}

void Timeline::task_begins(uint32_t task, std::string_view what, Picoseconds time) {
    tasks_[task].push_back({std::string{what}, time});
}

void Timeline::task_ends(uint32_t task, Picoseconds time) {
    std::vector<Open>& open = tasks_[task];
    if (open.empty()) return;
    const auto named = task_names_.find(task);
    const std::string row = named == task_names_.end() ? fmt::format("task {}", task) : named->second;
    trace_.slice(trace_.track(kTasks, row), open.back().what, open.back().since, time);
    open.pop_back();
}

void Timeline::in_function(uint32_t core, const std::string& function, Picoseconds time) {
    Open& open = functions_[core];
    if (open.what == function) return;
    if (!open.what.empty())
        trace_.slice(trace_.track(kFunctions, fmt::format("core {}", core)), open.what, open.since, time);
    open = {function, time};
}

void Timeline::console(const std::string& port, char character, Picoseconds time) {
    Open& line = lines_[port];
    if (character == '\r') return;
    if (character != '\n') {
        if (line.what.empty()) line.since = time;
        line.what += character;
        return;
    }
    if (!line.what.empty()) trace_.instant(trace_.track(kConsoles, port), line.what, line.since);
    line.what.clear();
}

void Timeline::find_rates(const Statistics& statistics) {
    for (const auto& [name, row] : statistics.all()) {
        for (const Curve& c : kCurves) {
            if (!name.starts_with(c.prefix) || !name.ends_with(c.suffix)) continue;
            const std::string owner = name.substr(0, name.size() - c.suffix.size());
            rates_.push_back({&row, c.group, fmt::format("{} {}", owner, c.unit), c.scale, row.value()});
        }
    }
}

void Timeline::sample(const Statistics& statistics, Picoseconds time) {
    if (!sampled_) find_rates(statistics);
    const double seconds = sampled_ ? static_cast<double>(time - *sampled_) / 1e12 : 0;
    const Picoseconds since = sampled_.value_or(time);
    sampled_ = time;
    if (seconds == 0) return;
    for (Rate& rate : rates_) {
        const double value = rate.row->value();
        if (value != 0)
            trace_.counter(rate.group, rate.name, since, (value - rate.last) * rate.scale / seconds);
        rate.last = value;
    }
}

void Timeline::close(Picoseconds now) {
    show_nothing(now);
    end_scanout(now);
    for (BusyTrack& track : busy_) track.close();
    run_nothing(now);
    for (auto& [task, open] : tasks_) {
        while (!open.empty()) task_ends(task, now);
    }
    for (const auto& [core, open] : functions_) in_function(core, "", now);
    trace_.close();
}

}  // namespace exysim::observe
