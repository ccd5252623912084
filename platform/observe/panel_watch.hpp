// What a display shows that no pipeline leads to: a picture of each change.
#pragma once

#include <string>

#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "platform/observe/frame_recorder.hpp"
#include "platform/pictures/picture.hpp"

namespace exysim::observe {

/// Records a frame whenever it differs from the one before. Must live as long as the probe it is attached to.
class PanelWatch {
public:
    explicit PanelWatch(RecorderConfig config) : recorder{std::move(config)} {}

    FrameRecorder recorder;

    void attach(Probe<DisplayFrame>& frame) {
        frame.attach([this](const DisplayFrame& picture) {
            std::string hash = pictures::picture_hash(picture.width, picture.height, picture.rgb);
            if (hash == shown_) return;
            shown_ = std::move(hash);
            recorder.add(changes_++, picture);
        });
    }

private:
    std::string shown_;
    uint64_t changes_ = 0;
};

}  // namespace exysim::observe
