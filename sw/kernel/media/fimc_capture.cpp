// Video capture from a camera: a V4L2 device over FIMC and the sensors on the camera ports, its inputs.
//
// The hardware fills its four output slots in turn and interrupts when a frame begins, so that the buffer of
// the frame before is complete then. With only one buffer left it would be overwritten while the user has
// nothing new: capture pauses until another is queued (fimc.md section 8).
#include "core/log.hpp"
#include "media/fimc_engine.hpp"

namespace kernel {

namespace {

constexpr uint32_t kMinBuffers = 2, kMaxRate = 120;
constexpr uint64_t kStopNs = 200'000'000;  // Linux's driver waits as long for the last interrupt

uint32_t clamp(uint32_t v, uint32_t low, uint32_t high) { return v < low ? low : v > high ? high : v; }

class FimcCapture final : public VideoDevice, private FimcEngine::User {
public:
    FimcCapture(FimcEngine& engine, const CameraInputs& inputs)
        : VideoDevice{{.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, .min_queued = kMinBuffers},
                      "exynos4-fimc",
                      V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_STREAMING},
          engine_{engine},
          inputs_{inputs} {
        format_.pixelformat = V4L2_PIX_FMT_NV12;
        format_.width = 640;
        format_.height = 480;
        fimc_adjust_format(engine_, stream.type(), format_);
    }

    Result<uint32_t> format_at(uint32_t, uint32_t index) const override { return fimc_format_at(index); }
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override {
        fimc_adjust_format(engine_, type, f);
    }
    Result<> set_format(uint32_t, const v4l2_pix_format_mplane& f) override {
        format_ = f;
        return Ok{};
    }
    v4l2_pix_format_mplane format(uint32_t) const override { return format_; }
    Result<SizeRange> sizes(uint32_t fourcc) const override { return fimc_sizes(engine_, fourcc); }
    Result<uint32_t> highest_rate() const override { return kMaxRate; }

    Result<> get_parameters(v4l2_streamparm& p) override {
        p.parm.capture = {};
        p.parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
        p.parm.capture.timeperframe = {1, rate_};
        return Ok{};
    }
    /// The nearest whole rate; zero means the default.
    Result<> set_parameters(v4l2_streamparm& p) override {
        if (stream.streaming()) return Errno::kBusy;
        const v4l2_fract asked = p.parm.capture.timeperframe;
        const bool given = asked.numerator != 0 && asked.denominator != 0;
        const uint64_t rate =
            given ? (uint64_t{asked.denominator} + asked.numerator / 2) / asked.numerator : 0;
        rate_ = given ? clamp(rate > kMaxRate ? kMaxRate : static_cast<uint32_t>(rate), 1, kMaxRate)
                      : kDefaultRate;
        return get_parameters(p);
    }
    Result<> enum_input(v4l2_input& i) override {
        if (i.index >= inputs_.count) return Errno::kInval;
        const uint32_t index = i.index;
        i = {};
        i.index = index;
        i.type = V4L2_INPUT_TYPE_CAMERA;
        copy_text(reinterpret_cast<char(&)[sizeof i.name]>(i.name), "S5K6AA");
        return Ok{};
    }
    uint32_t input() const override { return input_; }
    Result<> set_input(uint32_t index) override {
        if (index != input_ && stream.streaming()) return Errno::kBusy;
        input_ = index;
        return Ok{};
    }
    Result<> get_selection(v4l2_selection& s) override;
    Result<> set_selection(v4l2_selection& s) override;

private:
    // --- What the queue asks (VideoQueueOps)
    void take(VideoQueue&, VideoBuffer& buffer) override {
        pending_.push_back(buffer);
        if (!running_) return;
        fill_slots();
        resume_if_possible();
    }
    Result<> start(VideoQueue&) override;
    void stop(VideoQueue&) override;

    const CameraInput& camera() const { return inputs_.at[input_]; }
    /// What the sensor sends.
    const Rect& native() const { return native_; }
    /// The part of it that is captured.
    Rect crop() const { return crop_.width ? crop_ : native(); }

    void handle_interrupt() override;
    void complete_oldest();
    void fill_slots();
    void resume();
    void resume_if_possible() {
        if (!capturing_ && !last_frame_ && in_hardware_ >= kMinBuffers) resume();
    }
    void pause();

    static constexpr uint32_t kDefaultRate = 30;
    FimcEngine& engine_;
    const CameraInputs inputs_;
    uint32_t input_ = 0;  // the one in use
    v4l2_pix_format_mplane format_{};
    FimcFrame target_;              // format_, while running
    Rect native_{0, 0, 1280, 720};  // until a program says otherwise
    Rect crop_;                     // empty: all of it
    uint32_t rate_ = kDefaultRate;

