#include "drm/mixer_hardware.hpp"

#include <iterator>

#include "display/display_pipe.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kGraphicsFormats[] = {DRM_FORMAT_XRGB4444, DRM_FORMAT_ARGB4444, DRM_FORMAT_XRGB1555,
                                         DRM_FORMAT_ARGB1555, DRM_FORMAT_RGB565,   DRM_FORMAT_XRGB8888,
                                         DRM_FORMAT_ARGB8888};
constexpr uint32_t kVideoFormats[] = {DRM_FORMAT_NV12, DRM_FORMAT_NV21};
constexpr uint32_t kVideoPlane = 2, kPreferredMode = 2;  // 720p60, the output's default

// linux/drm_plane.h, not in the UAPI: values of the property "type"
constexpr uint32_t kOverlay = 0, kPrimary = 1, kCursor = 2;

using Scaling = PlaneKind::Scaling;
// clang-format off
constexpr PlaneKind kPlanes[] = {  // order, types and abilities as Linux's exynos_mixer has them
    // type     formats           scaling        pixel blend  alpha  z
    {kPrimary,  kGraphicsFormats, Scaling::twice, true,        true,  true},
    {kCursor,   kGraphicsFormats, Scaling::twice, true,        true,  true},
    {kOverlay,  kVideoFormats,    Scaling::any,   false,       true,  true},
};
// clang-format on

class MixerHardware final : public DisplayHardware {
public:
    explicit MixerHardware(DisplayPipe& pipe) : pipe_{pipe} {}

    std::span<const PlaneKind> planes() const override { return kPlanes; }
    std::span<const DisplayMode> modes() const override { return display_modes(); }
    const DisplayMode& preferred_mode() const override { return display_modes()[kPreferredMode]; }
    const DmaDevice& dma() const override { return pipe_.dma(); }
    uint32_t connector_type() const override { return DRM_MODE_CONNECTOR_HDMIA; }
    uint32_t encoder_type() const override { return DRM_MODE_ENCODER_TMDS; }

    Result<> enable(const DisplayMode& mode, VsyncHandler handler, void* context) override {
        return pipe_.start(this, mode, handler, context);
    }
    void disable() override { pipe_.stop(this); }
    bool latched() const override { return pipe_.mixer.latched(); }

    void program(const CrtcState& state) const override {
        pipe_.mixer.begin_update();
        for (uint32_t i = 0; i < std::size(kPlanes); ++i) {
            const PlaneState& plane = state.planes[i];
            const uint32_t priority = stack_position(state, i, std::size(kPlanes)) + 1;  // 0 hides
            if (i == kVideoPlane) {
                program_video(plane, priority);
            } else {
                program_graphics(i, plane, priority);
            }
        }
        pipe_.mixer.end_update();
    }

private:
    void program_video(const PlaneState& p, uint32_t priority) const {
        if (!p.visible) return pipe_.mixer.clear_video();
        VideoLayer layer;
        layer.picture = {p.address[0], p.address[1],     p.fb->width,
                         p.fb->height, p.fb->pitches[0], p.fb->format->fourcc == DRM_FORMAT_NV21};
        layer.source = p.source;
        layer.screen = p.screen;
        layer.priority = priority;
        layer.alpha = static_cast<uint8_t>(p.alpha >> 8);
        pipe_.mixer.set_video(layer);
    }

    void program_graphics(uint32_t index, const PlaneState& p, uint32_t priority) const {
        if (!p.visible) return pipe_.mixer.clear_graphics(index);
        const Format& format = *p.fb->format;
        GraphicsLayer layer;
        // As Linux's driver: the base is moved to the source, the layer's own source position stays zero.
        layer.base = p.address[0] + p.source.y * p.fb->pitches[0] + p.source.x * format.bytes[0];
        layer.span = p.fb->pitches[0] / format.bytes[0];
        layer.format = format.graphics;
        layer.source = {0, 0, p.source.width, p.source.height};
        layer.screen_x = p.screen.x;
        layer.screen_y = p.screen.y;
        layer.double_width = p.screen.width != p.source.width;
        layer.double_height = p.screen.height != p.source.height;
        layer.pixel_alpha = format.has_alpha && p.blend != PixelBlend::none;
        layer.premultiplied = p.blend == PixelBlend::premultiplied;
        layer.priority = priority;
        layer.alpha = static_cast<uint8_t>(p.alpha >> 8);
        pipe_.mixer.set_graphics(index, layer);
    }

    DisplayPipe& pipe_;
};

}  // namespace

Result<Unique<DisplayHardware>> mixer_hardware() {
    DisplayPipe* pipe = the_display_pipe();
    if (!pipe) return Unique<DisplayHardware>{};
    return Unique<DisplayHardware>{TRY(make<MixerHardware>(*pipe))};
}

}  // namespace kernel::drm
