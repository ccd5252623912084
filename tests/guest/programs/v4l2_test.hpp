// A V4L2 queue for tests: every call returns 0 or -1 with errno; its answers are in `last` and `planes`.
#pragma once

#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace v4l2 {

/// A descriptor of the first node with this driver name and capability, or -1.
inline int open_node(const char* driver, unsigned capability, int flags = O_RDWR) {
    for (int i = 0; i < 16; ++i) {
        const int fd = ::open(("/dev/video" + std::to_string(i)).c_str(), flags);
        v4l2_capability c{};
        const bool answers = fd >= 0 && ::ioctl(fd, VIDIOC_QUERYCAP, &c) == 0;
        const bool wanted = answers && std::strcmp(reinterpret_cast<char*>(c.driver), driver) == 0 &&
                            (c.device_caps & capability) != 0;
        if (wanted) return fd;
        if (fd >= 0) ::close(fd);
    }
    return -1;
}

class Queue {
public:
    Queue(int open_file, v4l2_buf_type t) : fd{open_file}, type{t} {}

    /// Sets the format; `last_format` has what came of it.
    int format(unsigned fourcc, unsigned width, unsigned height) {
        last_format = {};
        last_format.type = type;
        if (multi()) {
            auto& p = last_format.fmt.pix_mp;
            p.width = width, p.height = height, p.pixelformat = fourcc;
        } else {
            auto& p = last_format.fmt.pix;
            p.width = width, p.height = height, p.pixelformat = fourcc;
        }
        return ::ioctl(fd, VIDIOC_S_FMT, &last_format);
    }
    unsigned size(unsigned plane = 0) const {
        return multi() ? last_format.fmt.pix_mp.plane_fmt[plane].sizeimage : last_format.fmt.pix.sizeimage;
    }
    int request(unsigned count, unsigned memory_type, unsigned flags = 0) {
        v4l2_requestbuffers r{};
        r.count = count, r.type = type, r.memory = memory_type, r.flags = static_cast<__u8>(flags);
        memory = memory_type;
        const int result = ::ioctl(fd, VIDIOC_REQBUFS, &r);
        given = r.count;
        return result;
    }
    /// What planes[0] says is queued: m.fd, m.userptr and length are the caller's.
    int buffer(unsigned long call, unsigned index = 0, unsigned plane_count = 1) {
        last = {};
        last.type = type, last.memory = memory, last.index = index;
        if (multi()) {
            last.m.planes = planes;
            last.length = plane_count;
            return ::ioctl(fd, call, &last);
        }
        last.length = planes[0].length, last.bytesused = planes[0].bytesused;
        if (memory == V4L2_MEMORY_DMABUF) last.m.fd = planes[0].m.fd;
        if (memory == V4L2_MEMORY_USERPTR) last.m.userptr = planes[0].m.userptr;
        const int result = ::ioctl(fd, call, &last);
        planes[0].length = last.length, planes[0].bytesused = last.bytesused;
        if (memory == V4L2_MEMORY_DMABUF) planes[0].m.fd = last.m.fd;
        if (memory == V4L2_MEMORY_MMAP) planes[0].m.mem_offset = last.m.offset;
        return result;
    }
    int queue(unsigned index = 0) {
        std::memset(planes, 0, sizeof planes);
        return buffer(VIDIOC_QBUF, index);
    }
    int queue_fd(int dmabuf, unsigned index = 0) {
        std::memset(planes, 0, sizeof planes);
        planes[0].m.fd = dmabuf;
        return buffer(VIDIOC_QBUF, index);
    }
    int queue_user(const void* at, unsigned bytes, unsigned index = 0) {
        std::memset(planes, 0, sizeof planes);
        planes[0].m.userptr = reinterpret_cast<unsigned long>(at);
        planes[0].length = bytes;
        return buffer(VIDIOC_QBUF, index);
    }
    int dequeue() { return buffer(VIDIOC_DQBUF); }
    int stream(bool on) {
        int t = static_cast<int>(type);
        return ::ioctl(fd, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &t);
    }
    int export_fd(unsigned index = 0, unsigned plane = 0, unsigned flags = O_RDWR | O_CLOEXEC) {
        v4l2_exportbuffer e{};
        e.type = type, e.index = index, e.plane = plane, e.flags = flags;
        return ::ioctl(fd, VIDIOC_EXPBUF, &e) == 0 ? e.fd : -1;
    }
    unsigned char* map(unsigned index = 0) {
        std::memset(planes, 0, sizeof planes);
        if (buffer(VIDIOC_QUERYBUF, index) != 0) return nullptr;
        void* at = ::mmap(nullptr, planes[0].length, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                          static_cast<off_t>(planes[0].m.mem_offset));
        return at == MAP_FAILED ? nullptr : static_cast<unsigned char*>(at);
    }
    bool multi() const { return V4L2_TYPE_IS_MULTIPLANAR(type); }

    int fd;
    v4l2_buf_type type;
    unsigned memory = 0, given = 0;
    v4l2_format last_format{};
    v4l2_buffer last{};
    v4l2_plane planes[VIDEO_MAX_PLANES]{};
};

}  // namespace v4l2
