#include "drm/fimd_hardware.hpp"

#include "display/fimd.hpp"

namespace kernel::drm {

namespace {

constexpr uint32_t kFormats[] = {DRM_FORMAT_XRGB1555, DRM_FORMAT_RGB565, DRM_FORMAT_XRGB8888,
                                 DRM_FORMAT_ARGB8888};
constexpr uint32_t kOverlay = 0, kPrimary = 1, kCursor = 2;  // values of the property "type"

using Scaling = PlaneKind::Scaling;
// clang-format off
constexpr PlaneKind kPlanes[Fimd::kWindows] = {  // Linux's exynos_drm_fimd; window 0 blends with nothing
    // type     formats   scaling        pixel blend  alpha  z
    {kPrimary,  kFormats, Scaling::none, false,       false, false},
    {kOverlay,  kFormats, Scaling::none, true,        false, false},
    {kOverlay,  kFormats, Scaling::none, true,        false, false},
    {kOverlay,  kFormats, Scaling::none, true,        false, false},
    {kCursor,   kFormats, Scaling::none, true,        false, false},
};
constexpr struct { uint32_t fourcc; FimdFormat format; } kCodes[] = {
    {DRM_FORMAT_XRGB1555, FimdFormat::xrgb1555}, {DRM_FORMAT_RGB565, FimdFormat::rgb565},
    {DRM_FORMAT_XRGB8888, FimdFormat::xrgb8888}, {DRM_FORMAT_ARGB8888, FimdFormat::argb8888},
};
// clang-format on

FimdFormat code_of(uint32_t fourcc) {
    for (const auto& row : kCodes) {
        if (row.fourcc == fourcc) return row.format;
    }
    return FimdFormat::xrgb8888;  // unreachable: formats are checked against kFormats
}

class FimdHardware final : public DisplayHardware {
public:
    explicit FimdHardware(Fimd& fimd) : fimd_{fimd} {}

    std::span<const PlaneKind> planes() const override { return kPlanes; }
    std::span<const DisplayMode> modes() const override { return {&fimd_.panel(), 1}; }
    const DisplayMode& preferred_mode() const override { return fimd_.panel(); }
    const DmaDevice& dma() const override { return fimd_.dma(); }
    /// Linux's exynos_dpi calls a parallel panel so.
    uint32_t connector_type() const override { return DRM_MODE_CONNECTOR_VGA; }
    uint32_t encoder_type() const override { return DRM_MODE_ENCODER_TMDS; }

    Result<> enable(const DisplayMode&, VsyncHandler handler, void* context) override {
        fimd_.start(handler, context);
        return Ok{};
    }
    void disable() override { fimd_.stop(); }
    bool latched() const override { return fimd_.latched(); }

    void program(const CrtcState& state) const override {
        fimd_.begin_update();
        for (uint32_t i = 0; i < Fimd::kWindows; ++i) program_window(i, state.planes[i]);
        fimd_.end_update();
    }

private:
    void program_window(uint32_t index, const PlaneState& p) const {
        if (!p.visible) return fimd_.clear_window(index);
        const Format& format = *p.fb->format;
        FimdWindow w;
        w.pixel_bytes = format.bytes[0];
        w.pitch = p.fb->pitches[0];
        w.base = p.address[0] + p.source.y * w.pitch + p.source.x * w.pixel_bytes;
        w.x = p.screen.x, w.y = p.screen.y;
        w.width = p.screen.width, w.height = p.screen.height;
        w.pixel_alpha = index > 0 && format.has_alpha && p.blend != PixelBlend::none;
        w.premultiplied = p.blend == PixelBlend::premultiplied;
        w.format = format.has_alpha && !w.pixel_alpha ? FimdFormat::xrgb8888 : code_of(format.fourcc);
        fimd_.set_window(index, w);
    }

    Fimd& fimd_;
};

}  // namespace

Result<Unique<DisplayHardware>> fimd_hardware() {
    Fimd* fimd = the_fimd();
    if (!fimd) return Unique<DisplayHardware>{};
    return Unique<DisplayHardware>{TRY(make<FimdHardware>(*fimd))};
}

}  // namespace kernel::drm