    bool watching_ = false;  // the sensor sends for us
    IrqLock lock_;           // guards all below against the interrupt handler
    WaitQueue stopped_;
    List<VideoBuffer, &VideoBuffer::node> pending_;  // wait for a slot
    List<VideoBuffer, &VideoBuffer::node> active_;   // in a slot, oldest first
    uint32_t in_hardware_ = 0;                       // length of active_
    uint32_t next_slot_ = 0;
    uint32_t sequence_ = 0;
    bool running_ = false;     // between start() and stop()
    bool capturing_ = false;   // the hardware takes frames
    bool last_frame_ = false;  // capture is disabled, its last frame still goes on
    bool first_ = false;       // the next interrupt begins the first frame after a (re)start
};

/// The types of both APIs, as Linux's core lets through.
bool is_capture(uint32_t type) {
    return type == V4L2_BUF_TYPE_VIDEO_CAPTURE || type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
}

v4l2_rect to_v4l2(const Rect& r) { return {static_cast<int>(r.x), static_cast<int>(r.y), r.width, r.height}; }
Rect from_v4l2(const v4l2_rect& r) {
    return {r.left < 0 ? 0 : static_cast<uint32_t>(r.left), r.top < 0 ? 0 : static_cast<uint32_t>(r.top),
            r.width, r.height};
}

Result<> FimcCapture::get_selection(v4l2_selection& s) {
    if (!is_capture(s.type)) return Errno::kInval;
    switch (s.target) {
        case V4L2_SEL_TGT_NATIVE_SIZE:
        case V4L2_SEL_TGT_CROP_BOUNDS:
        case V4L2_SEL_TGT_CROP_DEFAULT:
            s.r = to_v4l2(native());
            return Ok{};
        case V4L2_SEL_TGT_CROP:
            s.r = to_v4l2(crop());
            return Ok{};
        default:
            return Errno::kInval;
    }
}

/// NATIVE_SIZE is the sensor's picture, CROP the part of it that the scaler makes the format's size of.
Result<> FimcCapture::set_selection(v4l2_selection& s) {
    const bool whole = s.target == V4L2_SEL_TGT_NATIVE_SIZE;
    if (!is_capture(s.type) || (!whole && s.target != V4L2_SEL_TGT_CROP)) return Errno::kInval;
    const uint32_t widest = align_down(engine_.able.widest_scaled, 8);
    const Rect wanted = whole ? fimc_fit({0, 0, s.r.width, s.r.height}, widest, 4096)
                              : fimc_fit(from_v4l2(s.r), native().width, native().height);
    const bool changed = !(wanted == (whole ? native() : crop()));
    if (changed && stream.streaming()) return Errno::kBusy;
    s.r = to_v4l2(wanted);
    if (!changed) return Ok{};
    if (whole) native_ = wanted;
    crop_ = whole ? Rect{} : wanted;
    return Ok{};
}

Result<> FimcCapture::start(VideoQueue&) {
    const FimcFrame sent{nullptr, native().width, native().height, crop()};
    if (sent.part.width >= format_.width * Fimc::kMostDown ||
        sent.part.height >= format_.height * Fimc::kMostDown)
        return Errno::kInval;
    TRY(engine_.take(*this));
    {
        const IrqGuard guard{lock_};
        target_ = fimc_frame(format_);
        engine_.fimc.configure_capture(camera().port, sent, target_);
        next_slot_ = sequence_ = 0;
        last_frame_ = false;
        running_ = true;
        fill_slots();
        resume();
    }
    TRY(camera().sensor->start(sent.width, sent.height, rate_));
    watching_ = true;
    return Ok{};
}

void FimcCapture::stop(VideoQueue&) {
    {
        const IrqGuard guard{lock_};
        running_ = false;
        if (capturing_) pause();
    }
    if (!wait_event(
            stopped_, [this] { return !last_frame_; }, now_ns() + kStopNs, false)) {
        log_warn("fimc: the last frame does not end");
    }
    if (watching_ && !camera().sensor->stop()) log_warn("fimc: the sensor does not stop");
    watching_ = false;
    engine_.give_back(*this);
    const IrqGuard guard{lock_};
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
    const IrqGuard guard{lock_};
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

}  // namespace

Result<> make_fimc_capture(FimcEngine& engine, const CameraInputs& inputs, const char* name) {
    auto capture = TRY(make<FimcCapture>(engine, inputs));
    capture->stream.set_user(engine.device, PlaneAllocator::dma_contig, name);
    TRY(register_platform_video(*capture, name));
    (void)capture.release();
    return Ok{};
}

}  // namespace kernel
