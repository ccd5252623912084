// Connects the probe points of cameras, memory-to-memory engines and a display to tracker and recorder.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "platform/observe/frame_chain.hpp"
#include "platform/observe/frame_recorder.hpp"
#include "platform/observe/frame_tracker.hpp"
#include "platform/observe/software_watch.hpp"
#include "platform/observe/timeline.hpp"

namespace exysim::observe {

/// Must live as long as the probes it is attached to.
class FrameWatch {
public:
    explicit FrameWatch(RecorderConfig config) : recorder{std::move(config)} {}

    FrameTracker tracker;
    FrameRecorder recorder;
    FrameChains chains;
    SoftwareWatch software;

    /// Tells the timeline of frames and buffers; before the simulation starts.
    void set_timeline(Timeline& timeline) {
        timeline_ = &timeline;
        chains.completed.attach([&timeline](const FrameChain& chain) { timeline.frame(chain); });
    }

    /// Where a camera's frames come from.
    struct Camera {
        std::string device;  ///< that captures them
        Probe<SourceFrame>& started;
        Probe<SourceFrameSent>& sent;
        Probe<FrameWritten>& written;
        Probe<FrameWritten>& damaged;
        Probe<FrameDropped>& dropped;
    };
    void attach_camera(const Camera& camera, const Resolve& resolve) {
        camera.started.attach([this](const SourceFrame& frame) {
            tracker.source_started(frame);
            chains.captured(tracker.over_run(frame.number), frame.time);
            last_started_ = {tracker.over_run(frame.number), frame.time};
        });
        camera.sent.attach([this](const SourceFrameSent& frame) {
            chains.sent(tracker.over_run(frame.number), frame.time);
        });
        // Software may show a damaged frame: what it shows then is that frame, not the one before in the
        // buffer.
        const auto written = [this, resolve, device = camera.device](const FrameWritten& frame) {
            tracker.frame_written(frame, resolve);
            const uint64_t number = tracker.over_run(frame.number);
            chains.written(number, frame.time);
            if (const auto at = buffer_at(frame.planes, resolve))
                timeline_->buffer_written(*at, number, frame.time);
            if (timeline_ && last_started_.first == number)
                timeline_->work(device, "captured", number, last_started_.second, frame.time);
        };
        camera.written.attach(written);
        camera.damaged.attach(written);
        camera.dropped.attach([this](const FrameDropped& frame) { tracker.frame_dropped(frame); });
    }
    /// A memory-to-memory engine: what it makes of a frame is that frame. It does one job at a time.
    void attach_engine(const std::string& device, Probe<JobStarted>& started, Probe<JobDone>& done,
                       const Resolve& resolve) {
        Job& at = in_engines_.emplace_back();
        started.attach([this, &at, resolve](const JobStarted& job) {
            at = {tracker.frame_under(job.reads, resolve), job.time};
            if (at.frame) chains.job_started(*at.frame, job.time);
        });
        done.attach([this, &at, device, resolve](const JobDone& job) {
            tracker.converted(at.frame, job, resolve);
            if (at.frame) chains.job_done(*at.frame, job.time);
            if (timeline_)
                timeline_->work(device, at.frame ? "converted" : "job", at.frame, at.begin, job.time);
        });
    }
    /// What a display shows, and when it was told; `frame` comes after the `scanout` it belongs to.
    struct Display {
        std::string name;
        Probe<LayerProgrammed>& programmed;
        Probe<Vsync>& vsync;
        Probe<ScanoutStart>& scanout;
        Probe<DisplayFrame>& frame;
    };
    /// Follows the video layer.
    void attach_display(const Display& display, const Resolve& resolve) {
        display.programmed.attach([this, resolve](const LayerProgrammed& layer) {
            if (const auto frame = tracker.frame_under(layer.planes, resolve))
                chains.programmed(*frame, layer.time);
        });
        display.vsync.attach([this](const Vsync& vsync) { chains.vsync(vsync.time); });
        display.scanout.attach([this, resolve, name = display.name](const ScanoutStart& start) {
            if (start.layer != "video") return;
            on_screen_ = tracker.scanned_out(start, resolve);
            if (on_screen_ && !on_screen_->repeated)
                chains.shown(on_screen_->frame, on_screen_->delivered, start.time);
            const auto at = buffer_at(start.planes, resolve);
            if (at && on_screen_) timeline_->buffer_shown(*at, on_screen_->frame, start.time);
            if (timeline_ && on_screen_) {
                timeline_->scanned_out(name, on_screen_->frame, start.time);
                if (!on_screen_->repeated) timeline_->delivered(on_screen_->frame);
            }
        });
        display.frame.attach([this](const DisplayFrame& picture) {
            if (on_screen_ && !on_screen_->repeated) recorder.add(on_screen_->delivered, picture);
            on_screen_.reset();
        });
    }

private:
    /// The buffer's first byte, if there is a timeline to tell of it.
    std::optional<PhysAddr> buffer_at(const std::vector<IovaRange>& planes, const Resolve& resolve) const {
        return timeline_ && !planes.empty() ? resolve(planes.front().base) : std::nullopt;
    }

    Timeline* timeline_ = nullptr;
    /// What an engine is working on.
    struct Job {
        std::optional<uint64_t> frame;
        Picoseconds begin = 0;
    };
    std::deque<Job> in_engines_;
    std::pair<uint64_t, Picoseconds> last_started_{~uint64_t{0}, 0};  // sensor frame and when it began
    std::optional<Scanout> on_screen_;
};

}  // namespace exysim::observe
