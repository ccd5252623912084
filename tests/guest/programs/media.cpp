// The media controller and sub-devices of the camera: what Linux's UAPI says of links, formats in force and
// tried, and of what is busy.
#include <linux/media-bus-format.h>
#include <linux/media.h>
#include <linux/v4l2-subdev.h>

#include <vector>

#include "proc.hpp"
#include "tap.hpp"
#include "v4l2_test.hpp"

namespace {

template <class T>
int call(int fd, unsigned long command, T& argument) {
    return ::ioctl(fd, command, &argument);
}

struct Topology {
    std::vector<media_v2_entity> entities;
    std::vector<media_v2_pad> pads;
    std::vector<media_v2_link> links;

    explicit Topology(int media) {
        media_v2_topology t{};
        call(media, MEDIA_IOC_G_TOPOLOGY, t);
        entities.resize(t.num_entities), pads.resize(t.num_pads), links.resize(t.num_links);
        t.ptr_entities = reinterpret_cast<uintptr_t>(entities.data());
        t.ptr_pads = reinterpret_cast<uintptr_t>(pads.data());
        t.ptr_links = reinterpret_cast<uintptr_t>(links.data());
        t.num_interfaces = 0;
        call(media, MEDIA_IOC_G_TOPOLOGY, t);
    }
    unsigned entity(const char* name) const {
        for (const auto& e : entities)
            if (std::strcmp(e.name, name) == 0) return e.id;
        return 0;
    }
};

media_link_desc link(unsigned source, unsigned source_pad, unsigned sink, unsigned sink_pad, unsigned flags) {
    media_link_desc d{};
    d.source.entity = source, d.source.index = static_cast<__u16>(source_pad);
    d.sink.entity = sink, d.sink.index = static_cast<__u16>(sink_pad);
    d.flags = flags;
    return d;
}

v4l2_subdev_format format(int fd, unsigned which, unsigned pad = 0) {
    v4l2_subdev_format f{};
    f.which = which, f.pad = pad;
    call(fd, VIDIOC_SUBDEV_G_FMT, f);
    return f;
}

int set_format(int fd, unsigned which, unsigned pad, unsigned width, unsigned height,
               v4l2_subdev_format* result = nullptr) {
    v4l2_subdev_format f = format(fd, which, pad);
    f.format.width = width, f.format.height = height;
    const int done = call(fd, VIDIOC_SUBDEV_S_FMT, f);
    if (result) *result = f;
    return done;
}

constexpr unsigned kTry = V4L2_SUBDEV_FORMAT_TRY, kActive = V4L2_SUBDEV_FORMAT_ACTIVE;

void device(int media) {
    media_device_info info{};
    tap::is(call(media, MEDIA_IOC_DEVICE_INFO, info), 0, "MEDIA_IOC_DEVICE_INFO");
    tap::ok(std::strcmp(info.driver, "s5p-fimc-md") == 0, "by its driver's name on Linux");
    tap::fails_with(::ioctl(media, MEDIA_IOC_DEVICE_INFO, nullptr), EFAULT, "a bad pointer is EFAULT");
    tap::fails_with(::ioctl(media, VIDIOC_QUERYCAP, &info), ENOTTY, "a video ioctl is ENOTTY");
    media_entity_desc e{};
    e.id = MEDIA_ENT_ID_FLAG_NEXT;
    unsigned found = 0, last = 0;
    bool rising = true;
    for (; call(media, MEDIA_IOC_ENUM_ENTITIES, e) == 0; e.id |= MEDIA_ENT_ID_FLAG_NEXT, ++found) {
        rising = rising && e.id > last;
        last = e.id;
    }
    tap::is(errno, EINVAL, "after the last entity comes EINVAL");
    const Topology t{media};
    tap::is(found, static_cast<long long>(t.entities.size()), "both calls tell of as many entities");
    tap::ok(rising, "in rising order of their ids");
    media_v2_topology small{};
    media_v2_entity one{};
    small.num_entities = 1, small.ptr_entities = reinterpret_cast<uintptr_t>(&one);
    tap::fails_with(call(media, MEDIA_IOC_G_TOPOLOGY, small), ENOSPC, "too little room is ENOSPC");
    tap::is(small.num_entities, found, "and says how much it takes");
}

/// The rules of MEDIA_IOC_SETUP_LINK.
void links(int media, v4l2::Queue& camera) {
    const Topology t{media};
    const unsigned sensor = t.entity("S5K6AA"), fimc = t.entity("FIMC.0"), end = t.entity("fimc.0.capture");
    constexpr unsigned kOn = MEDIA_LNK_FL_ENABLED, kFixed = MEDIA_LNK_FL_IMMUTABLE;
    const auto set = [&](media_link_desc d) { return call(media, MEDIA_IOC_SETUP_LINK, d); };
    tap::fails_with(set(link(sensor, 0, end, 0, kOn)), EINVAL, "pads without a link are EINVAL");
    tap::fails_with(set(link(sensor, 1, fimc, 0, kOn)), EINVAL, "a pad that is not there is EINVAL");
    tap::fails_with(set(link(fimc, 2, end, 0, kFixed)), EINVAL, "an immutable link stays");
    tap::is(set(link(fimc, 2, end, 0, kFixed | kOn)), 0, "what is so already may be said again");
    tap::fails_with(set(link(sensor, 0, fimc, 0, kOn | kFixed)), EINVAL, "immutable is not settable");
    camera.format(V4L2_PIX_FMT_NV12, 640, 480);
    camera.request(2, V4L2_MEMORY_MMAP);
    tap::fails_with(set(link(sensor, 0, fimc, 0, 0)), EBUSY, "with buffers the camera stays linked: EBUSY");
    camera.request(0, V4L2_MEMORY_MMAP);
    tap::is(set(link(sensor, 0, fimc, 0, 0)), 0, "without buffers it goes");
    camera.format(V4L2_PIX_FMT_NV12, 640, 480);
    camera.request(2, V4L2_MEMORY_MMAP);
    camera.queue(0), camera.queue(1);
    tap::fails_with(camera.stream(true), EPIPE, "without a camera STREAMON is EPIPE");
    camera.request(0, V4L2_MEMORY_MMAP);
    tap::is(set(link(sensor, 0, fimc, 0, kOn)), 0, "and it comes back");
}

void formats(int sensor, int fimc, v4l2::Queue& camera) {
    v4l2_subdev_format got{};
    tap::is(set_format(sensor, kActive, 0, 800, 600, &got), 0, "the sensor's picture gets another size");
    tap::is(got.format.code, MEDIA_BUS_FMT_YUYV8_2X8, "in its only code");
    tap::is(format(fimc, kActive).format.width, 800, "which is what arrives at FIMC");
    set_format(sensor, kTry, 0, 320, 240);
    tap::is(format(sensor, kTry).format.width, 320, "another size is tried");
    tap::is(format(sensor, kActive).format.width, 800, "and is not in force");
    set_format(sensor, kActive, 0, 1, 100000, &got);
    tap::ok(got.format.width == 16 && got.format.height == 4096, "impossible sizes become the nearest");
    set_format(sensor, kActive, 0, 1280, 720);
    camera.format(V4L2_PIX_FMT_NV12, 640, 480);
    tap::is(format(fimc, kActive, 2).format.width, 640, "FIMC's source pad shows the node's format");
    set_format(fimc, kActive, 2, 320, 240);
    v4l2_format f{};
    f.type = camera.type;
    call(camera.fd, VIDIOC_G_FMT, f);
    tap::is(f.fmt.pix_mp.width, 320, "and sets it");
    got = {};
    got.which = 2;
    tap::fails_with(call(sensor, VIDIOC_SUBDEV_G_FMT, got), EINVAL, "neither tried nor in force is EINVAL");
    got.which = kActive, got.pad = 1;
    tap::fails_with(call(sensor, VIDIOC_SUBDEV_G_FMT, got), EINVAL, "a second pad of the sensor is EINVAL");
    v4l2_subdev_mbus_code_enum code{};
    code.which = kActive, code.index = 1;
    tap::fails_with(call(sensor, VIDIOC_SUBDEV_ENUM_MBUS_CODE, code), EINVAL, "there is one code only");
}

void crop(int fimc, v4l2::Queue& camera) {
    v4l2_subdev_selection s{};
    s.which = kActive, s.target = V4L2_SEL_TGT_CROP, s.r = {101, 51, 400, 300};
    tap::is(call(fimc, VIDIOC_SUBDEV_S_SELECTION, s), 0, "a part is cropped");
    tap::ok(s.r.left == 96 && s.r.top == 50 && s.r.width == 400 && s.r.height == 300, "in FIMC's steps");
    v4l2_selection node{};
    node.type = camera.type, node.target = V4L2_SEL_TGT_CROP;
    call(camera.fd, VIDIOC_G_SELECTION, node);
    tap::ok(node.r.left == 96 && node.r.width == 400, "the capture node's crop is the same");
    s.target = V4L2_SEL_TGT_CROP_BOUNDS;
    tap::fails_with(call(fimc, VIDIOC_SUBDEV_S_SELECTION, s), EINVAL, "bounds cannot be set");
    node.target = V4L2_SEL_TGT_NATIVE_SIZE;
    tap::is(call(camera.fd, VIDIOC_G_SELECTION, node), 0, "the native size is the sensor's");
    tap::is(node.r.width, 1280, "as it is set there");
    tap::fails_with(call(camera.fd, VIDIOC_S_SELECTION, node), EINVAL, "and nowhere else");
    s = {};
    s.which = kActive, s.target = V4L2_SEL_TGT_CROP, s.r = {0, 0, 1280, 720};
    call(fimc, VIDIOC_SUBDEV_S_SELECTION, s);
}

/// S_INPUT and the links are one state.
void inputs(v4l2::Queue& camera) {
    v4l2_input i{};
    tap::is(call(camera.fd, VIDIOC_ENUMINPUT, i), 0, "there is an input");
    tap::ok(std::strcmp(reinterpret_cast<char*>(i.name), "S5K6AA") == 0, "which is the sensor");
    int index = 99;
    tap::fails_with(call(camera.fd, VIDIOC_S_INPUT, index), EINVAL, "there are not as many inputs as that");
    index = 0;
    tap::is(call(camera.fd, VIDIOC_S_INPUT, index), 0, "S_INPUT");
    tap::ok(call(camera.fd, VIDIOC_G_INPUT, index) == 0 && index == 0, "G_INPUT");
}

void streaming(int sensor, v4l2::Queue& camera) {
    v4l2_subdev_frame_interval i{};
    i.interval = {1, 60};
    tap::is(call(sensor, VIDIOC_SUBDEV_S_FRAME_INTERVAL, i), 0, "60 frames a second");
    v4l2_streamparm p{};
    p.type = camera.type;
    call(camera.fd, VIDIOC_G_PARM, p);
    tap::is(p.parm.capture.timeperframe.denominator, 60, "the capture node says so too");
    camera.format(V4L2_PIX_FMT_NV12, 640, 480);
    camera.request(3, V4L2_MEMORY_MMAP);
    for (unsigned b = 0; b < 3; ++b) camera.queue(b);
    tap::is(camera.stream(true), 0, "it streams");
    tap::is(camera.dequeue(), 0, "a frame comes");
    tap::fails_with(set_format(sensor, kActive, 0, 320, 240), EBUSY, "a sensor that sends is EBUSY");
    tap::is(set_format(sensor, kActive, 0, 1280, 720), 0, "for another format than it has");
    i.interval = {1, 30};
    tap::fails_with(call(sensor, VIDIOC_SUBDEV_S_FRAME_INTERVAL, i), EBUSY, "or another rate");
    camera.stream(false);
    camera.request(0, V4L2_MEMORY_MMAP);
    tap::is(call(sensor, VIDIOC_SUBDEV_S_FRAME_INTERVAL, i), 0, "afterwards everything may change");
}

}  // namespace

int main() {
    tap::plan(49);
    const int media = ::open("/dev/media0", O_RDWR), sensor = ::open("/dev/v4l-subdev0", O_RDWR),
              fimc = ::open("/dev/v4l-subdev1", O_RDWR);
    v4l2::Queue camera{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                       V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    device(media);
    links(media, camera);
    formats(sensor, fimc, camera);
    crop(fimc, camera);
    inputs(camera);
    streaming(sensor, camera);
    for (const int fd : {media, sensor, fimc, camera.fd}) ::close(fd);
    return tap::finish();
}
