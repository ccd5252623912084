#include "apps/runner/v4l2_device.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "apps/support/device_tree.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

constexpr unsigned kMostNodes = 64;  // Linux's limit of video devices is higher; nobody here has as many

uint32_t type_of(Queue queue) { return static_cast<uint32_t>(queue); }

uint32_t fourcc_code(const std::string& name) {
    if (name.size() != 4) throw Error{"pixel format '" + name + "' is not a four-character code"};
    return v4l2_fourcc(name[0], name[1], name[2], name[3]);
}

/// Whether the open node is the device called `bus_info` and can do what is wanted.
bool is_wanted(int fd, const std::string& bus_info, uint32_t capability) {
    v4l2_capability caps{};
    if (::ioctl(fd, VIDIOC_QUERYCAP, &caps) != 0) return false;
    return bus_info == reinterpret_cast<const char*>(caps.bus_info) && (caps.device_caps & capability) != 0;
}

struct Found {
    Fd fd;
    std::string node;
};
Found find_node(const std::string& alias, uint32_t capability) {
    const std::string bus_info = "platform:" + platform_name(alias);
    for (unsigned i = 0; i < kMostNodes; ++i) {
        const std::string node = "/dev/video" + std::to_string(i);
        Fd fd{::open(node.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
        if (fd.get() >= 0 && is_wanted(fd.get(), bus_info, capability)) return {std::move(fd), node};
    }
    throw Error{alias + ": no video device says it is " + bus_info};
}

}  // namespace

V4l2Device V4l2Device::find(const std::string& alias, Queue queue) {
    Found found = find_node(
        alias, queue == Queue::capture ? V4L2_CAP_VIDEO_CAPTURE_MPLANE : V4L2_CAP_VIDEO_OUTPUT_MPLANE);
    return {std::move(found.fd), found.node, queue};
}

V4l2Device V4l2Device::find_converter(const std::string& alias) {
    Found found = find_node(alias, V4L2_CAP_VIDEO_M2M_MPLANE);
    return {std::move(found.fd), found.node, Queue::output};
}

V4l2Device V4l2Device::other_side(Queue queue) const {
    Fd same{::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0)};
    if (same.get() < 0) throw SystemError{node_, "fcntl"};
    return {std::move(same), node_, queue};
}

void V4l2Device::call(unsigned long request, void* argument, const char* name) const {
    int result;
    do {
        result = ::ioctl(fd_.get(), request, argument);
    } while (result != 0 && errno == EINTR);
    if (result != 0) throw SystemError{node_, name};
}

uint32_t V4l2Device::set_format(const std::string& fourcc, Size size) {
    v4l2_format format{};
    format.type = type_of(queue_);
    format.fmt.pix_mp.width = size.width;
    format.fmt.pix_mp.height = size.height;
    format.fmt.pix_mp.pixelformat = fourcc_code(fourcc);
    format.fmt.pix_mp.field = V4L2_FIELD_NONE;
    call(VIDIOC_S_FMT, &format, "VIDIOC_S_FMT");
    const v4l2_pix_format_mplane& got = format.fmt.pix_mp;
    const bool same = got.width == size.width && got.height == size.height &&
                      got.pixelformat == fourcc_code(fourcc) && got.num_planes <= Planes{}.size();
    planes_ = got.num_planes;
    if (!same) throw Error{node_ + ": does not do " + fourcc + " at this size"};
    return got.plane_fmt[0].sizeimage;
}

void V4l2Device::set_input(uint32_t index) {
    int chosen = static_cast<int>(index);
    call(VIDIOC_S_INPUT, &chosen, "VIDIOC_S_INPUT");
}

void V4l2Device::set_rate(uint32_t frames_per_second) {
    v4l2_streamparm parm{};
    parm.type = type_of(queue_);
    parm.parm.capture.timeperframe = {1, frames_per_second};
    call(VIDIOC_S_PARM, &parm, "VIDIOC_S_PARM");
    const v4l2_fract got = parm.parm.capture.timeperframe;
    if (got.denominator != frames_per_second * got.numerator) {
        throw Error{node_ + ": does not do " + std::to_string(frames_per_second) + " frames/s"};
    }
}

void V4l2Device::set_control(uint32_t id, int32_t value) {
    v4l2_control control{id, value};
    call(VIDIOC_S_CTRL, &control, "VIDIOC_S_CTRL");
}

