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

constexpr uint32_t kFormats[] = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV21, V4L2_PIX_FMT_NV12M,
                                 V4L2_PIX_FMT_NV21M};
constexpr uint32_t kMinWidth = 32, kMinHeight = 16, kMaxWidth = 1920, kMaxHeight = 1080, kWidthAlign = 8,
                   kHeightAlign = 2;
constexpr uint32_t kMostScale = 16;                    // either way; Linux's driver allows as much
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
    explicit MixerOutput(DisplayPipe& pipe)
        : VideoDevice{{.type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, .min_queued = kMinBuffers},
                      "s5p-mixer",
                      V4L2_CAP_VIDEO_OUTPUT_MPLANE | V4L2_CAP_STREAMING},
          pipe_{pipe} {
        fill_screen();
    }

    Result<uint32_t> format_at(uint32_t, uint32_t index) const override {
        if (index >= std::size(kFormats)) return Errno::kInval;
        return kFormats[index];
    }
    /// Any picture the layer can fetch; where it is put on the screen says the selection.
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override {
        bool known = false;
        for (const uint32_t fourcc : kFormats) known |= fourcc == f.pixelformat;
        if (!known) f.pixelformat = kFormats[0];
        f.width = align_down(clamp(f.width, kMinWidth, kMaxWidth), kWidthAlign);
        f.height = align_down(clamp(f.height, kMinHeight, kMaxHeight), kHeightAlign);
        (void)complete_format(f, type, colours());
    }
    Result<> set_format(uint32_t, const v4l2_pix_format_mplane& f) override {
        format_ = f;
        screen_ = default_place();
        return Ok{};
    }
    v4l2_pix_format_mplane format(uint32_t) const override { return format_; }
    Result<SizeRange> sizes(uint32_t fourcc) const override {
        for (const uint32_t known : kFormats) {
            if (known == fourcc)
                return SizeRange{kMinWidth, kMaxWidth, kWidthAlign, kMinHeight, kMaxHeight, kHeightAlign};
        }
        return Errno::kInval;
    }
    Result<> get_selection(v4l2_selection& s) override;
    Result<> set_selection(v4l2_selection& s) override;
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
            if (mode_ == &m && prepared_) return Ok{};
            if (busy) return Errno::kBusy;
            TRY(pipe_.prepare(this, m));  // takes long: better here than when the first picture waits
            prepared_ = true;
            mode_ = &m;
            fill_screen();
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
        screen_ = default_place();
    }
    /// In the middle, pixel by pixel, if it fits; else all of the screen.
    Area default_place() const {
        if (format_.width > mode_->width || format_.height > mode_->height)
            return {0, 0, mode_->width, mode_->height};
        return {(mode_->width - format_.width) / 2, (mode_->height - format_.height) / 2, format_.width,
                format_.height};
    }

    static void on_vsync(void* context) { static_cast<MixerOutput*>(context)->vsync(); }
    void vsync();
    void program();
    void give_back(VideoBuffer*& buffer);

    DisplayPipe& pipe_;
    const DisplayMode* mode_ = &display_modes()[kDefaultMode];
    bool prepared_ = false;  // the transmitter has been set to it once
    v4l2_pix_format_mplane format_{};
    Area screen_;  // where the picture is shown

    IrqLock lock_;  // guards all below against the interrupt handler
    WaitQueue hidden_;
    List<VideoBuffer, &VideoBuffer::node> waiting_;
    VideoBuffer* next_ = nullptr;   // programmed, not yet taken over
    VideoBuffer* shown_ = nullptr;  // on the screen
    uint32_t sequence_ = 0;
    bool running_ = false;
    bool hiding_ = false;  // the layer is being switched off
};

v4l2_rect to_v4l2(const Area& a) { return {static_cast<int>(a.x), static_cast<int>(a.y), a.width, a.height}; }

/// COMPOSE is the place on the screen.
Result<> MixerOutput::get_selection(v4l2_selection& s) {
    switch (s.target) {
        case V4L2_SEL_TGT_COMPOSE:
            s.r = to_v4l2(screen_);
            return Ok{};
        case V4L2_SEL_TGT_COMPOSE_DEFAULT:
            s.r = to_v4l2(default_place());
            return Ok{};
        case V4L2_SEL_TGT_COMPOSE_BOUNDS:
            s.r = {0, 0, mode_->width, mode_->height};
            return Ok{};
        default:
            return Errno::kInval;
    }
}

/// Takes effect with the next picture. The layer scales by kMostScale at most.
Result<> MixerOutput::set_selection(v4l2_selection& s) {
    if (s.target != V4L2_SEL_TGT_COMPOSE) return Errno::kInval;
    const auto least = [](uint32_t size) { return size < kMostScale ? 1 : size / kMostScale; };
    const auto inside = [](int at, uint32_t room) {
        return at < 0 ? 0 : clamp(static_cast<uint32_t>(at), 0, room);
    };
    Area a;
    a.width = clamp(s.r.width, least(format_.width), mode_->width);
    a.height = clamp(s.r.height, least(format_.height), mode_->height);
    a.x = inside(s.r.left, mode_->width - a.width);
    a.y = inside(s.r.top, mode_->height - a.height);
    const IrqGuard guard{lock_};
    screen_ = a;
    s.r = to_v4l2(a);
    return Ok{};
}

Result<> MixerOutput::start(VideoQueue&) {
    TRY(pipe_.start(this, *mode_, on_vsync, this));
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
    const PixelFormat& pixels = *pixel_format(format_.pixelformat).take();
    const PictureAddresses at = addresses_of(*next_, pixels, format_.width, format_.height);
    picture.luma = at.luma;
    picture.chroma = at.chroma[0];
    picture.width = format_.width;
    picture.height = format_.height;
    picture.pitch = format_.plane_fmt[0].bytesperline;
    picture.swapped_chroma = pixels.swapped_chroma;
    VideoLayer layer;
    layer.picture = picture;
    layer.source = {0, 0, format_.width, format_.height};
    layer.screen = screen_;
    pipe_.mixer.begin_update();
    pipe_.mixer.set_video(layer);
    pipe_.mixer.end_update();
}

void MixerOutput::give_back(VideoBuffer*& buffer) {
    if (buffer) stream.done(*buffer, BufferState::done, sequence_++, now_ns());
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
    output->stream.set_user(pipe->dma(), PlaneAllocator::dma_contig, pipe->name());
    TRY(register_platform_video(*output, pipe->name()));
    (void)output.release();  // lives as long as its node
    return Ok{};
}

}  // namespace kernel
