// A FIMC from memory to memory, at the same size: what comes out is what went in. And pictures for it.
#pragma once

#include <cstdio>

#include "proc.hpp"
#include "v4l2_test.hpp"

inline constexpr unsigned kWidth = 128, kHeight = 96, kBytes = kWidth * kHeight * 3 / 2, kPage = 4096;

/// A count of /proc/video.
inline long long video(const char* name) { return proc::value("/proc/video", name); }

/// A picture goes through FIMC1 at the same size, so what comes out is what went in.
struct Converter {
    Converter() {
        in.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
        out.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    }
    ~Converter() { ::close(fd); }
    /// Both sides have a buffer queued: runs the job.
    bool run() {
        const bool on = in.stream(true) == 0 && out.stream(true) == 0;
        return on && out.dequeue() == 0 && in.dequeue() == 0;
    }
    void off() {
        in.stream(false);
        out.stream(false);
    }
    int fd = v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_M2M_MPLANE);
    v4l2::Queue in{fd, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE}, out{fd, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
};

/// Chroma is the same for all four pixels of a pair of pairs already, so it passes unchanged too.
inline void fill(unsigned char* p, unsigned seed) {
    for (unsigned i = 0; i < kBytes; ++i) p[i] = static_cast<unsigned char>(i * 7 + i / kWidth * 3 + seed);
}
inline bool filled(const unsigned char* p, unsigned seed) {
    for (unsigned i = 0; i < kBytes; ++i) {
        if (p[i] == static_cast<unsigned char>(i * 7 + i / kWidth * 3 + seed)) continue;
        std::printf("# byte %u is %u\n", i, p[i]);
        return false;
    }
    return true;
}

/// Every other page first, so that neighbours are not next to each other in memory.
inline unsigned char* user_memory(unsigned bytes) {
    void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    auto* p = static_cast<unsigned char*>(at);
    for (unsigned first : {0U, kPage}) {
        for (unsigned i = first; i < bytes; i += 2 * kPage) p[i] = 1;
    }
    return p;
}
