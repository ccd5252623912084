// Connects the probe points of a camera and a display to tracker and recorder.
#pragma once

#include <optional>

#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "platform/observe/frame_recorder.hpp"
#include "platform/observe/frame_tracker.hpp"

namespace exysim::observe {

/// Must live as long as the probes it is attached to.
class FrameWatch {
public:
    explicit FrameWatch(RecorderConfig config) : recorder{std::move(config)} {}

    FrameTracker tracker;
    FrameRecorder recorder;

    void attach_camera(Probe<SourceFrame>& started, Probe<FrameWritten>& written,
                       Probe<FrameDropped>& dropped, const Resolve& resolve) {
        started.attach([this](const SourceFrame& frame) { tracker.source_started(frame); });
        written.attach([this, resolve](const FrameWritten& frame) { tracker.frame_written(frame, resolve); });
        dropped.attach([this](const FrameDropped& frame) { tracker.frame_dropped(frame); });
    }
    /// Follows the video layer; `frame` comes after the `scanout` it belongs to.
    void attach_display(Probe<ScanoutStart>& scanout, Probe<DisplayFrame>& frame, const Resolve& resolve) {
        scanout.attach([this, resolve](const ScanoutStart& start) {
            if (start.layer == "video") on_screen_ = tracker.scanned_out(start, resolve);
        });
        frame.attach([this](const DisplayFrame& picture) {
            if (on_screen_ && !on_screen_->repeated) recorder.add(on_screen_->delivered, picture);
            on_screen_.reset();
        });
    }

private:
    std::optional<Scanout> on_screen_;
};

}  // namespace exysim::observe
