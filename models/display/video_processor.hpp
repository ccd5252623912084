// VP shell: register bus on one side, memory on the other, lines for the mixer.
#pragma once

#include "models/base/engine_reset.hpp"
#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/display/line_fetcher.hpp"
#include "models/display/vp_core.hpp"

namespace exysim::display {

/// The video layer: fetched a few lines ahead of the raster, filtered and blended when the mixer asks.
/// Statistics: LineFetcher's, under this name.
class VideoProcessor : public RegisterTarget<VpCore> {
public:
    LineFetcher fetcher;
    Probe<EngineReset> was_reset;
    Probe<LayerProgrammed> programmed;

    VideoProcessor(const sc_core::sc_module_name& name, const LineFetcherConfig& config,
                   Instruments& instruments);

    /// Vsync: takes new settings over. The mixer's, whose layers all change at the same moment.
    void vsync(const Scan& scan);
    /// Starts fetching the picture that is set for the raster that began now. False if there is none.
    bool start_frame(const Timing& timing);
    /// The picture of the present frame.
    VideoFrame& frame() { return frame_; }
    /// The frame's time is over: what has come of it; null after a reset or without clock, which takes the
    /// layer off the screen.
    const LineStore* finish_frame();

private:
    void update() override;
    void supply_lost() override { lost_ = true; }

    GuestErrors& guest_errors_;
    VideoFrame frame_;
    uint64_t told_ = 0;    // the core's count as was_reset has told it
    bool lost_ = false;    // the clock went during the present frame
    uint64_t resets_ = 0;  // the core's count when the present frame began
};

}  // namespace exysim::display
