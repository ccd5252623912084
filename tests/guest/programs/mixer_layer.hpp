// The mixer's layers as V4L2 nodes, for the tests of places and of looks.
#pragma once

#include <string>

#include "v4l2_test.hpp"

namespace mixer {

constexpr auto kType = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;

/// The node of this card name.
inline v4l2::Queue open_layer(const char* card) {
    for (int i = 0; i < 32; ++i) {
        const int fd = ::open(("/dev/video" + std::to_string(i)).c_str(), O_RDWR);
        v4l2_capability c{};
        const bool is_it = fd >= 0 && ::ioctl(fd, VIDIOC_QUERYCAP, &c) == 0 &&
                           std::strcmp(reinterpret_cast<char*>(c.driver), "s5p-mixer") == 0 &&
                           std::strcmp(reinterpret_cast<char*>(c.card), card) == 0;
        if (is_it) return {fd, kType};
        if (fd >= 0) ::close(fd);
    }
    return {-1, kType};
}

inline v4l2_rect place(const v4l2::Queue& q, unsigned target = V4L2_SEL_TGT_COMPOSE) {
    v4l2_selection s{};
    s.type = V4L2_BUF_TYPE_VIDEO_OUTPUT, s.target = target;
    ::ioctl(q.fd, VIDIOC_G_SELECTION, &s);
    return s.r;
}
/// Returns what ioctl() does; `wanted` becomes what was made of it.
inline int try_put(const v4l2::Queue& q, v4l2_rect& wanted, unsigned flags) {
    v4l2_selection s{};
    s.type = V4L2_BUF_TYPE_VIDEO_OUTPUT, s.target = V4L2_SEL_TGT_COMPOSE, s.r = wanted, s.flags = flags;
    const int result = ::ioctl(q.fd, VIDIOC_S_SELECTION, &s);
    wanted = s.r;
    return result;
}
inline v4l2_rect put(const v4l2::Queue& q, v4l2_rect wanted) {
    try_put(q, wanted, 0);
    return wanted;
}
inline int control(const v4l2::Queue& q, unsigned id, int value) {
    v4l2_control c{id, value};
    return ::ioctl(q.fd, VIDIOC_S_CTRL, &c);
}
/// A control's value, or -1.
inline int control(const v4l2::Queue& q, unsigned id) {
    v4l2_control c{id, 0};
    return ::ioctl(q.fd, VIDIOC_G_CTRL, &c) == 0 ? c.value : -1;
}

/// One buffer of 32 bits a pixel, mapped, drawn and queued; `colour_at(i)` says pixel i.
template <class Colour>
void queue_picture(v4l2::Queue& q, unsigned index, const Colour& colour_at) {
    unsigned char* at = q.map(index);
    for (unsigned i = 0; i < q.size() / 4; ++i) reinterpret_cast<uint32_t*>(at)[i] = colour_at(i);
    ::munmap(at, q.size());
    q.queue(index);
}

}  // namespace mixer