void V4l2Device::set_selection(uint32_t target, Size size) {
    v4l2_selection selection{};
    selection.type = type_of(queue_);
    selection.target = target;
    selection.r.width = size.width;
    selection.r.height = size.height;
    call(VIDIOC_S_SELECTION, &selection, "VIDIOC_S_SELECTION");
}

v4l2_bt_timings V4l2Device::set_mode(const std::string& name) {
    const DvMode mode = parse_dv_mode(name);
    v4l2_enum_dv_timings each{};
    for (; ::ioctl(fd_.get(), VIDIOC_ENUM_DV_TIMINGS, &each) == 0; ++each.index) {
        if (!matches(mode, each.timings.bt)) continue;
        call(VIDIOC_S_DV_TIMINGS, &each.timings, "VIDIOC_S_DV_TIMINGS");
        return each.timings.bt;
    }
    throw Error{node_ + ": has no display mode " + name};
}

uint32_t V4l2Device::request_buffers(uint32_t count, v4l2_memory memory, uint8_t flags) {
    v4l2_requestbuffers request{};
    request.count = count;
    request.type = type_of(queue_);
    request.memory = memory;
    request.flags = flags;
    call(VIDIOC_REQBUFS, &request, "VIDIOC_REQBUFS");
    memory_ = memory;
    return request.count;
}

v4l2_buffer V4l2Device::buffer(Planes& planes) const {
    v4l2_buffer b{};
    b.type = type_of(queue_);
    b.memory = memory_;
    b.m.planes = planes.data();
    b.length = planes_;
    return b;
}

v4l2_plane V4l2Device::plane_of(uint32_t index) const {
    Planes planes{};
    v4l2_buffer b = buffer(planes);
    b.index = index;
    call(VIDIOC_QUERYBUF, &b, "VIDIOC_QUERYBUF");
    return planes[0];
}

Mapping V4l2Device::map_buffer(uint32_t index) const {
    const v4l2_plane plane = plane_of(index);
    return Mapping{fd_.get(), plane.length, static_cast<long>(plane.m.mem_offset), node_};
}

Fd V4l2Device::export_buffer(uint32_t index, uint32_t plane) const {
    v4l2_exportbuffer request{};
    request.type = type_of(queue_);
    request.index = index;
    request.plane = plane;
    request.flags = O_RDWR | O_CLOEXEC;
    call(VIDIOC_EXPBUF, &request, "VIDIOC_EXPBUF");
    return Fd{request.fd};
}

void V4l2Device::queue(const BufferSlot& slot) {
    Planes planes{};
    v4l2_buffer b = buffer(planes);
    b.index = slot.index;
    b.field = V4L2_FIELD_NONE;
    if (planes_ == 1) planes[0].bytesused = slot.bytes;  // of planes apart: all of each
    planes[0].length = slot.length;
    if (memory_ == V4L2_MEMORY_DMABUF) {
        planes[0].m.fd = slot.fd;
        planes[1].m.fd = slot.second_fd;
    }
    if (memory_ == V4L2_MEMORY_USERPTR) planes[0].m.userptr = reinterpret_cast<uintptr_t>(slot.user);
    call(VIDIOC_QBUF, &b, "VIDIOC_QBUF");
}

BufferSlot V4l2Device::dequeue() {
    if (const auto slot = try_dequeue()) return *slot;
    throw SystemError{node_, "VIDIOC_DQBUF"};
}

std::optional<BufferSlot> V4l2Device::try_dequeue() {
    Planes planes{};
    v4l2_buffer b = buffer(planes);
    if (::ioctl(fd_.get(), VIDIOC_DQBUF, &b) != 0) {
        if (errno == EAGAIN) return {};
        throw SystemError{node_, "VIDIOC_DQBUF"};
    }
    if (b.flags & V4L2_BUF_FLAG_ERROR && !accept_damaged_)
        throw Error{node_ + ": buffer " + std::to_string(b.index) + " came back broken"};
    BufferSlot slot{.index = b.index, .bytes = planes[0].bytesused + planes[1].bytesused};
    if (memory_ == V4L2_MEMORY_DMABUF) {
        slot.fd = planes[0].m.fd;
        if (planes_ > 1) slot.second_fd = planes[1].m.fd;
    }
    return slot;
}

void V4l2Device::stream_on() {
    int type = static_cast<int>(queue_);
    call(VIDIOC_STREAMON, &type, "VIDIOC_STREAMON");
}

void V4l2Device::stream_off() {
    int type = static_cast<int>(queue_);
    call(VIDIOC_STREAMOFF, &type, "VIDIOC_STREAMOFF");
}

}  // namespace apps::runner
