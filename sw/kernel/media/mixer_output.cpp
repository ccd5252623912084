// Video output on the mixer's video layer: a V4L2 device over mixer, video processor and HDMI.
//
// A buffer given to the hardware is taken over by the next vsync; the one it replaces has left the screen
// then and goes back to the user.
#include "core/log.hpp"
#include "display/mixer.hpp"
#include "driver/power.hpp"
#include "media/video_device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kFormats[] = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV21, V4L2_PIX_FMT_NV12M,
                                 V4L2_PIX_FMT_NV21M};
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

class MixerOutput final : public VideoDevice {
public:
    MixerOutput(Mmio mixer, Mmio vp, Hdmi& hdmi)
        : VideoDevice{{.type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, .min_queued = kMinBuffers},
                      "s5p-mixer",
                      V4L2_CAP_VIDEO_OUTPUT_MPLANE | V4L2_CAP_STREAMING},
          mixer_{mixer, vp},
          hdmi_{hdmi} {
        fill_screen();
    }

    static void interrupt(void* context) { static_cast<MixerOutput*>(context)->mixer_.handle_interrupt(); }

    Result<uint32_t> format_at(uint32_t, uint32_t index) const override {
        if (index >= std::size(kFormats)) return Errno::kInval;
        return kFormats[index];
    }
    /// The layer does not scale yet: a picture fits the screen.
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override {
        bool known = false;
        for (const uint32_t fourcc : kFormats) known |= fourcc == f.pixelformat;
        if (!known) f.pixelformat = kFormats[0];
        f.width = align_down(clamp(f.width, kMinWidth, mode_->width), kWidthAlign);
        f.height = align_down(clamp(f.height, kMinHeight, mode_->height), kHeightAlign);
        (void)complete_format(f, type, colours());
    }
    Result<> set_format(uint32_t, const v4l2_pix_format_mplane& f) override {
        format_ = f;
        return Ok{};
    }
    v4l2_pix_format_mplane format(uint32_t) const override { return format_; }
    Result<SizeRange> sizes(uint32_t fourcc) const override {
        for (const uint32_t known : kFormats) {
            if (known == fourcc)
                return SizeRange{kMinWidth,  mode_->width,  kWidthAlign,
                                 kMinHeight, mode_->height, kHeightAlign};
        }
        return Errno::kInval;
    }
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
    Result<> set_timings(v4l2_dv_timings& t, bool busy) override {
        for (const DisplayMode& m : display_modes()) {
            if (t.type != V4L2_DV_BT_656_1120 || !same(m, t.bt)) continue;
            t = to_v4l2(m);
            if (mode_ == &m && sink_mode_ == &m) return Ok{};
            if (busy) return Errno::kBusy;
            mode_ = &m;
            fill_screen();
            prepare_sink();  // takes tens of milliseconds: better here than when the first picture waits
            return Ok{};
        }
        return Errno::kInval;
    }
    Result<> timings_limits(v4l2_dv_timings_cap& c) override {
        const DisplayMode &small = display_modes().front(), &large = display_modes().back();
        c = {};
        c.type = V4L2_DV_BT_656_1120;
        c.bt.min_width = small.width;
        c.bt.max_width = large.width;
        c.bt.min_height = small.height;
        c.bt.max_height = large.height;
        c.bt.min_pixelclock = small.pixel_clock_hz;
        c.bt.max_pixelclock = large.pixel_clock_hz;
        for (const DisplayMode& m : display_modes()) {
            if (m.pixel_clock_hz < c.bt.min_pixelclock) c.bt.min_pixelclock = m.pixel_clock_hz;
            if (m.pixel_clock_hz > c.bt.max_pixelclock) c.bt.max_pixelclock = m.pixel_clock_hz;
        }
        c.bt.standards = V4L2_DV_BT_STD_CEA861;
        c.bt.capabilities = V4L2_DV_BT_CAP_PROGRESSIVE;
        return Ok{};
    }

private:
    // --- What the queue asks (VideoQueueOps)
    void take(VideoQueue&, VideoBuffer& buffer) override {
        waiting_.push_back(buffer);
        if (running_ && !next_) program();
    }
    Result<> start(VideoQueue&) override;
    void stop(VideoQueue&) override;

    v4l2_colorspace colours() const {
        return mode_->height > 576 ? V4L2_COLORSPACE_REC709 : V4L2_COLORSPACE_SMPTE170M;
    }
    /// A picture of the screen's size is the default of a mode.
    void fill_screen() {
        format_ = {};
        format_.width = mode_->width;
        format_.height = mode_->height;
        adjust_format(stream.type(), format_);
    }

    /// Programs the transmitter for the mode; its timing starts with the first picture.
    void prepare_sink() {
        hdmi_.set_mode(*mode_);
        sink_mode_ = mode_;
    }

    static void on_vsync(void* context) { static_cast<MixerOutput*>(context)->vsync(); }
    void vsync();
    void program();
    void give_back(VideoBuffer*& buffer);

    Mixer mixer_;
    Hdmi& hdmi_;
    const DisplayMode* mode_ = &display_modes()[kDefaultMode];
    const DisplayMode* sink_mode_ = nullptr;  // what the transmitter is set to
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

Result<> MixerOutput::start(VideoQueue&) {
    if (sink_mode_ != mode_) prepare_sink();
    TRY(mixer_.start(hdmi_, *mode_, on_vsync, this));
    const IrqGuard guard{lock_};
    sequence_ = 0;
    running_ = true;
    program();
    return Ok{};
}

/// The layer disappears at a vsync; only then the buffers may be touched.
void MixerOutput::stop(VideoQueue&) {
    {
        const IrqGuard guard{lock_};
        if (running_) {
            mixer_.hide_video();
            hiding_ = true;
        }
        running_ = false;
    }
    if (!wait_event(
            hidden_, [this] { return !hiding_; }, now_ns() + kVsyncPatienceNs, false)) {
        log_warn("mixer: no vsync");
    }
    mixer_.stop(hdmi_);
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
    const PixelFormat& pixels = *pixel_format(format_.pixelformat).take();
    const PictureAddresses at = addresses_of(*next_, pixels, format_.width, format_.height);
    picture.luma = at.luma;
    picture.chroma = at.chroma[0];
    picture.width = format_.width;
    picture.height = format_.height;
    picture.pitch = format_.plane_fmt[0].bytesperline;
    picture.swapped_chroma = pixels.swapped_chroma;
    mixer_.show_video(picture, *mode_);
}

void MixerOutput::give_back(VideoBuffer*& buffer) {
    if (buffer) stream.done(*buffer, BufferState::done, sequence_++, now_ns());
    buffer = nullptr;
}

void MixerOutput::vsync() {
    const IrqGuard guard{lock_};
    if (!mixer_.video_latched()) return;
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

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    Hdmi* hdmi = TRY(the_hdmi());
    const DmaDevice dma = TRY(DmaDevice::of(device.node));
    TRY(power_on(device.node));
    const Mmio mixer = TRY(device.map(0));
    const Mmio vp = TRY(device.map(1));
    auto output = TRY(make<MixerOutput>(mixer, vp, *hdmi));
    output->stream.set_user(dma, PlaneAllocator::dma_contig, device.name);
    TRY(request_irq(line, MixerOutput::interrupt, output.get(), device.name));
    TRY(register_platform_video(*output, device.name));
    device.data = output.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-mixer", nullptr};
constexpr Driver kDriver{"mixer", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
