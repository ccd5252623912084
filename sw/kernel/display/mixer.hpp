// Mixer and video processor at register level: what the V4L2 output (and later DRM) programs. Everything
// takes effect at a vsync.
#pragma once

#include "display/display_mode.hpp"
#include "display/hdmi.hpp"
#include "iommu/iova_space.hpp"

namespace kernel {

/// A picture for the video layer: NV12 or NV21, luma and chroma of the same pitch, shown pixel by pixel.
struct VideoPicture {
    Iova luma, chroma;
    uint32_t width = 0, height = 0;  ///< pixels
    uint32_t pitch = 0;              ///< bytes, a multiple of 8
    bool swapped_chroma = false;     ///< NV21
};

class Mixer {
public:
    /// Called in interrupt context at each vsync.
    using VsyncHandler = void (*)(void* context);

    Mixer(Mmio mixer, Mmio vp) : mixer_{mixer}, vp_{vp} {}

    /// Turns the display on with all layers hidden; `hdmi` is set to `mode` already. Errors: kTimedOut the
    /// video processor does not reset.
    Result<> start(const Hdmi& hdmi, const DisplayMode& mode, VsyncHandler handler, void* context);
    /// Stops fetching, waits for the present frame to end, then stops the timing.
    void stop(const Hdmi& hdmi);

    /// Shows `picture` from the next vsync on, in the middle of the screen. Must fit there.
    void show_video(const VideoPicture& picture, const DisplayMode& mode) const;
    void hide_video() const;
    /// Whether the last show_video() or hide_video() has been taken over by a vsync.
    bool video_latched() const;

    void handle_interrupt();

private:
    Result<> reset_video_processor() const;
    void configure_output(const DisplayMode& mode) const;
    /// Holds shadow updates back while several registers change together.
    void synchronise(bool allowed) const;

    Mmio mixer_, vp_;
    VsyncHandler handler_ = nullptr;
    void* context_ = nullptr;
    uint64_t underflows_ = 0;
};

}  // namespace kernel
