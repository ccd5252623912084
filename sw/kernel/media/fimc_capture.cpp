#include "media/fimc_capture.hpp"

namespace kernel {

namespace {

constexpr uint64_t kStopNs = 200'000'000;  // Linux's driver waits as long for the last interrupt

/// Raw data on the bus and in memory, where each line's bytes are what the link carried.
struct RawFormat {
    uint32_t bus_code, fourcc;
};
constexpr RawFormat kRawFormats[] = {
    {MEDIA_BUS_FMT_SRGGB8_1X8, V4L2_PIX_FMT_SRGGB8},     {MEDIA_BUS_FMT_SGRBG8_1X8, V4L2_PIX_FMT_SGRBG8},
    {MEDIA_BUS_FMT_SGBRG8_1X8, V4L2_PIX_FMT_SGBRG8},     {MEDIA_BUS_FMT_SBGGR8_1X8, V4L2_PIX_FMT_SBGGR8},
    {MEDIA_BUS_FMT_SRGGB10_1X10, V4L2_PIX_FMT_SRGGB10P}, {MEDIA_BUS_FMT_SGRBG10_1X10, V4L2_PIX_FMT_SGRBG10P},
    {MEDIA_BUS_FMT_SGBRG10_1X10, V4L2_PIX_FMT_SGBRG10P}, {MEDIA_BUS_FMT_SBGGR10_1X10, V4L2_PIX_FMT_SBGGR10P},
};

/// The types of both APIs, as Linux's core lets through.
bool is_capture(uint32_t type) {
    return type == V4L2_BUF_TYPE_VIDEO_CAPTURE || type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
}

}  // namespace

v4l2_rect to_v4l2(const Rect& r) { return {static_cast<int>(r.x), static_cast<int>(r.y), r.width, r.height}; }
Rect from_v4l2(const v4l2_rect& r) {
    return {r.left < 0 ? 0 : static_cast<uint32_t>(r.left), r.top < 0 ? 0 : static_cast<uint32_t>(r.top),
            r.width, r.height};
}

FimcCapture::FimcCapture(FimcEngine& engine)
    : VideoDevice{{.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, .min_queued = kMinBuffers},
                  "exynos4-fimc",
                  V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_STREAMING},
      engine_{engine} {
    in_media_device = true;
    format_.pixelformat = V4L2_PIX_FMT_NV12;
    format_.width = 640;
    format_.height = 480;
    fimc_adjust_format(engine_, stream.type(), format_);
}

// --- The source

Result<CameraSource*> FimcCapture::source() const {
    if (!source_) return Errno::kPipe;
    return source_;
}

v4l2_mbus_framefmt FimcCapture::arriving() const { return source_ ? source_->sent() : v4l2_mbus_framefmt{}; }

uint32_t FimcCapture::raw_format() const {
    const uint32_t code = arriving().code;
    for (const RawFormat& f : kRawFormats) {
        if (f.bus_code == code) return f.fourcc;
    }
    return 0;
}

Result<> FimcCapture::connect(CameraSource* source) {
    const MutexGuard guard{lock};
    if (stream.busy() || (source && source_)) return Errno::kBusy;
    source_ = source;
    crop_ = {};
    adjust_format(stream.type(), format_);
    return Ok{};
}

Result<> FimcCapture::enum_input(v4l2_input& i) {
    const uint32_t index = i.index;
    CameraSource* const camera = camera_of(*sink_, index);
    if (!camera) return Errno::kInval;
    i = {};
    i.index = index;
    i.type = V4L2_INPUT_TYPE_CAMERA;
    copy_text(reinterpret_cast<char(&)[sizeof i.name]>(i.name), camera->sensor().name);
    return Ok{};
}

uint32_t FimcCapture::input() const {
    uint32_t index = 0;
    while (const CameraSource* camera = camera_of(*sink_, index)) {
        if (camera == source_) return index;
        ++index;
    }
    return 0;
}

Result<uint32_t> FimcCapture::highest_rate() const { return TRY(source())->sensor().highest_rate(); }

Result<> FimcCapture::get_parameters(v4l2_streamparm& p) {
    const uint32_t rate = TRY(TRY(source())->sensor().rate());
    p.parm.capture = {};
    p.parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    p.parm.capture.timeperframe = {1, rate};
    return Ok{};
}

/// The nearest whole rate; zero means the default.
Result<> FimcCapture::set_parameters(v4l2_streamparm& p) {
    TRY(TRY(source())->sensor().set_rate(rate_of(p.parm.capture.timeperframe)));
    return get_parameters(p);
}

// --- Formats: raw data land as they come, of pictures the scaler makes any size

Result<uint32_t> FimcCapture::format_at(uint32_t, uint32_t index) const {
    const uint32_t raw = raw_format();
    if (raw && index != 0) return Errno::kInval;
    return raw ? Result<uint32_t>{raw} : fimc_format_at(index);
}

void FimcCapture::adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const {
    const uint32_t raw = raw_format();
    if (!raw) return fimc_adjust_format(engine_, type, f);
    const v4l2_mbus_framefmt sent = arriving();
    f.pixelformat = raw;
    f.width = sent.width;
    f.height = sent.height;
    (void)complete_format(f, type, V4L2_COLORSPACE_RAW);
}

Result<SizeRange> FimcCapture::sizes(uint32_t fourcc) const {
    const uint32_t raw = raw_format();
    if (!raw) return fimc_sizes(engine_, fourcc);
    if (fourcc != raw) return Errno::kInval;
    const v4l2_mbus_framefmt sent = arriving();
    return SizeRange{sent.width, sent.width, 1, sent.height, sent.height, 1};
}

Result<> FimcCapture::set_size(uint32_t width, uint32_t height) {
    const MutexGuard guard{lock};
    v4l2_pix_format_mplane wanted = format_;
    wanted.width = width;
    wanted.height = height;
    adjust_format(stream.type(), wanted);
    if (wanted.width == format_.width && wanted.height == format_.height) return Ok{};
    if (stream.busy()) return Errno::kBusy;
    format_ = wanted;
    return Ok{};
}

// --- The part that is captured

Rect FimcCapture::crop() const {
    const v4l2_mbus_framefmt sent = arriving();
    const Rect whole{0, 0, sent.width, sent.height};
    const bool fits = crop_.width && crop_.x + crop_.width <= sent.width &&
                      crop_.y + crop_.height <= sent.height && !raw_format();
    return fits ? crop_ : whole;
}

Rect FimcCapture::fit_part(const Rect& r) const {
    const v4l2_mbus_framefmt sent = arriving();
    if (raw_format() || !sent.width) return {0, 0, sent.width, sent.height};
    return fimc_fit(r, sent.width, sent.height);
}

Result<> FimcCapture::set_crop(const Rect& part) {
    const MutexGuard guard{lock};
    const bool changed = !(part == crop());
    if (changed && stream.streaming()) return Errno::kBusy;
    crop_ = part;
    return Ok{};
}

/// NATIVE_SIZE is the sensor's picture, CROP the part of it that the scaler makes the format's size of.
Result<> FimcCapture::get_selection(v4l2_selection& s) {
    if (!is_capture(s.type)) return Errno::kInval;
    const v4l2_mbus_framefmt sent = arriving();
    switch (s.target) {
        case V4L2_SEL_TGT_NATIVE_SIZE:
        case V4L2_SEL_TGT_CROP_BOUNDS:
        case V4L2_SEL_TGT_CROP_DEFAULT:
            s.r = {0, 0, sent.width, sent.height};
            return Ok{};
        case V4L2_SEL_TGT_CROP:
            s.r = to_v4l2(crop());
            return Ok{};
        default:
            return Errno::kInval;
    }
}

Result<> FimcCapture::set_selection(v4l2_selection& s) {
    if (!is_capture(s.type) || s.target != V4L2_SEL_TGT_CROP) return Errno::kInval;
    const Rect wanted = fit_part(from_v4l2(s.r));
    const bool changed = !(wanted == crop());
    TRY(check_selection_flags(s.r, to_v4l2(wanted), s.flags));
    if (changed && stream.streaming()) return Errno::kBusy;
    s.r = to_v4l2(wanted);
    crop_ = wanted;
    return Ok{};
}

// --- Streaming

FimcCamera FimcCapture::camera() const {
    const v4l2_mbus_framefmt sent = arriving();
    return {source_->port(),
            raw_format() != 0,
            bus_data_type(sent.code),
            {nullptr, sent.width, sent.height, crop()}};
}

/// Errors: kPipe nothing is linked, or what arrives is not what the format was made for.
Result<> FimcCapture::start(VideoQueue&) {
    CameraSource* const from = TRY(source());
    const v4l2_mbus_framefmt sent = from->sent();
    const FimcCamera input = camera();
    if (sent.width > align_down(engine_.able.widest_scaled, 8)) return Errno::kPipe;
    v4l2_pix_format_mplane now = format_;
    adjust_format(stream.type(), now);
    if (now.width != format_.width || now.height != format_.height || now.pixelformat != format_.pixelformat)
        return Errno::kPipe;
    if (!input.raw && (input.frame.part.width >= format_.width * Fimc::kMostDown ||
                       input.frame.part.height >= format_.height * Fimc::kMostDown))
        return Errno::kInval;
    TRY(engine_.take(*this));
    {
        const IrqGuard guard{irq_lock_};
        target_ = fimc_frame(format_);
        engine_.fimc.configure_capture(input, target_);
        next_slot_ = sequence_ = 0;
        last_frame_ = false;
        running_ = true;
        fill_slots();
        resume();
    }
    TRY(from->start(sent));
    watching_ = from;
    return Ok{};
}

void FimcCapture::stop(VideoQueue&) {
    {
        const IrqGuard guard{irq_lock_};
        running_ = false;
        if (capturing_) pause();
    }
    if (!wait_event(
            stopped_, [this] { return !last_frame_; }, now_ns() + kStopNs, false)) {
        log_warn("fimc: the last frame does not end");
    }
    if (watching_ && !watching_->stop()) log_warn("fimc: the sensor does not stop");
    watching_ = nullptr;
    engine_.give_back(*this);
    const IrqGuard guard{irq_lock_};
    while (active_.pop_front()) {
    }
    while (pending_.pop_front()) {
    }
    in_hardware_ = 0;
    capturing_ = last_frame_ = false;
}

void FimcCapture::resume() {
    engine_.fimc.start_capture();
    capturing_ = first_ = true;
    last_frame_ = false;
}

void FimcCapture::pause() {
    engine_.fimc.stop_capture();
    capturing_ = false;
    last_frame_ = !first_;  // before the first frame there is nothing to wait for
}

void FimcCapture::fill_slots() {
    while (in_hardware_ < Fimc::kSlots) {
        VideoBuffer* buffer = pending_.pop_front();
        if (!buffer) return;
        engine_.fimc.set_output(next_slot_,
                                addresses_of(*buffer, *target_.format, target_.width, target_.height));
        next_slot_ = (next_slot_ + 1) % Fimc::kSlots;
        active_.push_back(*buffer);
        ++in_hardware_;
    }
}

void FimcCapture::complete_oldest() {
    VideoBuffer* buffer = active_.pop_front();
    if (!buffer) return;
    --in_hardware_;
    const BufferState state = engine_.fimc.take_overflow() ? BufferState::error : BufferState::done;
    stream.done(*buffer, state, sequence_++, now_ns());
}

void FimcCapture::handle_interrupt() {
    const IrqGuard guard{irq_lock_};
    if (first_ && capturing_) {
        first_ = false;
        return;
    }
    if (running_ || last_frame_) complete_oldest();
    if (last_frame_) {
        last_frame_ = false;
        stopped_.wake_all();
    }
    if (!running_) return;
    fill_slots();
    if (capturing_ && in_hardware_ < kMinBuffers) pause();
    resume_if_possible();
}

}  // namespace kernel
