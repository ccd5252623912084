// One V4L2 queue as a test program needs it: buffers, descriptors, frames.
#pragma once

#include <linux/videodev2.h>

#include <cstring>

#include "drm.hpp"

namespace video {

/// Opens the multi-planar node of the driver called `driver`, with that queue.
inline drm::File open_node(const char* driver, uint32_t capability) {
    for (int i = 0; i < 16; ++i) {
        drm::File file{("/dev/video" + std::to_string(i)).c_str()};
        v4l2_capability caps{};
        if (file.fd() < 0 || file.call(VIDIOC_QUERYCAP, caps) != 0) continue;
        const bool same = std::strcmp(reinterpret_cast<const char*>(caps.driver), driver) == 0;
        if (same && caps.device_caps & capability) return file;
    }
    return drm::File{-1};
}

class Queue {
public:
    Queue(drm::File file, v4l2_buf_type type, v4l2_memory memory)
        : file_{std::move(file)}, type_{type}, memory_{memory} {}

    int set_format(uint32_t width, uint32_t height, uint32_t fourcc) {
        v4l2_format f{};
        f.type = type_;
        f.fmt.pix_mp.width = width;
        f.fmt.pix_mp.height = height;
        f.fmt.pix_mp.pixelformat = fourcc;
        f.fmt.pix_mp.num_planes = 1;
        return file_.call(VIDIOC_S_FMT, f);
    }
    /// How many buffers there are then, or -1.
    int request(uint32_t count) {
        v4l2_requestbuffers r{};
        r.count = count;
        r.type = type_;
        r.memory = memory_;
        return file_.call(VIDIOC_REQBUFS, r) == 0 ? static_cast<int>(r.count) : -1;
    }
    int export_fd(uint32_t index) {
        v4l2_exportbuffer e{};
        e.type = type_;
        e.index = index;
        e.flags = O_RDWR | O_CLOEXEC;
        return file_.call(VIDIOC_EXPBUF, e) == 0 ? e.fd : -1;
    }
    int queue(uint32_t index, int fd = -1) {
        v4l2_plane plane{};
        v4l2_buffer b = buffer(plane);
        b.index = index;
        if (memory_ == V4L2_MEMORY_DMABUF) plane.m.fd = fd;
        return file_.call(VIDIOC_QBUF, b);
    }
    /// The index of a finished buffer, or -1.
    int dequeue() {
        v4l2_plane plane{};
        v4l2_buffer b = buffer(plane);
        return file_.call(VIDIOC_DQBUF, b) == 0 ? static_cast<int>(b.index) : -1;
    }
    int stream(bool on) {
        int type = static_cast<int>(type_);
        return file_.call(on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, type);
    }
    const drm::File& file() const { return file_; }

private:
    v4l2_buffer buffer(v4l2_plane& plane) const {
        v4l2_buffer b{};
        b.type = type_;
        b.memory = memory_;
        b.m.planes = &plane;
        b.length = 1;
        return b;
    }
    drm::File file_;
    v4l2_buf_type type_;
    v4l2_memory memory_;
};

}  // namespace video
