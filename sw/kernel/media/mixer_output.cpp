// Video output on the mixer's video layer: a V4L2 device over the display pipe, which it claims while it
// streams.
//
// A buffer given to the hardware is taken over by the next vsync; the one it replaces has left the screen
// then and goes back to the user.
#include "media/mixer_output.hpp"

#include "core/log.hpp"
#include "display/display_pipe.hpp"
#include "media/video_device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kFormats[] = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV21};
constexpr uint32_t kMinWidth = 32, kMinHeight = 16, kWidthAlign = 8, kHeightAlign = 2;
constexpr uint32_t kMinBuffers = 1, kDefaultMode = 2;  // 720p60
constexpr uint64_t kVsyncPatienceNs = 100'000'000;

uint32_t clamp(uint32_t v, uint32_t low, uint32_t high) { return v < low ? low : v > high ? high : v; }

v4l2_dv_timings to_v4l2(const DisplayMode& m) {
    v4l2_dv_timings t{};
    t.type = V4L2_DV_BT_656_1120;
    t.bt.width = m.width;
    t.bt.height = m.height;
    t.bt.interlaced = V4L2_DV_PROGRESSIVE;
    t.bt.polarities = m.positive_syncs ? V4L2_DV_VSYNC_POS_POL | V4L2_DV_HSYNC_POS_POL : 0;
    t.bt.pixelclock = m.pixel_clock_hz;
    t.bt.hfrontporch = m.h_front;
    t.bt.hsync = m.h_sync;
    t.bt.hbackporch = m.h_back;
    t.bt.vfrontporch = m.v_front;
    t.bt.vsync = m.v_sync;
    t.bt.vbackporch = m.v_back;
    t.bt.standards = V4L2_DV_BT_STD_CEA861;
    t.bt.flags = V4L2_DV_FL_HAS_CEA861_VIC;
    t.bt.cea861_vic = m.vic;
    return t;
}

bool same(const DisplayMode& m, const v4l2_bt_timings& t) {
    return t.width == m.width && t.height == m.height && !t.interlaced && t.pixelclock == m.pixel_clock_hz &&
           t.width + t.hfrontporch + t.hsync + t.hbackporch == m.h_total() &&
           t.height + t.vfrontporch + t.vsync + t.vbackporch == m.v_total();
}

class MixerOutput final : public VideoDevice, private VideoQueueOps {
public:
    explicit MixerOutput(DisplayPipe& pipe)
        : VideoDevice{*this,
                      V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE,
                      DmaDirection::to_device,
                      kMinBuffers,
                      "s5p-mixer",
                      V4L2_CAP_VIDEO_OUTPUT_MPLANE | V4L2_CAP_STREAMING},
          pipe_{pipe} {
        fill_screen();
    }

    Result<uint32_t> format_at(uint32_t index) const override {
        if (index >= std::size(kFormats)) return Errno::kInval;
        return kFormats[index];
    }
    /// The layer does not scale yet: a picture fits the screen.
    void adjust_format(v4l2_pix_format_mplane& f) const override {
        if (f.pixelformat != V4L2_PIX_FMT_NV21) f.pixelformat = V4L2_PIX_FMT_NV12;
        f.width = align_down(clamp(f.width, kMinWidth, mode_->width), kWidthAlign);
        f.height = align_down(clamp(f.height, kMinHeight, mode_->height), kHeightAlign);
        (void)complete_format(f, colours());
    }
    Result<> set_format(const v4l2_pix_format_mplane& f) override {
        format_ = f;
        return Ok{};
    }
    v4l2_pix_format_mplane format() const override { return format_; }
    Result<> enum_output(v4l2_output& o) override {
        if (o.index != 0) return Errno::kInval;
        o = {};
        o.type = V4L2_OUTPUT_TYPE_ANALOG;
        o.capabilities = V4L2_OUT_CAP_DV_TIMINGS;
        copy_text(reinterpret_cast<char(&)[sizeof o.name]>(o.name), "HDMI");
        return Ok{};
    }
    Result<> enum_timings(v4l2_enum_dv_timings& t) override {
        if (t.index >= display_modes().size()) return Errno::kInval;
        t.timings = to_v4l2(display_modes()[t.index]);
        return Ok{};
    }
    Result<> get_timings(v4l2_dv_timings& t) override {
        t = to_v4l2(*mode_);
        return Ok{};
    }
    Result<> set_timings(v4l2_dv_timings& t) override {
        for (const DisplayMode& m : display_modes()) {
            if (t.type != V4L2_DV_BT_656_1120 || !same(m, t.bt)) continue;
            TRY(pipe_.prepare(this, m));  // takes long: better here than when the first picture waits
            mode_ = &m;
            t = to_v4l2(m);
            fill_screen();
            return Ok{};
        }
        return Errno::kInval;
    }

private:
    // --- What the queue asks (VideoQueueOps)
    uint32_t buffer_size() const override { return format_.plane_fmt[0].sizeimage; }
    void take(VideoBuffer& buffer) override {
        waiting_.push_back(buffer);
        if (running_ && !next_) program();
    }
    Result<> start() override;
    void stop() override;

