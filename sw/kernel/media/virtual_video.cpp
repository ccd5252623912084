// A virtual video device in the manner of vivi and vivid (boot option `vivid`): capture draws test pictures,
// output takes pictures and, when asked, shows them to capture. All by the processor, on vmalloc memory, with
// no device behind it; each once with the single-planar and once with the multi-planar API.
#include <iterator>

#include "core/boot_options.hpp"
#include "core/log.hpp"
#include "core/thread.hpp"
#include "driver/device.hpp"
#include "media/test_picture.hpp"
#include "media/video_device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kSingleFormats[] = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV21,   V4L2_PIX_FMT_YUV420,
                                       V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_RGB565, V4L2_PIX_FMT_BGR32};
constexpr uint32_t kMultiFormats[] = {V4L2_PIX_FMT_NV12M, V4L2_PIX_FMT_NV21M, V4L2_PIX_FMT_YUV420M};
constexpr SizeRange kSizes{32, 1920, 8, 16, 1080, 2};
constexpr uint32_t kMaxRate = 120, kDefaultRate = 30, kMinBuffers = 2;
constexpr int32_t kLoop = 2;  // of the test pattern menu
constexpr const char* kPatterns[] = {"75% Colour Bars", "Grey Ramp", "Loop from output"};

constexpr ControlInfo kControls[] = {
    control_class(V4L2_CID_USER_CLASS, "User Controls"),
    {V4L2_CID_BRIGHTNESS, "Brightness", V4L2_CTRL_TYPE_INTEGER, -128, 127, 1, 0},
    control_class(V4L2_CID_IMAGE_PROC_CLASS, "Image Processing Controls"),
    {V4L2_CID_TEST_PATTERN, "Test Pattern", V4L2_CTRL_TYPE_MENU, 0, 2, 1, 0, kPatterns},
};

uint32_t clamp(uint32_t v, uint32_t low, uint32_t high) { return v < low ? low : v > high ? high : v; }

/// The last picture an output took, for the captures that loop.
struct Looped {
    Mutex lock;
    v4l2_pix_format_mplane format{};
    uint8_t* bytes = nullptr;
    uint32_t size = 0;
};
Looped looped;

Canvas canvas_over(const v4l2_pix_format_mplane& f, uint8_t* bytes) {
    const PixelFormat* pixels = pixel_format(f.pixelformat).take();
    Canvas c{pixels, f.width, f.height};
    c.planes[0] = bytes;
    for (uint32_t i = 0; i < pixels->chroma_planes; ++i)
        c.planes[i + 1] = bytes + pixels->chroma_offset(i, f.width, f.height);
    return c;
}

Canvas canvas_of(const VideoBuffer& b, const v4l2_pix_format_mplane& f) {
    const PixelFormat* pixels = pixel_format(f.pixelformat).take();
    Canvas c{pixels, f.width, f.height};
    for (uint32_t i = 0; i < c.plane_count(); ++i) {
        const PixelFormat::Place p = pixels->place(i, f.width, f.height);
        c.planes[i] = pointer<uint8_t>(b.cpu(p.buffer) + b.planes[p.buffer].data_offset + p.offset);
    }
    return c;
}

bool same_picture(const v4l2_pix_format_mplane& a, const v4l2_pix_format_mplane& b) {
    return a.pixelformat == b.pixelformat && a.width == b.width && a.height == b.height;
}

class VirtualVideo final : public VideoDevice {
public:
    VirtualVideo(v4l2_buf_type type, uint32_t caps)
        : VideoDevice{{.type = type, .min_queued = kMinBuffers}, "vivid", caps | V4L2_CAP_STREAMING},
          controls_{kControls, std::size(kControls), nullptr, nullptr} {
        format_.width = 640;
        format_.height = 360;
        format_.pixelformat = kSingleFormats[0];
        adjust_format(type, format_);
        stream.set_user({}, PlaneAllocator::vmalloc, "vivid");
    }

