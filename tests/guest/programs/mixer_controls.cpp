// Controls of the mixer's layers (alpha, priority, colour key) and the flags of selections. Run by the
// scenario mixer_controls, each step is seen on the screen: a camera's pictures on the video layer, red in
// front of it on the first graphics layer, translucent green over its corner on the second.
#include <exysim/mixer.h>

#include <cstdint>

#include "mixer_layer.hpp"
#include "tap.hpp"

namespace {

using mixer::control, mixer::put, mixer::try_put;
using v4l2::Queue;

constexpr unsigned kSide = 256;

void answers(Queue& video, Queue& low, Queue& high) {
    tap::is(control(low, V4L2_CID_ALPHA_COMPONENT), 255, "a layer is opaque");
    tap::ok(control(video, V4L2_CID_TV_LAYER_PRIO) == 1 && control(low, V4L2_CID_TV_LAYER_PRIO) == 2 &&
                control(high, V4L2_CID_TV_LAYER_PRIO) == 3,
            "the second graphics layer is in front of the first, and that of the video");
    // V4L2 takes the nearest value of an integer
    tap::ok(control(low, V4L2_CID_TV_LAYER_PRIO, 16) == 0 && control(low, V4L2_CID_TV_LAYER_PRIO) == 15,
            "there are 15 places");
    tap::ok(control(low, V4L2_CID_ALPHA_COMPONENT, -1) == 0 && control(low, V4L2_CID_ALPHA_COMPONENT) == 0,
            "and 0 is the least of alpha");
    control(low, V4L2_CID_TV_LAYER_PRIO, 2), control(low, V4L2_CID_ALPHA_COMPONENT, 255);
    tap::fails_with(control(video, V4L2_CID_TV_CHROMA_ENABLE, 1), EINVAL, "video has no colour key");
    tap::fails_with(control(low, V4L2_CID_HFLIP, 1), EINVAL, "nor has a layer anything else");
    control(low, V4L2_CID_TV_CHROMA_VALUE, INT32_MIN);
    tap::is(control(low, V4L2_CID_TV_CHROMA_VALUE), INT32_MIN, "each bit of the colour counts");
    control(low, V4L2_CID_TV_CHROMA_VALUE, -2);
    tap::is(control(low, V4L2_CID_PRIVATE_BASE + 1), -2, "which has the older number of a driver's own too");
}

/// A picture of 320x200 on a screen of 1280x720.
void selections(Queue& q) {
    q.format(V4L2_PIX_FMT_ABGR32, 320, 200);
    v4l2_rect r{1200, 700, 320, 200};
    tap::fails_with(try_put(q, r, V4L2_SEL_FLAG_GE | V4L2_SEL_FLAG_LE), ERANGE,
                    "beyond the screen exactly: ERANGE");
    tap::ok(mixer::place(q).left == 480 && mixer::place(q).top == 260, "and it stays where it was");
    r = {960, 520, 320, 200};
    tap::is(try_put(q, r, V4L2_SEL_FLAG_GE | V4L2_SEL_FLAG_LE), 0, "at the screen's edge exactly");
    r = {0, 0, 600, 200};
    tap::fails_with(try_put(q, r, V4L2_SEL_FLAG_LE), ERANGE, "640 is larger than 600");
    tap::ok(try_put(q, r = {0, 0, 600, 200}, V4L2_SEL_FLAG_GE) == 0 && r.width == 640, "and not smaller");
    tap::fails_with(try_put(q, r = {0, 0, 1280, 720}, V4L2_SEL_FLAG_GE), ERANGE, "640 is smaller than 1280");
    tap::ok(try_put(q, r = {0, 0, 1280, 720}, V4L2_SEL_FLAG_LE) == 0 && r.width == 640 && r.height == 400,
            "and not larger");
}

/// The lower square's left half has another colour than its right half.
void start_squares(Queue& low, Queue& high) {
    low.format(V4L2_PIX_FMT_BGR32, kSide, kSide);
    high.format(V4L2_PIX_FMT_ABGR32, kSide, kSide);
    put(low, {100, 100, kSide, kSide});
    put(high, {228, 228, kSide, kSide});
    low.request(1, V4L2_MEMORY_MMAP), high.request(1, V4L2_MEMORY_MMAP);
    mixer::queue_picture(low, 0, [](unsigned i) { return i % kSide < kSide / 2 ? 0x0000FFU : 0xFF0000U; });
    mixer::queue_picture(high, 0, [](unsigned) { return 0x8000FF00U; });
    tap::ok(low.stream(true) == 0 && high.stream(true) == 0, "both squares are shown");
}

/// A camera whose pictures go to the video layer.
class Camera {
public:
    explicit Camera(Queue& screen)
        : screen_{screen},
          queue_{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                 V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE} {
        screen.format(V4L2_PIX_FMT_NV12, 1280, 720);
        queue_.format(V4L2_PIX_FMT_NV12, 1280, 720);
        queue_.request(kBuffers, V4L2_MEMORY_MMAP), screen.request(kBuffers, V4L2_MEMORY_DMABUF);
        for (unsigned i = 0; i < kBuffers; ++i) {
            fds_[i] = queue_.export_fd(i);
            queue_.queue(i);
        }
        queue_.stream(true), screen.stream(true);
    }
    ~Camera() {
        for (const int fd : fds_) ::close(fd);
        ::close(queue_.fd);
    }
    bool show_next() {
        bool good =
            queue_.dequeue() == 0 && screen_.queue_fd(fds_[queue_.last.index], queue_.last.index) == 0;
        if (shown_++ > 0) good = good && screen_.dequeue() == 0 && queue_.queue(screen_.last.index) == 0;
        return good;
    }

private:
    static constexpr unsigned kBuffers = 4;
    Queue& screen_;
    Queue queue_;
    int fds_[kBuffers] = {};
    unsigned shown_ = 0;
};

/// What is set before each of the camera's pictures; a layer by its number, video first.
struct Step {
    unsigned layer, control;
    int value;
    const char* name;
};
constexpr Step kSteps[] = {
    {1, V4L2_CID_ALPHA_COMPONENT, 255, "as it comes"},
    {1, V4L2_CID_ALPHA_COMPONENT, 64, "the lower square is translucent"},
    {2, V4L2_CID_ALPHA_COMPONENT, 128, "the upper one more than by its pixels"},
    {1, V4L2_CID_TV_LAYER_PRIO, 5, "the lower one in front"},
    {1, V4L2_CID_TV_CHROMA_ENABLE, 1, "without its left half"},
    {1, V4L2_CID_TV_LAYER_PRIO, 0, "not at all"},
    {0, V4L2_CID_ALPHA_COMPONENT, 128, "the video half way to black"},
    {0, V4L2_CID_TV_LAYER_PRIO, 10, "and in front of everything"},
};

void steps(Queue& video, Queue& low, Queue& high) {
    constexpr useconds_t kTwoVsyncs = 40'000;
    Queue* const layers[] = {&video, &low, &high};
    control(low, V4L2_CID_TV_CHROMA_VALUE, 0x0000FF);
    Camera camera{video};
    for (const Step& s : kSteps) {
        const bool set = control(*layers[s.layer], s.control, s.value) == 0;
        ::usleep(kTwoVsyncs);
        tap::ok(set && camera.show_next(), s.name);
        ::usleep(kTwoVsyncs);
    }
}

}  // namespace

int main() {
    tap::plan(24);
    Queue video = mixer::open_layer("video0"), low = mixer::open_layer("graph0"),
          high = mixer::open_layer("graph1");
    answers(video, low, high);
    selections(high);
    start_squares(low, high);
    steps(video, low, high);
    for (const Queue* q : {&video, &low, &high}) ::close(q->fd);
    return tap::finish();
}
