// The mixer's three layers as V4L2 nodes: which there are, formats, places and sizes on the screen, pictures
// on all at once, buffers that come back when the next one is shown, one mode for all, and DRM kept out until
// the last has stopped. Run by the scenario mixer_layers the screen is kept, once a camera's pictures are on
// the video layer.
#include <vector>

#include "drm_display.hpp"
#include "mixer_layer.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

using mixer::open_layer, mixer::place, mixer::put, mixer::kType;

bool is(const v4l2_rect& r, int left, int top, unsigned width, unsigned height) {
    const bool same = r.left == left && r.top == top && r.width == width && r.height == height;
    if (!same) std::printf("# %d, %d, %ux%u\n", r.left, r.top, r.width, r.height);
    return same;
}

void formats(v4l2::Queue& graphics) {
    std::vector<unsigned> known;
    v4l2_fmtdesc d{};
    d.type = kType;
    for (; ::ioctl(graphics.fd, VIDIOC_ENUM_FMT, &d) == 0; ++d.index) known.push_back(d.pixelformat);
    const std::vector<unsigned> expected{V4L2_PIX_FMT_RGB565, V4L2_PIX_FMT_ARGB444, V4L2_PIX_FMT_ARGB555,
                                         V4L2_PIX_FMT_BGR32, V4L2_PIX_FMT_ABGR32};
    tap::ok(known == expected,
            "a graphics layer has the mixer's four formats, 32 bits with and without alpha");
    graphics.format(V4L2_PIX_FMT_NV12, 64, 64);
    tap::is(graphics.last_format.fmt.pix_mp.pixelformat, V4L2_PIX_FMT_RGB565, "and no NV12");
    graphics.format(V4L2_PIX_FMT_ARGB555, 640, 480);
    tap::is(graphics.size(), 640 * 480 * 2, "16 bits a pixel");
}

void places(v4l2::Queue& graphics) {
    graphics.format(V4L2_PIX_FMT_ABGR32, 320, 200);
    tap::ok(is(place(graphics), 480, 260, 320, 200), "a picture is in the middle, pixel by pixel");
    tap::ok(is(place(graphics, V4L2_SEL_TGT_COMPOSE_BOUNDS), 0, 0, 1280, 720), "of the screen");
    tap::ok(is(put(graphics, {10, 20, 320, 200}), 10, 20, 320, 200), "it goes elsewhere");
    tap::ok(is(put(graphics, {0, 0, 600, 200}), 0, 0, 640, 200),
            "twice as wide, the nearest size to the wish");
    tap::ok(is(put(graphics, {0, 0, 1280, 720}), 0, 0, 640, 400), "and never larger than twice");
    tap::ok(is(put(graphics, {1200, 700, 320, 200}), 960, 520, 320, 200), "nor beyond the screen");
    graphics.format(V4L2_PIX_FMT_RGB565, 1920, 1080);
    tap::ok(is(place(graphics), 0, 0, 1280, 720), "of a larger picture the screen shows what fits");
}

void queue_colour(v4l2::Queue& q, unsigned index, uint32_t colour) {
    mixer::queue_picture(q, index, [colour](unsigned) { return colour; });
}
void queue_grey(v4l2::Queue& q, unsigned index, unsigned char luma) {
    unsigned char* at = q.map(index);
    std::memset(at, luma, q.size() * 2 / 3);
    std::memset(at + q.size() * 2 / 3, 128, q.size() / 3);
    ::munmap(at, q.size());
    q.queue(index);
}

