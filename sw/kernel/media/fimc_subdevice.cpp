#include "core/log.hpp"
#include "media/fimc_capture.hpp"

namespace kernel {

namespace {

/// What leaves for the memory side; the format in memory is the video node's.
constexpr uint32_t kSourceCode = MEDIA_BUS_FMT_YUYV8_2X8;
constexpr uint32_t kLargest = 8190;  // CISRCFMT has 13 bits for each

/// The capture node as the end of the graph.
struct CaptureEntity final : MediaEntity {
    explicit CaptureEntity(uint32_t number) : MediaEntity{MEDIA_ENT_F_IO_V4L, {MEDIA_PAD_FL_SINK}} {
        format_text(name, sizeof name, "fimc.%u.capture", number);
        interface = MEDIA_INTF_T_V4L_VIDEO;
    }
};

}  // namespace

FimcSubdevice::FimcSubdevice(FimcCapture& capture, uint32_t number)
    : Subdevice{MEDIA_ENT_F_PROC_VIDEO_SCALER, {MEDIA_PAD_FL_SINK, MEDIA_PAD_FL_SINK, MEDIA_PAD_FL_SOURCE}},
      capture_{capture} {
    format_text(name, sizeof name, "FIMC.%u", number);
}

Result<PadSizes> FimcSubdevice::sizes(uint32_t pad, uint32_t code) const {
    const PadSizes now = TRY(Subdevice::sizes(pad, code));
    if (pad != kSourcePad) return now;
    v4l2_mbus_framefmt least{}, most = bus_format(code, kLargest, kLargest, V4L2_COLORSPACE_DEFAULT);
    adjust_format(pad, least);
    adjust_format(pad, most);
    return PadSizes{least.width, most.width, least.height, most.height};
}

/// A sink has what is sent to it, whatever a program asks for.
v4l2_mbus_framefmt FimcSubdevice::format(uint32_t pad) const {
    const v4l2_mbus_framefmt sent = capture_.arriving();
    if (pad != kSourcePad && sent.width) return sent;
    const v4l2_pix_format_mplane f = capture_.format(capture_.stream.type());
    const bool raw = sent.width && sent.code != kSourceCode;
    return bus_format(raw ? sent.code : kSourceCode, f.width, f.height,
                      static_cast<v4l2_colorspace>(f.colorspace));
}

void FimcSubdevice::adjust_format(uint32_t pad, v4l2_mbus_framefmt& f) const {
    if (pad != kSourcePad) {
        f = format(pad);
        return;
    }
    v4l2_pix_format_mplane memory = capture_.format(capture_.stream.type());
    memory.width = f.width;
    memory.height = f.height;
    capture_.adjust_format(capture_.stream.type(), memory);
    const v4l2_mbus_framefmt now = format(pad);
    f = bus_format(now.code, memory.width, memory.height, static_cast<v4l2_colorspace>(now.colorspace));
}

Result<> FimcSubdevice::set_format(uint32_t pad, const v4l2_mbus_framefmt& f) {
    if (pad != kSourcePad) return Ok{};
    return capture_.set_size(f.width, f.height);
}

Result<v4l2_rect> FimcSubdevice::selection(uint32_t pad, uint32_t target, const v4l2_mbus_framefmt& f,
                                           const v4l2_rect& crop) const {
    if (pad == kSourcePad) return Errno::kInval;
    switch (target) {
        case V4L2_SEL_TGT_CROP_BOUNDS:
        case V4L2_SEL_TGT_CROP_DEFAULT:
            return v4l2_rect{0, 0, f.width, f.height};
        case V4L2_SEL_TGT_CROP:
            return crop;
        default:
            return Errno::kInval;
    }
}

v4l2_rect FimcSubdevice::crop(uint32_t pad) const {
    return pad == kSourcePad ? v4l2_rect{} : to_v4l2(capture_.crop());
}

Result<> FimcSubdevice::adjust_crop(uint32_t, const v4l2_mbus_framefmt&, v4l2_rect& r) const {
    r = to_v4l2(capture_.fit_part(from_v4l2(r)));
    return Ok{};
}

Result<> FimcSubdevice::set_crop(uint32_t, const v4l2_rect& r) { return capture_.set_crop(from_v4l2(r)); }

/// All that is linked to a sink pad of a FIMC is a camera source.
Result<> FimcSubdevice::link_changes(const MediaLink& link, bool enabled) {
    return capture_.connect(enabled ? static_cast<CameraSource*>(link.source->entity) : nullptr);
}

FimcSubdevice::~FimcSubdevice() { remove_camera_sink(pads[kCameraPad]); }

namespace {

struct CapturePath final : FimcCapturePath {
    CapturePath(FimcEngine& engine, uint32_t number) : capture{engine}, front{capture, number}, end{number} {}
    FimcCapture capture;
    FimcSubdevice front;
    CaptureEntity end;
};

}  // namespace

Result<Unique<FimcCapturePath>> make_fimc_capture(FimcEngine& engine, const char* name, uint32_t number) {
    auto path = TRY(make<CapturePath>(engine, number));
    auto& [capture, front, end] = *path;
    capture.stream.set_user(engine.device, PlaneAllocator::dma_contig, name);
    capture.set_sink(front.pads[FimcSubdevice::kCameraPad]);
    TRY(register_platform_video(capture, name));
    end.node = capture.number;
    TRY(register_subdevice(front));
    TRY(media_graph().add(end));
    TRY(media_graph().connect(front.pads[FimcSubdevice::kSourcePad], end.pads[0],
                              MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE));
    TRY(add_camera_sink(front.pads[FimcSubdevice::kCameraPad]));
    return Unique<FimcCapturePath>{std::move(path)};
}

}  // namespace kernel
