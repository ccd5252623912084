// timeline.json.gz: what every part of the machine did when, from probe points.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/frame_events.hpp"
#include "models/base/guest_errors.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "platform/observe/buffer_flows.hpp"
#include "platform/observe/busy_track.hpp"
#include "platform/observe/frame_chain.hpp"
#include "platform/observe/frame_tracker.hpp"
#include "platform/observe/trace_file.hpp"

namespace exysim::observe {

/// Must live as long as the probes that its functions are attached to. Functions that take a name may be
/// called for any number of devices.
class Timeline {
public:
    explicit Timeline(const std::filesystem::path& file) : trace_{file} {}

    /// A frame's spans, one row a stage, joined by arrows.
    void frame(const FrameChain& chain);
    /// What a buffer, known by the physical page it begins at, held.
    void buffer_written(PhysAddr at, uint64_t frame, Picoseconds time);
    void buffer_shown(PhysAddr at, uint64_t frame, Picoseconds time);
    void vsync(const std::string& display, Picoseconds time);
    /// A device is at work on a frame, or on nobody's.
    void work(const std::string& device, std::string_view what, std::optional<uint64_t> frame,
              Picoseconds begin, Picoseconds end);
    /// A frame's picture is on the screen from `begin` on, until the next vsync.
    void scanned_out(const std::string& display, uint64_t frame, Picoseconds begin);
    /// The running task takes a frame's buffer from a device, or gives it to one.
    void task_moves(uint64_t frame, Picoseconds time);
    /// The frame was shown for the first time: arrows go along with its buffers from device to device.
    void delivered(uint64_t frame) { flows_.delivered(frame); }
    /// A track for a thing that is busy in short uses; stays as long as the timeline.
    BusyTrack& busy_track(const std::string& group, const std::string& name, BusyTrack::Words words) {
        return busy_.emplace_back(trace_, trace_.track(group, name), std::move(words));
    }
    void happened(const std::string& device, std::string_view what, Picoseconds time);
    /// A core has taken an interrupt, or is done with it.
    void interrupt_taken(uint32_t core, uint32_t id, Picoseconds time);
    void interrupt_ended(uint32_t core, uint32_t id, Picoseconds time);
    /// The guest's scheduler has given the processor to a task; 0 is the idle one.
    void task_runs(uint32_t task, const std::string& name, Picoseconds time);
    /// A span of a guest's task, by the marks it sets.
    void task_begins(uint32_t task, std::string_view what, Picoseconds time);
    void task_ends(uint32_t task, Picoseconds time);
    /// A core is in this function of the guest; in none, if it is empty.
    void in_function(uint32_t core, const std::string& function, Picoseconds time);
    void console(const std::string& port, char character, Picoseconds time);

    /// Rates of what grows: to be called at even steps.
    void sample(const Statistics& statistics, Picoseconds time);
    void name_interrupt(uint32_t id, std::string name) { interrupt_names_[id] = std::move(name); }
    /// Ends what is still open; the last call.
    void close(Picoseconds now);

private:
    struct Open {
        std::string what;
        Picoseconds since;
    };
    /// A curve: the growth of a statistic, a second.
    struct Rate {
        const Statistic* row;
        std::string group, name;
        double scale, last;
    };
    std::string interrupt_name(uint32_t id) const;
    void find_rates(const Statistics& statistics);
    void show_nothing(Picoseconds time);
    void run_nothing(Picoseconds time);
    void end_scanout(Picoseconds time);
    Lanes& lanes_of(const std::string& device) {
        return devices_.try_emplace(device, trace_, "devices", device).first->second;
    }

    /// A picture on a screen.
    struct OnDisplay {
        std::string display;
        uint64_t frame;
        Picoseconds since;
    };

    TraceFile trace_;
    BufferFlows flows_{trace_};
    std::deque<BusyTrack> busy_;
    std::map<Stage, Lanes> stages_;
    std::map<std::string, Lanes> devices_;
    std::optional<OnDisplay> on_display_;
    std::map<uint32_t, std::string> interrupt_names_;
    std::map<uint32_t, std::vector<Open>> interrupts_, tasks_;  // by core, by task; the innermost last
    std::optional<std::pair<PhysAddr, Open>> on_screen_;
    std::map<uint32_t, std::string> task_names_;
    std::optional<Open> running_;         // the task that has the processor
    std::map<uint32_t, Open> functions_;  // by core
    std::map<std::string, Open> lines_;   // of consoles, not ended yet
    std::vector<Rate> rates_;
    std::optional<Picoseconds> sampled_;
};

}  // namespace exysim::observe
