// MIXER shell: puts the layers together in step with the sink's raster.
#pragma once

#include <string_view>
#include <vector>

#include "models/base/engine_reset.hpp"
#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/display/compositor.hpp"
#include "models/display/line_fetcher.hpp"
#include "models/display/mixer_core.hpp"
#include "models/display/video_processor.hpp"

namespace exysim::display {

/// The mixer between its layers and its sinks. A vsync of the sink that CFG names takes new settings over
/// and, while RUN is set, begins a frame, or a field of an interlaced picture; the screen shows a field
/// woven with the one before. A reset takes the present frame off the screen. Statistics:
/// `<name>.{frames,underflows}`, and each graphics layer's as LineFetcher's under `<name>.graphics{0,1}`.
class Mixer : public RegisterTarget<MixerCore> {
public:
    sc_core::sc_in<bool> vsync{"vsync"};          ///< HDMI's
    sc_core::sc_in<bool> sdo_vsync{"sdo_vsync"};  ///< SDO's
    sc_core::sc_out<bool> irq{"irq"};
    Probe<Vsync> vsync_seen;      ///< of the sink that is listened to, settings taken over
    Probe<ScanoutStart> scanout;  ///< at the first active line of a frame, for each layer on it
    Probe<DisplayFrame> frame;    ///< after the last active line
    Probe<EngineReset> was_reset;
    LineFetcher graphics0, graphics1;

    /// `video` and the sinks must outlive the mixer.
    Mixer(const sc_core::sc_module_name& name, const LineFetcherConfig& config, VideoProcessor& video,
          const Sink& hdmi, const Sink& sdo, Instruments& instruments);

private:
    SC_HAS_PROCESS(Mixer);
    /// Where the present frame is.
    enum class Phase : uint8_t { none, blanking, active };

    void update() override;
    void supply_lost() override { give_up_frame(); }
    void give_up_frame();
    void hdmi_frame() {
        if (core_.to_hdmi()) begin_frame(hdmi_.raster());
    }
    void sdo_frame() {
        if (!core_.to_hdmi()) begin_frame(sdo_.raster());
    }
    void begin_frame(const Raster& raster);
    void begin_layers();
    void advance();
    void start_scanout();
    void end_frame();
    void compose(const Pictures& pictures);
    void report_mistake();
    LineFetcher& fetcher(size_t n) { return n ? graphics1 : graphics0; }

    VideoProcessor& video_;
    const Sink &hdmi_, &sdo_;
    GuestErrors& guest_errors_;
    Phase phase_ = Phase::none;
    Timing timing_;
    Scan scan_;
    Picoseconds started_ = 0;  // vsync of the present frame
    Composition composition_;
    std::array<GraphicFrame, 2> graphic_frames_;
    uint64_t resets_ = 0;  // as was_reset has told them
    uint64_t number_ = 0;  // of the present frame since the start
    Compositor compositor_;
    std::vector<Pixel> line_;
    std::vector<uint8_t> rgb_;  // the screen; keeps the other field's lines
    std::string_view reported_;
    Counter &frames_, &underflows_;
};

}  // namespace exysim::display
