// The raw sensor through MIPI receiver and FIMC: its input, formats that follow it, and every byte of its
// test pattern, of which the mosaic's order and the sensor's description say what it is.
#include <linux/media-bus-format.h>
#include <linux/v4l2-subdev.h>

#include "tap.hpp"
#include "v4l2_test.hpp"

namespace {

constexpr unsigned kWidth = 640, kHeight = 480;

template <class T>
int call(int fd, unsigned long command, T& argument) {
    return ::ioctl(fd, command, &argument);
}

/// The sub-device that has a test pattern is the raw sensor.
int open_sensor() {
    for (int i = 0; i < 8; ++i) {
        const int fd = ::open(("/dev/v4l-subdev" + std::to_string(i)).c_str(), O_RDWR);
        v4l2_queryctrl q{};
        q.id = V4L2_CID_TEST_PATTERN;
        if (fd >= 0 && call(fd, VIDIOC_QUERYCTRL, q) == 0) return fd;
        if (fd >= 0) ::close(fd);
    }
    return -1;
}

int set_control(int fd, unsigned id, int value) {
    v4l2_control c{id, value};
    return call(fd, VIDIOC_S_CTRL, c);
}

int set_format(int sensor, unsigned code, unsigned width, unsigned height, unsigned* got = nullptr) {
    v4l2_subdev_format f{};
    f.which = V4L2_SUBDEV_FORMAT_ACTIVE;
    f.format.code = code, f.format.width = width, f.format.height = height;
    const int done = call(sensor, VIDIOC_SUBDEV_S_FMT, f);
    if (got) *got = f.format.code;
    return done;
}

/// Sensor input: white, yellow, cyan, green, magenta, red, blue, black, at full level; the array is R G / G
/// B.
unsigned char bar_level(unsigned x, unsigned y, bool mirrored) {
    const unsigned ax = mirrored ? kWidth - 1 - x : x;
    const unsigned bar = ax * 8 / kWidth;
    const bool red_line = y % 2 == 0, even = ax % 2 == 0;
    const char colour = red_line ? (even ? 'R' : 'G') : (even ? 'G' : 'B');
    const char* on = colour == 'R' ? "11001100" : colour == 'G' ? "11110000" : "10101010";
    return on[bar] == '1' ? 255 : 0;
}

bool is_bars(const unsigned char* p, bool mirrored, bool packed) {
    for (unsigned y = 0; y < kHeight; ++y) {
        for (unsigned x = 0; x < kWidth; ++x) {
            const unsigned line = packed ? kWidth * 5 / 4 : kWidth, at = packed ? x / 4 * 5 + x % 4 : x;
            const unsigned char seen = p[y * line + at], wanted = bar_level(x, y, mirrored);
            if (seen == wanted) continue;
            std::printf("# pixel %u, %u is %u, should be %u\n", x, y, seen, wanted);
            return false;
        }
    }
    return true;
}

/// Frames of the pattern into cached memory; what a program may not change meanwhile is tried on the way.
bool captures_bars(v4l2::Queue& camera, int sensor, unsigned fourcc, bool mirrored, bool packed) {
    camera.format(fourcc, kWidth, kHeight);
    if (camera.request(3, V4L2_MEMORY_MMAP, V4L2_MEMORY_FLAG_NON_COHERENT) != 0) return false;
    for (unsigned i = 0; i < 3; ++i) camera.queue(i);
    if (camera.stream(true) != 0 || camera.dequeue() != 0) return false;
    const unsigned index = camera.last.index;
    const unsigned char* picture = camera.map(index);
    const bool good = picture && is_bars(picture, mirrored, packed);
    tap::fails_with(set_control(sensor, V4L2_CID_VFLIP, 1), EBUSY,
                    "a sensor that sends keeps its orientation");
    camera.stream(false);
    ::munmap(const_cast<unsigned char*>(picture), camera.planes[0].length);
    camera.request(0, V4L2_MEMORY_MMAP);
    return good;
}

void formats(v4l2::Queue& camera, int sensor) {
    int index = 1;
    tap::is(call(camera.fd, VIDIOC_S_INPUT, index), 0, "the raw sensor is input 1");
    v4l2_fmtdesc d{};
    d.type = camera.type;
    call(camera.fd, VIDIOC_ENUM_FMT, d);
    tap::is(d.pixelformat, V4L2_PIX_FMT_SRGGB10P, "its format is all there is");
    d.index = 1;
    tap::fails_with(call(camera.fd, VIDIOC_ENUM_FMT, d), EINVAL, "and no other");
    camera.format(V4L2_PIX_FMT_NV12, 320, 240);
    const auto& p = camera.last_format.fmt.pix_mp;
    tap::ok(p.pixelformat == V4L2_PIX_FMT_SRGGB10P && p.width == 1280 && p.height == 720, "S_FMT gives it");
    tap::is(p.plane_fmt[0].bytesperline, 1600, "four pixels in five bytes");
    camera.request(2, V4L2_MEMORY_MMAP);
    camera.queue(0), camera.queue(1);
    tap::is(set_format(sensor, MEDIA_BUS_FMT_SRGGB8_1X8, kWidth, kHeight), 0, "the sensor changes");
    tap::fails_with(camera.stream(true), EPIPE, "what no longer fits is EPIPE");
    camera.request(0, V4L2_MEMORY_MMAP);
}

}  // namespace

int main() {
    tap::plan(18);
    v4l2::Queue camera{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                       V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    const int sensor = open_sensor();
    if (!tap::ok(camera.fd >= 0 && sensor >= 0, "there are a camera and a raw sensor")) return tap::finish();
    formats(camera, sensor);
    tap::is(set_control(sensor, V4L2_CID_TEST_PATTERN, 1), 0, "colour bars");
    tap::ok(captures_bars(camera, sensor, V4L2_PIX_FMT_SRGGB8, false, false), "RGGB, 8 bits, byte by byte");
    tap::is(set_control(sensor, V4L2_CID_HFLIP, 1), 0, "mirrored");
    unsigned code = 0;
    set_format(sensor, MEDIA_BUS_FMT_SRGGB10_1X10, kWidth, kHeight, &code);
    tap::is(code, MEDIA_BUS_FMT_SGRBG10_1X10, "the mosaic begins with green, whatever is asked for");
    tap::ok(captures_bars(camera, sensor, V4L2_PIX_FMT_SGRBG10P, true, true), "GRBG, 10 bits, byte by byte");
    int index = 0;
    tap::is(call(camera.fd, VIDIOC_S_INPUT, index), 0, "and back to the other sensor");
    tap::is(camera.format(V4L2_PIX_FMT_NV12, 640, 480), 0, "which has pictures");
    tap::is(camera.last_format.fmt.pix_mp.pixelformat, V4L2_PIX_FMT_NV12, "as before");
    ::close(sensor);
    ::close(camera.fd);
    return tap::finish();
}