    Result<uint32_t> format_at(uint32_t type, uint32_t index) const override {
        if (index < std::size(kSingleFormats)) return kSingleFormats[index];
        const uint32_t multi = index - static_cast<uint32_t>(std::size(kSingleFormats));
        if (!V4L2_TYPE_IS_MULTIPLANAR(type) || multi >= std::size(kMultiFormats)) return Errno::kInval;
        return kMultiFormats[multi];
    }
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override {
        if (!knows(type, f.pixelformat)) f.pixelformat = kSingleFormats[0];
        f.width = align_down(clamp(f.width, kSizes.min_width, kSizes.max_width), kSizes.step_width);
        f.height = align_down(clamp(f.height, kSizes.min_height, kSizes.max_height), kSizes.step_height);
        const bool rgb = pixel_format(f.pixelformat).take()->rgb;
        (void)complete_format(f, type, rgb ? V4L2_COLORSPACE_SRGB : V4L2_COLORSPACE_SMPTE170M);
    }
    Result<> set_format(uint32_t, const v4l2_pix_format_mplane& f) override {
        format_ = f;
        return Ok{};
    }
    v4l2_pix_format_mplane format(uint32_t) const override { return format_; }
    Result<SizeRange> sizes(uint32_t fourcc) const override {
        if (!knows(stream.type(), fourcc)) return Errno::kInval;
        return kSizes;
    }
    Result<uint32_t> highest_rate() const override { return kMaxRate; }
    Result<> get_parameters(v4l2_streamparm& p) override {
        p.parm = {};
        v4l2_captureparm& c = p.parm.capture;  // of the same layout as outputparm
        c.capability = V4L2_CAP_TIMEPERFRAME;
        c.timeperframe = {1, rate_};
        return Ok{};
    }
    Result<> set_parameters(v4l2_streamparm& p) override {
        const v4l2_fract asked = p.parm.capture.timeperframe;
        const bool given = asked.numerator != 0 && asked.denominator != 0;
        rate_ = given ? clamp(asked.denominator / asked.numerator, 1, kMaxRate) : kDefaultRate;
        return get_parameters(p);
    }
    Result<> enum_input(v4l2_input& i) override {
        if (stream.is_output()) return Errno::kNoTty;
        if (i.index != 0) return Errno::kInval;
        i = {};
        i.type = V4L2_INPUT_TYPE_CAMERA;
        copy_text(reinterpret_cast<char(&)[sizeof i.name]>(i.name), "Test pictures");
        return Ok{};
    }
    Result<> enum_output(v4l2_output& o) override {
        if (!stream.is_output()) return Errno::kNoTty;
        if (o.index != 0) return Errno::kInval;
        o = {};
        o.type = V4L2_OUTPUT_TYPE_ANALOG;
        copy_text(reinterpret_cast<char(&)[sizeof o.name]>(o.name), "Loop");
        return Ok{};
    }
    ControlSet* controls() override { return stream.is_output() ? nullptr : &controls_; }

private:
    bool knows(uint32_t type, uint32_t fourcc) const {
        for (uint32_t i = 0;; ++i) {
            auto known = format_at(type, i);
            if (!known) return false;
            if (known.value() == fourcc) return true;
        }
    }

    void take(VideoQueue&, VideoBuffer& buffer) override { waiting_.push_back(buffer); }
    Result<> start(VideoQueue&) override;
    void stop(VideoQueue&) override;

    void run();
    void frame(VideoBuffer& buffer);
    void show(const Canvas& canvas);
    void keep(const Canvas& canvas);

    ControlSet controls_;
    v4l2_pix_format_mplane format_{};
    uint32_t rate_ = kDefaultRate;
    uint32_t sequence_ = 0;

    IrqLock lock_;
    List<VideoBuffer, &VideoBuffer::node> waiting_;
    bool running_ = false;  // the thread is to go on
    bool finished_ = true;  // it has ended
    WaitQueue stopped_;     // woken for both
};

