// Mixer and video processor at register level: what the V4L2 output and DRM program. Everything takes effect
// at a vsync.
#pragma once

#include "display/display_mode.hpp"
#include "display/hdmi.hpp"
#include "iommu/iova_space.hpp"

namespace kernel {

/// A rectangle, in pixels.
struct Area {
    uint32_t x = 0, y = 0, width = 0, height = 0;
};

/// A picture for the video layer: NV12 or NV21, luma and chroma of the same pitch.
struct VideoPicture {
    Iova luma, chroma;
    uint32_t width = 0, height = 0;  ///< pixels
    uint32_t pitch = 0;              ///< bytes, a multiple of 8
    bool swapped_chroma = false;     ///< NV21
};

/// How the video layer shows a picture: `source`, a part of it, fills `screen`.
struct VideoLayer {
    VideoPicture picture;
    Area source, screen;
    uint32_t priority = 1;  ///< 1 to 15, larger is in front; 0 hides it
    uint8_t alpha = 255;    ///< of the whole layer
};

/// Codes of GRAPHICn_CFG (mixer.md section 2).
enum class GraphicsFormat : uint8_t { rgb565 = 4, argb1555 = 5, argb4444 = 6, argb8888 = 7 };

/// How a graphics layer shows a picture. `source` may be shown in double size, each way.
struct GraphicsLayer {
    Iova base;          ///< of the picture's first pixel
    uint32_t span = 0;  ///< pixels from line to line
    GraphicsFormat format = GraphicsFormat::argb8888;
    Area source;
    uint32_t screen_x = 0, screen_y = 0;
    bool double_width = false, double_height = false;
    bool pixel_alpha = false;    ///< the format's alpha counts
    bool premultiplied = false;  ///< colours are multiplied with it already
    uint32_t priority = 1;       ///< 1 to 15, larger is in front; 0 hides it
    uint8_t alpha = 255;         ///< of the whole layer
    bool keyed = false;          ///< pixels of the colour `key` are transparent
    uint32_t key = 0;            ///< as in memory
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

    /// Layers change together: all that is set between these two takes effect at one vsync.
    void begin_update() const;
    void end_update() const;
    void set_video(const VideoLayer& layer) const;
    void clear_video() const;
    /// `index` 0 or 1.
    void set_graphics(uint32_t index, const GraphicsLayer& layer) const;
    void clear_graphics(uint32_t index) const;
    /// Whether the last update has been taken over by a vsync; nothing it replaced is fetched any more.
    bool latched() const;

    /// Shows `picture` alone from the next vsync on, pixel by pixel, in the middle of the screen. Must fit.
    void show_video(const VideoPicture& picture, const DisplayMode& mode) const;
    void hide_video() const;

    void handle_interrupt();

private:
    Result<> reset_video_processor() const;
    void configure_output(const DisplayMode& mode) const;
    void load_filters() const;
    void set_priority(uint32_t level, uint32_t priority) const;
    /// Holds shadow updates back while several registers change together.
    void synchronise(bool allowed) const;

    Mmio mixer_, vp_;
    VsyncHandler handler_ = nullptr;
    void* context_ = nullptr;
    uint64_t underflows_ = 0;
};

}  // namespace kernel
