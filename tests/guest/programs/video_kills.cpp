// Programs killed in the middle of a stream (MISSION B2): capture, mixer, both at once, the virtual devices.
// Whatever a program held is gone, and the next one runs. `video_kills N SEED`: so many of each kind, at
// random moments.
#include <cstdlib>
#include <vector>

#include "kills.hpp"
#include "v4l2_test.hpp"

namespace {

using kills::Kind, kills::Stream;

constexpr unsigned kWidth = 320, kHeight = 240, kBuffers = 4, kRate = 100;
constexpr uint32_t kLongestUs = 30'000;  // three frames of the camera, two of the screen

long long video(const char* name) { return proc::value("/proc/video", name); }

v4l2::Queue open_camera() {
    v4l2::Queue q{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_CAPTURE_MPLANE),
                  V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    v4l2_streamparm p{};
    p.type = q.type;
    p.parm.capture.timeperframe = {1, kRate};
    ::ioctl(q.fd, VIDIOC_S_PARM, &p);
    q.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    return q;
}
v4l2::Queue open_screen() {
    v4l2::Queue q{v4l2::open_node("s5p-mixer", V4L2_CAP_VIDEO_OUTPUT_MPLANE),
                  V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE};
    q.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    return q;
}
v4l2::Queue open_virtual(unsigned capability, v4l2_buf_type type) {
    v4l2::Queue q{v4l2::open_node("vivid", capability), type};
    q.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    return q;
}

void* page_aligned(unsigned bytes) {
    return ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/// One queue with buffers of its own, mapped and exported, or with those of a dma-heap.
class OneQueue : public Stream {
public:
    OneQueue(v4l2::Queue queue, unsigned memory) : q_{queue}, memory_{memory} {}
    bool start() override {
        if (q_.request(kBuffers, memory_) != 0) return false;
        for (unsigned i = 0; i < kBuffers; ++i) {
            if (!prepare(i) || !put(i)) return false;
        }
        return q_.stream(true) == 0;
    }
    bool round() override { return q_.dequeue() == 0 && put(q_.last.index); }

private:
    bool prepare(unsigned i) {
        if (memory_ == V4L2_MEMORY_DMABUF) fds_.push_back(dmabuf::heap_alloc("reserved", q_.size()));
        if (memory_ == V4L2_MEMORY_MMAP) fds_.push_back(q_.export_fd(i));
        if (memory_ == V4L2_MEMORY_MMAP && !q_.map(i)) return false;
        if (memory_ == V4L2_MEMORY_USERPTR) user_.push_back(page_aligned(q_.size()));
        return memory_ == V4L2_MEMORY_USERPTR || fds_.back() >= 0;
    }
    bool put(unsigned i) {
        if (memory_ == V4L2_MEMORY_DMABUF) return q_.queue_fd(fds_[i], i) == 0;
        if (memory_ == V4L2_MEMORY_USERPTR) return q_.queue_user(user_[i], q_.size(), i) == 0;
        return q_.queue(i) == 0;
    }

    v4l2::Queue q_;
    unsigned memory_;
    std::vector<int> fds_;
    std::vector<void*> user_;
};

/// Each picture of the camera goes to the screen, and its buffer back.
class CameraToScreen final : public Stream {
public:
    bool start() override {
        camera_.request(kBuffers, V4L2_MEMORY_MMAP);
        screen_.request(kBuffers, V4L2_MEMORY_DMABUF);
        for (unsigned i = 0; i < kBuffers; ++i) {
            fds_[i] = camera_.export_fd(i);
            if (camera_.queue(i) != 0) return false;
        }
        return camera_.stream(true) == 0 && screen_.stream(true) == 0;
    }
    bool round() override {
        if (camera_.dequeue() != 0) return false;
        if (screen_.queue_fd(fds_[camera_.last.index], camera_.last.index) != 0) return false;
        if (++shown_ < 2) return true;
        return screen_.dequeue() == 0 && camera_.queue(screen_.last.index) == 0;
    }

private:
    v4l2::Queue camera_ = open_camera(), screen_ = open_screen();
    int fds_[kBuffers] = {};
    unsigned shown_ = 0;
};

template <unsigned memory>
Stream* capture() {
    return new OneQueue{open_camera(), memory};
}
template <unsigned memory>
Stream* screen() {
    return new OneQueue{open_screen(), memory};
}
Stream* both() { return new CameraToScreen; }
template <unsigned memory>
Stream* virtual_capture() {
    return new OneQueue{open_virtual(V4L2_CAP_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_CAPTURE), memory};
}
Stream* virtual_output() {
    return new OneQueue{open_virtual(V4L2_CAP_VIDEO_OUTPUT, V4L2_BUF_TYPE_VIDEO_OUTPUT), V4L2_MEMORY_DMABUF};
}

Stream* legacy_capture() {
    v4l2::Queue q{v4l2::open_node("vivi", V4L2_CAP_VIDEO_CAPTURE), V4L2_BUF_TYPE_VIDEO_CAPTURE};
    q.format(V4L2_PIX_FMT_YUYV, kWidth, kHeight);
    return new OneQueue{q, V4L2_MEMORY_USERPTR};
}

const Kind kKinds[] = {
    {"capture into its own memory", capture<V4L2_MEMORY_MMAP>},
    {"capture into a heap's memory", capture<V4L2_MEMORY_DMABUF>},
    {"capture into the program's memory", capture<V4L2_MEMORY_USERPTR>},
    {"mixer from its own memory", screen<V4L2_MEMORY_MMAP>},
    {"mixer from a heap's memory", screen<V4L2_MEMORY_DMABUF>},
    {"camera to mixer", both},
    {"virtual capture into its own memory", virtual_capture<V4L2_MEMORY_MMAP>},
    {"virtual capture into the program's memory", virtual_capture<V4L2_MEMORY_USERPTR>},
    {"virtual output from a heap's memory", virtual_output},
    {"capture of the older layer", legacy_capture},
};

/// Planes and their mappings that are still there.
long long planes_left() {
    return video("owned") + video("pinned") + video("imported") + video("maps") - video("unmaps");
}

}  // namespace

int main(int argc, char** argv) { return kills::run(argc, argv, kKinds, kLongestUs, planes_left); }