    v4l2_colorspace colours() const {
        return mode_->height > 576 ? V4L2_COLORSPACE_REC709 : V4L2_COLORSPACE_SMPTE170M;
    }
    /// A picture of the screen's size is the default of a mode.
    void fill_screen() {
        format_ = {};
        format_.width = mode_->width;
        format_.height = mode_->height;
        adjust_format(format_);
    }

    static void on_vsync(void* context) { static_cast<MixerOutput*>(context)->vsync(); }
    void vsync();
    void program();
    void give_back(VideoBuffer*& buffer);

    DisplayPipe& pipe_;
    const DisplayMode* mode_ = &display_modes()[kDefaultMode];
    v4l2_pix_format_mplane format_{};

    IrqLock lock_;  // guards all below against the interrupt handler
    WaitQueue hidden_;
    List<VideoBuffer, &VideoBuffer::node> waiting_;
    VideoBuffer* next_ = nullptr;   // programmed, not yet taken over
    VideoBuffer* shown_ = nullptr;  // on the screen
    uint32_t sequence_ = 0;
    bool running_ = false;
    bool hiding_ = false;  // the layer is being switched off
};

Result<> MixerOutput::start() {
    TRY(pipe_.start(this, *mode_, on_vsync, this));
    const IrqGuard guard{lock_};
    sequence_ = 0;
    running_ = true;
    program();
    return Ok{};
}

/// The layer disappears at a vsync; only then the buffers may be touched.
void MixerOutput::stop() {
    {
        const IrqGuard guard{lock_};
        if (running_) {
            pipe_.mixer.hide_video();
            hiding_ = true;
        }
        running_ = false;
    }
    if (!wait_event(
            hidden_, [this] { return !hiding_; }, now_ns() + kVsyncPatienceNs, false)) {
        log_warn("mixer: no vsync");
    }
    pipe_.stop(this);
    const IrqGuard guard{lock_};
    while (waiting_.pop_front()) {
    }
    next_ = shown_ = nullptr;
    hiding_ = false;
}

/// Gives the oldest waiting buffer to the hardware.
void MixerOutput::program() {
    next_ = waiting_.pop_front();
    if (!next_) return;
    VideoPicture picture;
    picture.luma = next_->iova;
    picture.chroma = next_->iova + format_.plane_fmt[0].bytesperline * format_.height;
    picture.width = format_.width;
    picture.height = format_.height;
    picture.pitch = format_.plane_fmt[0].bytesperline;
    picture.swapped_chroma = format_.pixelformat == V4L2_PIX_FMT_NV21;
    pipe_.mixer.show_video(picture, *mode_);
}

void MixerOutput::give_back(VideoBuffer*& buffer) {
    if (buffer) queue.done(*buffer, BufferState::done, buffer->bytes_used, sequence_++, now_ns());
    buffer = nullptr;
}

void MixerOutput::vsync() {
    const IrqGuard guard{lock_};
    if (!pipe_.mixer.latched()) return;
    if (hiding_) {
        hiding_ = false;
        hidden_.wake_all();
    }
    if (!running_) return;
    if (next_) {
        give_back(shown_);
        shown_ = next_;
        next_ = nullptr;
    }
    program();
}

}  // namespace

Result<> mixer_output_init() {
    DisplayPipe* pipe = the_display_pipe();
    if (!pipe) return Ok{};
    auto output = TRY(make<MixerOutput>(*pipe));
    output->queue.set_device(pipe->dma(), pipe->name());
    TRY(register_video_device(*output, pipe->name()));
    (void)output.release();  // lives as long as its node
    return Ok{};
}

}  // namespace kernel