Result<> VirtualVideo::start(VideoQueue&) {
    running_ = true;
    finished_ = false;
    sequence_ = 0;
    auto thread = start_kernel_thread(
        "vivid", [](void* self) { static_cast<VirtualVideo*>(self)->run(); }, this);
    if (thread) return Ok{};
    running_ = false;
    finished_ = true;
    return thread.error();
}

void VirtualVideo::stop(VideoQueue&) {
    running_ = false;
    stopped_.wake_all();
    (void)wait_event(
        stopped_, [this] { return finished_; }, kNever, false);
    const IrqGuard guard{lock_};
    while (waiting_.pop_front()) {
    }
}

/// A frame a period, of the buffers there are; without any the frame is lost.
void VirtualVideo::run() {
    const uint64_t period = 1'000'000'000 / rate_;
    uint64_t next = now_ns();
    while (running_) {
        next += period;
        (void)wait_event(
            stopped_, [this] { return !running_; }, next, false);
        if (!running_) break;
        VideoBuffer* buffer;
        {
            const IrqGuard guard{lock_};
            buffer = waiting_.pop_front();
        }
        if (buffer) frame(*buffer);
        ++sequence_;
    }
    finished_ = true;
    stopped_.wake_all();
}

void VirtualVideo::frame(VideoBuffer& buffer) {
    const Canvas canvas = canvas_of(buffer, format_);
    if (stream.is_output()) {
        keep(canvas);
    } else {
        show(canvas);
    }
    plane_statistics().drawn += canvas.format->size(canvas.width, canvas.height);
    stream.done(buffer, BufferState::done, sequence_, now_ns());
}

void VirtualVideo::show(const Canvas& canvas) {
    const int32_t pattern = controls_.value(V4L2_CID_TEST_PATTERN);
    if (pattern == kLoop) {
        const MutexGuard guard{looped.lock};
        if (looped.bytes && same_picture(looped.format, format_))
            return copy(canvas, canvas_over(looped.format, looped.bytes));
    }
    draw(canvas, pattern == 1 ? TestPicture::ramp : TestPicture::bars, sequence_,
         controls_.value(V4L2_CID_BRIGHTNESS));
}

void VirtualVideo::keep(const Canvas& canvas) {
    const MutexGuard guard{looped.lock};
    const uint32_t size = canvas.format->size(canvas.width, canvas.height);
    if (looped.size != size) {
        delete[] looped.bytes;
        looped.bytes = new (std::nothrow) uint8_t[size];
        looped.size = looped.bytes ? size : 0;
    }
    if (!looped.bytes) return;
    looped.format = format_;
    copy(canvas_over(format_, looped.bytes), canvas);
}

Result<> start() {
    if (!boot_option("vivid")) return Ok{};
    struct Row {
        v4l2_buf_type type;
        uint32_t caps;
        const char* bus;
    };
    static constexpr Row kRows[] = {
        {V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_CAP_VIDEO_CAPTURE, "platform:vivid-000"},
        {V4L2_BUF_TYPE_VIDEO_OUTPUT, V4L2_CAP_VIDEO_OUTPUT, "platform:vivid-000"},
        {V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_CAP_VIDEO_CAPTURE_MPLANE, "platform:vivid-001"},
        {V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, V4L2_CAP_VIDEO_OUTPUT_MPLANE, "platform:vivid-001"}};
    Unique<VirtualVideo> devices[std::size(kRows)];
    for (size_t i = 0; i < std::size(kRows); ++i) {
        devices[i] = TRY(make<VirtualVideo>(kRows[i].type, kRows[i].caps));
        TRY(register_video_device(*devices[i], kRows[i].bus));
    }
    for (auto& device : devices) (void)device.release();  // they stay
    return Ok{};
}

constexpr Service kVivid{"vivid", start};
REGISTER_SERVICE(kVivid);

}  // namespace

}  // namespace kernel
