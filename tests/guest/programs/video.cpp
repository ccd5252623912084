// V4L2 buffers of every kind of memory, between FIMC from memory to memory and the virtual video device:
// right pixels, errno values, counts of attachments and mappings, nothing left behind. Arguments: "iommu" or
// "direct" (FIMC without its SysMMU); how many processes are killed in mid-stream; the seed of the moments.
#include <linux/dma-buf.h>
#include <sys/wait.h>

#include <cstdlib>

#include "converter.hpp"
#include "dmabuf_test.hpp"
#include "random.hpp"
#include "tap.hpp"

namespace {

bool iommu = true;

unsigned char* map_dmabuf(int fd) {
    void* at = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? nullptr : static_cast<unsigned char*>(at);
}

// --- MMAP: write-combined, and cached (B3, B9)

void own_memory(unsigned flags, const char* name) {
    Converter c;
    c.in.request(1, V4L2_MEMORY_MMAP, flags);
    c.out.request(1, V4L2_MEMORY_MMAP, flags);
    unsigned char *from = c.in.map(), *to = c.out.map();
    fill(from, 11);
    const long long before = video("maintained");
    c.in.queue();
    c.out.queue();
    const bool ran = c.run();
    tap::ok(ran && filled(to, 11), name);
    const bool cached = flags & V4L2_MEMORY_FLAG_NON_COHERENT;
    tap::ok((video("maintained") > before) == cached,
            cached ? "with cache maintenance" : "without a byte of cache maintenance");
    fill(from, 12);
    c.in.queue();
    c.out.queue();
    tap::ok(c.run() && filled(to, 12), "and so does the next picture");
    munmap(from, kBytes);
    munmap(to, kBytes);
}

// --- DMABUF (B1, B2, B5)

void imported() {
    const int a = dmabuf::heap_alloc("reserved", kBytes), b = dmabuf::heap_alloc("reserved", kBytes),
              other = dmabuf::heap_alloc("reserved", kBytes);
    unsigned char *pa = map_dmabuf(a), *pb = map_dmabuf(b);
    fill(pa, 21);
    const long long attaches = dmabuf::count("attaches");
    {
        Converter c;
        c.in.request(1, V4L2_MEMORY_DMABUF);
        c.out.request(1, V4L2_MEMORY_DMABUF);
        tap::fails_with(c.in.queue_fd(-1), EINVAL, "no descriptor is EINVAL");
        tap::fails_with(c.in.queue_fd(0), EINVAL, "another kind of file is EINVAL");
        const int small = dmabuf::heap_alloc("reserved", kPage);
        tap::fails_with(c.in.queue_fd(small), EINVAL, "a buffer that is too small is EINVAL");
        ::close(small);
        tap::is(c.in.queue_fd(a), 0, "a dma-buf is queued");
        tap::is(c.in.planes[0].m.fd, a, "QBUF shows its descriptor");
        tap::fails_with(c.in.queue_fd(a), EINVAL, "what is queued cannot be queued again");
        c.out.queue_fd(b);
        tap::is(dmabuf::count("mapped"), 2, "both are mapped for the device");
        tap::ok(c.run() && filled(pb, 21), "the picture goes from one to the other");
        tap::is(c.out.planes[0].m.fd, b, "DQBUF gives the descriptor back");
        tap::is(c.out.planes[0].bytesused, kBytes, "and says how much is in it");
        tap::is(dmabuf::count("mapped"), 0, "dequeued, they are no longer mapped");
        c.in.queue_fd(a);
        tap::is(dmabuf::count("attaches") - attaches, 2, "the same descriptor attaches once");
        c.out.queue_fd(other);
        tap::is(dmabuf::count("attaches") - attaches, 3, "another one attaches anew");
        c.off();
        tap::is(dmabuf::count("mapped"), 0, "STREAMOFF unmaps");
        tap::is(c.in.request(0, V4L2_MEMORY_DMABUF), 0, "REQBUFS 0 frees the buffers");
        tap::is(dmabuf::count("attaches") - dmabuf::count("detaches"), 1, "and detaches what they had");
    }
    tap::is(dmabuf::count("attaches") - dmabuf::count("detaches"), 0, "close detaches the rest");
    munmap(pa, kBytes);
    munmap(pb, kBytes);
    for (const int fd : {a, b, other}) ::close(fd);
}

/// A buffer scattered over memory, for a device with and without a SysMMU.
void reach() {
    const int scattered = dmabuf::heap_alloc("system", kBytes);
    Converter c;
    c.in.request(1, V4L2_MEMORY_DMABUF);
    if (iommu) {
        tap::is(c.in.queue_fd(scattered), 0, "behind a SysMMU scattered memory will do");
    } else {
        tap::fails_with(c.in.queue_fd(scattered), EINVAL,
                        "without a SysMMU scattered memory is refused at attach");
    }
    ::close(scattered);
}

// --- EXPBUF, CREATE_BUFS, PREPARE_BUF (B7)

void export_and_create() {
    Converter c;
    c.out.format(V4L2_PIX_FMT_NV12M, kWidth, kHeight);
    tap::is(c.out.last_format.fmt.pix_mp.num_planes, 2, "NV12M has two planes");
    c.out.request(2, V4L2_MEMORY_MMAP);
    const int luma = c.out.export_fd(0, 0), chroma = c.out.export_fd(0, 1, O_RDONLY);
    tap::is(lseek(luma, 0, SEEK_END), kWidth * kHeight, "its luma plane is exported");
    tap::is(lseek(chroma, 0, SEEK_END), 2 * kPage, "and its chroma, in whole pages");
    tap::is(fcntl(luma, F_GETFD), FD_CLOEXEC, "O_CLOEXEC when asked for");
    tap::is(fcntl(chroma, F_GETFD), 0, "and not otherwise");
    tap::fails_with(c.out.export_fd(0, 2), EINVAL, "a third plane is EINVAL");
    tap::fails_with(c.out.export_fd(2, 0), EINVAL, "a third buffer is EINVAL");
    tap::fails_with(c.out.export_fd(0, 0, O_TRUNC), EINVAL, "other flags are EINVAL");
    ::close(luma);
    ::close(chroma);
    tap::fails_with(c.out.queue(), EINVAL, "QBUF with one plane of two is EINVAL");

    c.in.request(1, V4L2_MEMORY_MMAP);
    v4l2_create_buffers more{};
    more.count = 2, more.memory = V4L2_MEMORY_MMAP, more.format = c.in.last_format;
    tap::is(ioctl(c.fd, VIDIOC_CREATE_BUFS, &more), 0, "CREATE_BUFS");
    tap::is(more.index, 1, "begins behind the others");
    more.memory = V4L2_MEMORY_USERPTR;
    tap::fails_with(ioctl(c.fd, VIDIOC_CREATE_BUFS, &more), EINVAL, "of another memory is EINVAL");
    more.memory = V4L2_MEMORY_MMAP;
    more.format.fmt.pix_mp.plane_fmt[0].sizeimage /= 2;
    tap::fails_with(ioctl(c.fd, VIDIOC_CREATE_BUFS, &more), EINVAL, "too small is EINVAL");
    std::memset(c.in.planes, 0, sizeof c.in.planes);
    tap::is(c.in.buffer(VIDIOC_PREPARE_BUF, 2), 0, "PREPARE_BUF");
    tap::is(c.in.last.flags & V4L2_BUF_FLAG_PREPARED, V4L2_BUF_FLAG_PREPARED, "says so");
    tap::fails_with(c.in.buffer(VIDIOC_PREPARE_BUF, 2), EINVAL, "a second time is EINVAL");
    tap::is(c.in.queue(2), 0, "then QBUF");
    tap::fails_with(c.in.buffer(VIDIOC_QBUF, 7), EINVAL, "a buffer that is not there is EINVAL");
    tap::fails_with(c.in.request(1, 99), EINVAL, "a memory type nobody knows is EINVAL");
    tap::fails_with(c.in.dequeue(), EINVAL, "DQBUF without STREAMON is EINVAL");
    v4l2::Queue stranger{::dup(c.fd), V4L2_BUF_TYPE_VIDEO_CAPTURE};
    tap::fails_with(stranger.request(1, V4L2_MEMORY_MMAP), EINVAL, "the other API's type is EINVAL");
    ::close(stranger.fd);
}

// --- What FIMC does to a picture

/// Runs one luma ramp through; `at(x, y)` is where the byte that must come out at (x, y) was.
template <class At>
void converts(unsigned width, unsigned height, unsigned control, int value, At at, const char* name) {
    Converter c;
    v4l2_control turn{control, value};
    if (control) ioctl(c.fd, VIDIOC_S_CTRL, &turn);
    c.out.format(V4L2_PIX_FMT_NV12, width, height);
    c.in.request(1, V4L2_MEMORY_MMAP);
    c.out.request(1, V4L2_MEMORY_MMAP);
    unsigned char *from = c.in.map(), *to = c.out.map();
    fill(from, 51);
    c.in.queue();
    c.out.queue();
    bool right = c.run();
    for (unsigned y = 0; right && y < height; ++y) {
        for (unsigned x = 0; right && x < width; ++x) right = to[y * width + x] == from[at(x, y)];
    }
    tap::ok(right, name);
    munmap(from, kBytes);
    munmap(to, kBytes);
}

void conversions() {
    converts(
        kWidth, kHeight, V4L2_CID_HFLIP, 1,
        [](unsigned x, unsigned y) { return y * kWidth + kWidth - 1 - x; }, "HFLIP exchanges left and right");
    converts(
        kWidth, kHeight, V4L2_CID_VFLIP, 1,
        [](unsigned x, unsigned y) { return (kHeight - 1 - y) * kWidth + x; },
        "VFLIP exchanges top and bottom");
    converts(
        kHeight, kWidth, V4L2_CID_ROTATE, 90,
        [](unsigned x, unsigned y) { return (kHeight - 1 - x) * kWidth + y; }, "ROTATE turns clockwise");
    converts(
        kHeight, kWidth, V4L2_CID_ROTATE, 270,
        [](unsigned x, unsigned y) { return x * kWidth + kWidth - 1 - y; }, "or the other way");
}

// --- The virtual device (C4): the processor draws, and reads

void virtual_device() {
    v4l2::Queue camera{v4l2::open_node("vivid", V4L2_CAP_VIDEO_CAPTURE), V4L2_BUF_TYPE_VIDEO_CAPTURE};
    camera.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    camera.request(2, V4L2_MEMORY_MMAP);
    camera.queue(0);
    camera.queue(1);
    camera.stream(true);
    tap::is(camera.dequeue(), 0, "the virtual camera draws");
    const unsigned drawn = camera.last.index;
    unsigned char* bars = camera.map(drawn);
    tap::is(bars[0], 180, "a white bar");
    tap::is(bars[kWidth - 1], 16, "and a black one");
    const int exported = camera.export_fd(drawn);
    Converter c;
    c.in.request(1, V4L2_MEMORY_DMABUF);
    c.out.request(1, V4L2_MEMORY_MMAP);
    unsigned char* to = c.out.map();
    if (iommu) {
        c.in.queue_fd(exported);
        c.out.queue();
        tap::ok(c.run() && std::memcmp(bars, to, kBytes) == 0, "a device sees what it drew");
    }
    camera.stream(false);
    camera.request(0, V4L2_MEMORY_MMAP);

    fill(to, 41);  // a device's buffer, which the virtual output reads through vmap
    const int shown = c.out.export_fd();
    v4l2::Queue screen{v4l2::open_node("vivid", V4L2_CAP_VIDEO_OUTPUT), V4L2_BUF_TYPE_VIDEO_OUTPUT};
    screen.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    screen.request(2, V4L2_MEMORY_DMABUF);
    screen.queue_fd(shown, 0);
    screen.queue_fd(shown, 1);
    screen.stream(true);
    tap::is(screen.dequeue(), 0, "the virtual screen takes a device's buffer");
    v4l2_control loop{V4L2_CID_TEST_PATTERN, 2};
    tap::is(ioctl(camera.fd, VIDIOC_S_CTRL, &loop), 0, "looped to the camera");
    camera.request(2, V4L2_MEMORY_USERPTR);
    unsigned char* frames[2] = {user_memory(10 * kPage), user_memory(10 * kPage)};
    for (unsigned i = 0; i < 2; ++i) camera.queue_user(frames[i] + 40, kBytes, i);
    camera.stream(true);
    tap::is(camera.dequeue(), 0, "that writes to user memory at any address");
    tap::ok(filled(frames[camera.last.index] + 40, 41), "the picture has made the round");
    loop.value = 0;
    ioctl(camera.fd, VIDIOC_S_CTRL, &loop);
    munmap(bars, kBytes);
    munmap(to, kBytes);
    for (const int fd : {exported, shown, camera.fd, screen.fd}) ::close(fd);
}

// --- Killed in the middle

void kill_streaming(unsigned pause_us) {
    int ends[2];
    pipe(ends);
    const pid_t child = fork();
    if (child == 0) {
        Converter c;
        const int a = dmabuf::heap_alloc("reserved", kBytes);
        c.in.request(2, V4L2_MEMORY_DMABUF);
        c.out.request(2, V4L2_MEMORY_MMAP);
        unsigned char* p = c.out.map();
        p[0] = 1;
        c.in.stream(true);
        c.out.stream(true);
        write(ends[1], "x", 1);
        for (;;) {
            c.in.queue_fd(a);
            c.out.queue();
            c.out.dequeue();
            c.in.dequeue();
        }
    }
    char byte;
    read(ends[0], &byte, 1);
    usleep(pause_us);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
}

void killed(unsigned processes, uint64_t seed) {
    constexpr uint32_t kLongestUs = 8000;  // several times what a picture takes
    Random moment = Random::seeded(seed);
    kill_streaming(3000);
    const long long before = proc::free_kib();
    for (unsigned i = 0; i < processes; ++i) kill_streaming(moment.below(kLongestUs));
    tap::is(before - proc::free_kib(), 0, "processes killed in mid-stream leave no page");
    tap::is(video("owned"), 0, "no buffer");
    tap::is(dmabuf::count("mapped"), 0, "no mapping");
    tap::is(dmabuf::count("buffers"), 0, "and no dma-buf");
    own_memory(0, "the next run works");
}

}  // namespace

int main(int argc, char** argv) {
    iommu = argc < 2 || std::strcmp(argv[1], "direct") != 0;
    const unsigned processes = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 10;
    const uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 0) : 1;
    tap::plan(iommu ? 67 : 66);
    own_memory(0, "write-combined buffers have the right pixels");
    own_memory(V4L2_MEMORY_FLAG_NON_COHERENT, "cached buffers have the right pixels");
    imported();
    reach();
    export_and_create();
    conversions();
    virtual_device();
    killed(processes, seed);
    tap::is(video("pinned"), 0, "nothing stays pinned");
    tap::is(video("imported"), 0, "nothing stays imported");
    tap::is(video("maps") - video("unmaps"), 0, "every map had its unmap");
    return tap::finish();
}
