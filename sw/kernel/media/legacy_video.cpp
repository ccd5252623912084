// A capture device over the older videobuf layer (boot option `videobuf`), in the manner of the first vivi:
// the processor draws test pictures, one size and one rate.
#include "core/boot_options.hpp"
#include "core/log.hpp"
#include "core/thread.hpp"
#include "core/time.hpp"
#include "driver/device.hpp"
#include "media/legacy_queue.hpp"
#include "media/test_picture.hpp"
#include "media/video_device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kWidth = 640, kHeight = 360, kFourcc = V4L2_PIX_FMT_YUYV;
constexpr uint64_t kPeriodNs = 1'000'000'000 / 30;

class LegacyVideo final : public VideoNode, public VideoSession, private LegacyQueue::Device {
public:
    LegacyVideo() : VideoNode{"vivi", V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING}, queue_{*this, "vivi"} {
        format_.width = kWidth;
        format_.height = kHeight;
        adjust_format(V4L2_BUF_TYPE_VIDEO_CAPTURE, format_);
    }
    Result<VideoSession*> open() override { return static_cast<VideoSession*>(this); }
    void close(VideoSession&) override {}
    BufferQueue* queue(uint32_t type) override {
        return type == V4L2_BUF_TYPE_VIDEO_CAPTURE ? &queue_ : nullptr;
    }

    Result<uint32_t> format_at(uint32_t, uint32_t index) const override {
        if (index != 0) return Errno::kInval;
        return uint32_t{kFourcc};
    }
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override {
        f.width = kWidth;
        f.height = kHeight;
        f.pixelformat = kFourcc;
        (void)complete_format(f, type, V4L2_COLORSPACE_SMPTE170M);
    }
    Result<> set_format(uint32_t, const v4l2_pix_format_mplane&) override { return Ok{}; }
    v4l2_pix_format_mplane format(uint32_t) const override { return format_; }
    Result<SizeRange> sizes(uint32_t fourcc) const override {
        if (fourcc != kFourcc) return Errno::kInval;
        return SizeRange{kWidth, kWidth, 1, kHeight, kHeight, 1};
    }
    Result<> enum_input(v4l2_input& i) override {
        if (i.index != 0) return Errno::kInval;
        i = {};
        i.type = V4L2_INPUT_TYPE_CAMERA;
        copy_text(reinterpret_cast<char(&)[sizeof i.name]>(i.name), "Test pictures");
        return Ok{};
    }

private:
    uint32_t picture_bytes() const override { return format_.plane_fmt[0].sizeimage; }
    Result<> start() override {
        running_ = true;
        finished_ = false;
        auto thread = start_kernel_thread(
            "vivi", [](void* self) { static_cast<LegacyVideo*>(self)->run(); }, this);
        if (thread) return Ok{};
        running_ = false;
        finished_ = true;
        return thread.error();
    }
    void stop() override {
        running_ = false;
        stopped_.wake_all();
        (void)wait_event(
            stopped_, [this] { return finished_; }, kNever, false);
    }

    /// A picture a period, into the buffer that has waited longest; without one it is lost.
    void run() {
        uint32_t sequence = 0;
        for (uint64_t next = now_ns() + kPeriodNs; running_; next += kPeriodNs, ++sequence) {
            (void)wait_event(
                stopped_, [this] { return !running_; }, next, false);
            LegacyBuffer* buffer = running_ ? queue_.take() : nullptr;
            if (!buffer) continue;
            Canvas canvas{pixel_format(kFourcc).take(), kWidth, kHeight};
            canvas.planes[0] = pointer<uint8_t>(buffer->cpu());
            draw(canvas, TestPicture::ramp, sequence, 0);
            plane_statistics().drawn += picture_bytes();
            queue_.done(*buffer, sequence, now_ns());
        }
        finished_ = true;
        stopped_.wake_all();
    }

    v4l2_pix_format_mplane format_{};
    bool running_ = false, finished_ = true;
    WaitQueue stopped_;
    LegacyQueue queue_;
};

Result<> start() {
    if (!boot_option("videobuf")) return Ok{};
    auto device = TRY(make<LegacyVideo>());
    TRY(register_video_device(*device, "platform:vivi-000"));
    (void)device.release();
    return Ok{};
}

constexpr Service kVivi{"vivi", start};
REGISTER_SERVICE(kVivi);

}  // namespace

}  // namespace kernel
