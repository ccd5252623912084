// Video capture from the camera: a V4L2 device over FIMC and the sensor.
//
// The hardware fills its four output slots in turn and interrupts when a frame begins, so that the buffer of
// the frame before is complete then. With only one buffer left it would be overwritten while the user has
// nothing new: capture pauses until another is queued (fimc.md section 8).
#include "core/log.hpp"
#include "driver/power.hpp"
#include "media/fimc.hpp"
#include "media/sensor.hpp"
#include "media/video_device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kFormats[] = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV21, V4L2_PIX_FMT_YUV420,
                                 V4L2_PIX_FMT_YUYV};
constexpr uint32_t kMinWidth = 16, kMinHeight = 8, kMaxWidth = 1920, kMaxHeight = 1080, kWidthAlign = 8,
                   kHeightAlign = 2;
constexpr uint32_t kMinBuffers = 2, kMaxRate = 120;
constexpr uint64_t kStopNs = 200'000'000;  // Linux's driver waits as long for the last interrupt

uint32_t clamp(uint32_t v, uint32_t low, uint32_t high) { return v < low ? low : v > high ? high : v; }

class FimcCapture final : public VideoDevice, private VideoQueueOps {
public:
    FimcCapture(Mmio regs, Sensor& sensor)
        : VideoDevice{*this,
                      V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
                      DmaDirection::from_device,
                      kMinBuffers,
                      "exynos4-fimc",
                      V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_STREAMING},
          fimc_{regs},
          sensor_{sensor} {
        v4l2_pix_format_mplane first{};
        first.pixelformat = V4L2_PIX_FMT_NV12;
        first.width = 640;
        first.height = 480;
        adjust_format(first);
        (void)set_format(first);
    }

    static void interrupt(void* context) { static_cast<FimcCapture*>(context)->handle_interrupt(); }

    Result<uint32_t> format_at(uint32_t index) const override {
        if (index >= std::size(kFormats)) return Errno::kInval;
        return kFormats[index];
    }
    void adjust_format(v4l2_pix_format_mplane& f) const override {
        bool known = false;
        for (const uint32_t fourcc : kFormats) known |= fourcc == f.pixelformat;
        if (!known) f.pixelformat = kFormats[0];
        f.width = align_down(clamp(f.width, kMinWidth, kMaxWidth), kWidthAlign);
        f.height = align_down(clamp(f.height, kMinHeight, kMaxHeight), kHeightAlign);
        (void)complete_format(f, V4L2_COLORSPACE_REC709);
    }
    Result<> set_format(const v4l2_pix_format_mplane& f) override {
        picture_ = {TRY(pixel_format(f.pixelformat)), f.width, f.height};
        return Ok{};
    }
    v4l2_pix_format_mplane format() const override {
        v4l2_pix_format_mplane f{};
        f.pixelformat = picture_.format->fourcc;
        f.width = picture_.width;
        f.height = picture_.height;
        (void)complete_format(f, V4L2_COLORSPACE_REC709);
        return f;
    }
    Result<> get_parameters(v4l2_streamparm& p) override {
        p.parm.capture = {};
        p.parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
        p.parm.capture.timeperframe = {1, rate_};
        return Ok{};
    }
    /// The nearest whole rate; zero means the default.
    Result<> set_parameters(v4l2_streamparm& p) override {
        if (queue.streaming()) return Errno::kBusy;
        const v4l2_fract asked = p.parm.capture.timeperframe;
        const bool given = asked.numerator != 0 && asked.denominator != 0;
        rate_ = given ? clamp((asked.denominator + asked.numerator / 2) / asked.numerator, 1, kMaxRate)
                      : kDefaultRate;
        return get_parameters(p);
    }
    Result<> enum_input(v4l2_input& i) override {
        if (i.index != 0) return Errno::kInval;
        i = {};
        i.type = V4L2_INPUT_TYPE_CAMERA;
        copy_text(reinterpret_cast<char(&)[sizeof i.name]>(i.name), "S5K6AA");
        return Ok{};
    }

private:
    // --- What the queue asks (VideoQueueOps)
    uint32_t buffer_size() const override { return picture_.format->size(picture_.width, picture_.height); }

    void take(VideoBuffer& buffer) override {
        pending_.push_back(buffer);
        if (!running_) return;
        fill_slots();
        resume_if_possible();
    }
    Result<> start() override;
    void stop() override;

    void handle_interrupt();
    void complete_oldest();
    void fill_slots();
    void resume();
    void resume_if_possible() {
        if (!capturing_ && !last_frame_ && in_hardware_ >= kMinBuffers) resume();
    }
    void pause();

    static constexpr uint32_t kDefaultRate = 30;
    Fimc fimc_;
    Sensor& sensor_;
    FimcPicture picture_;
    uint32_t rate_ = kDefaultRate;

    IrqLock lock_;  // guards all below against the interrupt handler
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

Result<> FimcCapture::start() {
    {
        const IrqGuard guard{lock_};
        fimc_.reset();
        fimc_.configure(picture_);
        next_slot_ = sequence_ = 0;
        last_frame_ = false;
        running_ = true;
        fill_slots();
        resume();
    }
    TRY(sensor_.configure(picture_.width, picture_.height, rate_));
    return sensor_.stream(true);
}

void FimcCapture::stop() {
    {
        const IrqGuard guard{lock_};
        running_ = false;
        if (capturing_) pause();
    }
    if (!wait_event(
            stopped_, [this] { return !last_frame_; }, now_ns() + kStopNs, false)) {
        log_warn("fimc: the last frame does not end");
    }
    if (!sensor_.stream(false)) log_warn("fimc: the sensor does not stop");
    const IrqGuard guard{lock_};
    fimc_.reset();
    while (active_.pop_front()) {
    }
    while (pending_.pop_front()) {
    }
    in_hardware_ = 0;
    capturing_ = last_frame_ = false;
}

void FimcCapture::resume() {
    fimc_.start_capture();
    capturing_ = first_ = true;
    last_frame_ = false;
}

void FimcCapture::pause() {
    fimc_.stop_capture();
    capturing_ = false;
    last_frame_ = !first_;  // before the first frame there is nothing to wait for
}

void FimcCapture::fill_slots() {
    while (in_hardware_ < Fimc::kSlots) {
        VideoBuffer* buffer = pending_.pop_front();
        if (!buffer) return;
        fimc_.set_output(next_slot_, buffer->iova, picture_);
        next_slot_ = (next_slot_ + 1) % Fimc::kSlots;
        active_.push_back(*buffer);
        ++in_hardware_;
    }
}

void FimcCapture::complete_oldest() {
    VideoBuffer* buffer = active_.pop_front();
    if (!buffer) return;
    --in_hardware_;
    const BufferState state = fimc_.take_overflow() ? BufferState::error : BufferState::done;
    queue.done(*buffer, state, buffer_size(), sequence_++, now_ns());
}

void FimcCapture::handle_interrupt() {
    const IrqGuard guard{lock_};
    fimc_.acknowledge();
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

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    Sensor* sensor = TRY(the_sensor());
    const DmaDevice dma = TRY(DmaDevice::of(device.node));
    TRY(power_on(device.node));
    auto capture = TRY(make<FimcCapture>(TRY(device.map()), *sensor));
    capture->queue.set_device(dma, device.name);
    TRY(request_irq(line, FimcCapture::interrupt, capture.get(), device.name));
    TRY(register_video_device(*capture, device.name));
    device.data = capture.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-fimc", nullptr};
constexpr Driver kDriver{"fimc", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
