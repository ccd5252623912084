// The older videobuf layer (boot option videobuf; MISSION B10): a memory type it does not know is EINVAL
// wherever it is said, and what it does know works as it did.
#include <vector>

#include "proc.hpp"
#include "tap.hpp"
#include "v4l2_test.hpp"

namespace {

constexpr unsigned kWidth = 640, kHeight = 360, kBytes = 2 * kWidth * kHeight;

/// A grey ramp: each line the same, luma rising from black to white, no colour.
bool is_ramp(const unsigned char* p) {
    if (p[0] > 20 || p[2 * (kWidth - 1)] < 230) return false;
    for (unsigned i = 0; i < kBytes; i += 2) {
        const bool rises = i % (2 * kWidth) == 0 || p[i] >= p[i - 2];
        if (!rises || p[i] != p[i % (2 * kWidth)] || p[i + 1] != 128) return false;
    }
    return true;
}

void unknown(v4l2::Queue& q) {
    for (const unsigned memory : {unsigned{V4L2_MEMORY_DMABUF}, unsigned{V4L2_MEMORY_OVERLAY}, 0U, 99U})
        tap::fails_with(q.request(2, memory), EINVAL, "REQBUFS with an unknown memory type is EINVAL");
    int refused = 0;
    for (int i = 0; i < 1000; ++i) refused += q.request(2, V4L2_MEMORY_DMABUF) == -1 && errno == EINVAL;
    tap::is(refused, 1000, "a thousand times too");
    q.request(2, V4L2_MEMORY_MMAP);
    q.memory = V4L2_MEMORY_DMABUF;
    tap::fails_with(q.queue_fd(0), EINVAL, "QBUF with one is EINVAL");
    q.memory = V4L2_MEMORY_MMAP;
    tap::is(q.buffer(VIDIOC_QUERYBUF, 0), 0, "QUERYBUF");
    tap::is(q.last.memory, V4L2_MEMORY_MMAP, "tells the memory there is");
    tap::fails_with(q.export_fd(), ENOTTY, "there is no EXPBUF");
    v4l2_create_buffers more{};
    more.count = 1, more.memory = V4L2_MEMORY_MMAP, more.format.type = q.type;
    tap::fails_with(::ioctl(q.fd, VIDIOC_CREATE_BUFS, &more), ENOTTY, "nor CREATE_BUFS");
    tap::is(q.request(0, V4L2_MEMORY_MMAP), 0, "REQBUFS 0");
}

void own_memory(v4l2::Queue& q) {
    q.request(3, V4L2_MEMORY_MMAP);
    tap::fails_with(q.queue(), EINVAL, "a buffer that nobody has mapped has no memory yet");
    unsigned char* at[3];
    for (unsigned i = 0; i < 3; ++i) at[i] = q.map(i);
    for (unsigned i = 0; i < 3; ++i) q.queue(i);
    tap::fails_with(q.queue(), EINVAL, "what is queued cannot be queued again");
    tap::is(q.stream(true), 0, "STREAMON");
    tap::fails_with(q.stream(true), EBUSY, "a second one is EBUSY, as it was then");
    bool good = true;
    for (unsigned i = 0; i < 5 && good; ++i) {
        good = q.dequeue() == 0 && q.last.sequence == i && is_ramp(at[q.last.index]);
        good = good && q.queue(q.last.index) == 0;
    }
    tap::ok(good, "five pictures in turn");
    tap::fails_with(q.request(2, V4L2_MEMORY_MMAP), EBUSY, "REQBUFS while streaming is EBUSY");
    q.stream(false);
    tap::fails_with(q.request(0, V4L2_MEMORY_MMAP), EBUSY, "and while buffers are mapped");
    for (unsigned char* p : at) ::munmap(p, kBytes);
    tap::is(q.request(0, V4L2_MEMORY_MMAP), 0, "but not afterwards");
}

void user_memory(v4l2::Queue& q) {
    std::vector<unsigned char> a(kBytes + 64), b(kBytes);
    q.request(2, V4L2_MEMORY_USERPTR);
    tap::fails_with(q.queue_user(b.data(), kBytes / 2, 1), EINVAL, "user memory that is too small is EINVAL");
    q.queue_user(a.data() + 3, kBytes, 0), q.queue_user(b.data(), kBytes, 1);
    q.stream(true);
    const bool first = q.dequeue() == 0 && q.last.index == 0 && is_ramp(a.data() + 3);
    const bool second = q.dequeue() == 0 && q.last.index == 1 && is_ramp(b.data());
    tap::ok(first && second, "pictures come into a program's memory");
    q.stream(false);
    q.request(0, V4L2_MEMORY_USERPTR);
    tap::is(proc::value("/proc/video", "pinned"), 0, "which is let go of");
}

}  // namespace

int main() {
    tap::plan(24);
    const int fd = v4l2::open_node("vivi", V4L2_CAP_VIDEO_CAPTURE);
    if (!tap::ok(fd >= 0, "there is a device of the older layer")) return tap::finish();
    v4l2::Queue q{fd, V4L2_BUF_TYPE_VIDEO_CAPTURE};
    unknown(q);
    own_memory(q);
    user_memory(q);
    ::close(fd);
    tap::is(proc::value("/proc/video", "owned"), 0, "nothing is left");
    return tap::finish();
}
