// MIXER shell: puts the layers together in step with the sink's raster.
#pragma once

#include <string_view>
#include <vector>

#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/display/hdmi.hpp"
#include "models/display/mixer_core.hpp"
#include "models/display/video_processor.hpp"

namespace exysim::display {

/// The mixer between its layers and its sink. `vsync` comes from the sink; each one takes new settings over
/// and, while RUN is set, begins a frame. Statistics: `<name>.{frames,underflows}`.
class Mixer : public RegisterTarget<MixerCore> {
public:
    sc_core::sc_in<bool> vsync{"vsync"};
    sc_core::sc_out<bool> irq{"irq"};
    Probe<ScanoutStart> scanout;  ///< at the first active line of a frame with a layer on
    Probe<DisplayFrame> frame;    ///< after the last active line

    /// `video` and `sink` must outlive the mixer.
    Mixer(const sc_core::sc_module_name& name, VideoProcessor& video, const Hdmi& sink,
          Instruments& instruments);

private:
    SC_HAS_PROCESS(Mixer);
    /// Where the present frame is.
    enum class Phase : uint8_t { none, blanking, active };

    void update() override;
    void begin_frame();
    void advance();
    void start_scanout();
    void end_frame();
    void compose(VideoFrame* video);
    void report_unsupported();

    VideoProcessor& video_;
    const Hdmi& sink_;
    GuestErrors& guest_errors_;
    Phase phase_ = Phase::none;
    Timing timing_;
    Picoseconds started_ = 0;  // vsync of the present frame
    Composition composition_;
    uint64_t number_ = 0;  // of the present frame since the start
    std::vector<uint8_t> rgb_;
    std::string_view reported_;
    Counter &frames_, &underflows_;
};

}  // namespace exysim::display