/// A grey screen, a red square, and a translucent green one over its corner.
void all_at_once(v4l2::Queue& video, v4l2::Queue& low, v4l2::Queue& high) {
    video.format(V4L2_PIX_FMT_NV12, 1280, 720);
    low.format(V4L2_PIX_FMT_BGR32, 256, 256);
    high.format(V4L2_PIX_FMT_ABGR32, 128, 128);
    put(low, {100, 100, 256, 256});
    put(high, {300, 300, 256, 256});  // double size
    bool started = true;
    for (v4l2::Queue* q : {&video, &low, &high}) started = started && q->request(2, V4L2_MEMORY_MMAP) == 0;
    queue_grey(video, 0, 110);
    queue_colour(low, 0, 0x00FF0000);
    queue_colour(high, 0, 0x8000FF00);
    for (v4l2::Queue* q : {&video, &low, &high}) started = started && q->stream(true) == 0;
    tap::ok(started, "all three stream at once");
    ::usleep(50'000);
    pollfd nothing{low.fd, POLLOUT, 0};
    tap::is(::poll(&nothing, 1, 0), 0, "a picture stays on the screen until there is another");
    queue_colour(low, 1, 0x000000FF);
    tap::ok(low.dequeue() == 0 && low.last.index == 0, "then its buffer comes back");
    queue_grey(video, 1, 60);
    tap::ok(video.dequeue() == 0 && video.last.index == 0, "the same with the video layer");
}

/// A camera's pictures on the video layer, behind the squares.
void behind_them_a_camera(v4l2::Queue& video) {
    constexpr unsigned kBuffers = 4, kShown = 4;
    video.stream(false);
    v4l2::Queue camera{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                       V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    camera.format(V4L2_PIX_FMT_NV12, 1280, 720);
    bool good =
        camera.request(kBuffers, V4L2_MEMORY_MMAP) == 0 && video.request(kBuffers, V4L2_MEMORY_DMABUF) == 0;
    int fds[kBuffers];
    for (unsigned i = 0; i < kBuffers; ++i) {
        fds[i] = camera.export_fd(i);
        good = good && camera.queue(i) == 0;
    }
    good = good && camera.stream(true) == 0 && video.stream(true) == 0;
    for (unsigned shown = 0; good && shown < kShown; ++shown) {
        good = camera.dequeue() == 0 && video.queue_fd(fds[camera.last.index], camera.last.index) == 0;
        if (shown > 0) good = good && video.dequeue() == 0 && camera.queue(video.last.index) == 0;
    }
    ::usleep(50'000);  // the last one is on the screen
    tap::ok(good, "a camera's pictures behind them");
    for (const int fd : fds) ::close(fd);
    ::close(camera.fd);
}

void one_mode(v4l2::Queue& video, v4l2::Queue& graphics) {
    v4l2_dv_timings now{};
    tap::is(::ioctl(graphics.fd, VIDIOC_G_DV_TIMINGS, &now), 0, "a graphics layer knows the mode");
    v4l2_enum_dv_timings first{};
    ::ioctl(graphics.fd, VIDIOC_ENUM_DV_TIMINGS, &first);
    tap::fails_with(::ioctl(graphics.fd, VIDIOC_S_DV_TIMINGS, &first.timings), EBUSY,
                    "which nobody changes while a layer streams");
    video.stream(false);
    tap::fails_with(::ioctl(video.fd, VIDIOC_S_DV_TIMINGS, &first.timings), EBUSY, "whichever it is");
}

int show_by_drm(const drm::File& card, drm::Display& display, const drm::Buffer& b) {
    drm_mode_crtc c = drm::crtc_request(display, b.fb);
    return card.call(DRM_IOCTL_MODE_SETCRTC, c);
}

void claims(v4l2::Queue& low, v4l2::Queue& high) {
    const drm::File card{drm::kCard};
    drm::Display display;
    drm::find_display(card, display);
    const auto b = drm::make_framebuffer(card, 1280, 720, DRM_FORMAT_XRGB8888);
    tap::fails_with(show_by_drm(card, display, b), EBUSY, "DRM is EBUSY while layers stream");
    low.stream(false);
    tap::fails_with(show_by_drm(card, display, b), EBUSY, "even one");
    high.stream(false);
    tap::is(show_by_drm(card, display, b), 0, "and has the display when none does");
    high.queue(0);
    tap::fails_with(high.stream(true), EBUSY, "then a layer is EBUSY");
    drm::switch_off(card, display);
}

}  // namespace

int main() {
    tap::plan(24);
    v4l2::Queue video = open_layer("video0"), low = open_layer("graph0"), high = open_layer("graph1");
    if (!tap::ok(video.fd >= 0 && low.fd >= 0 && high.fd >= 0, "a node for each layer")) return tap::finish();
    formats(low);
    places(high);
    all_at_once(video, low, high);
    behind_them_a_camera(video);
    one_mode(video, low);
    claims(low, high);
    for (const v4l2::Queue* q : {&video, &low, &high}) ::close(q->fd);
    tap::is(proc::value("/proc/video", "owned"), 0, "no buffer is left");
    return tap::finish();
}
