// Every allocation that a piece of work needs fails once, in turn (/proc/self/fail-nth): the call says so,
// the kernel survives and nothing is left over. Boot with `dma_test`.
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kMiB = 1 << 20, kPage = 4096;

void write_number(int fd, int n) {
    char text[16];
    ::pwrite(fd, text, static_cast<size_t>(std::snprintf(text, sizeof text, "%d", n)), 0);
}

void device_memory() {
    dma::Device d{"fimc0"};
    for (const unsigned attrs : {0U, 132U, 64U, 16U}) {
        if (d.alloc(8 * kPage, attrs) != 0) continue;
        const dma_test_call c = d.last;
        d.call(DMA_TEST_SHOW, c);
        void* p = ::mmap(nullptr, 8 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd(), 0);
        if (p != MAP_FAILED) ::munmap(p, 8 * kPage);
        d.call(DMA_TEST_GET_SG, c);
        d.release(c);
    }
}
void streaming() {
    dma::Device d{"fimc0"};
    if (d.call(DMA_TEST_BUFFER, {.bytes = 4 * kPage}) != 0) return;
    const unsigned b = d.last.buffer;
    d.call(DMA_TEST_MAP, {.bytes = 2 * kPage, .offset = 12, .buffer = b});
    if (d.call(DMA_TEST_MAP_SG, {.buffer = b}) == 0) d.call(DMA_TEST_UNMAP_SG, {});
}
void files() {
    const int fd = ::open("/tmp/exysim-fault", O_RDWR | O_CREAT | O_TRUNC, 0600);
    char bytes[100] = {};
    ::write(fd, bytes, sizeof bytes);
    ::ftruncate(fd, 20 * kPage);
    void* p = ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p != MAP_FAILED) ::munmap(p, 2 * kPage);
    ::close(fd);
    ::unlink("/tmp/exysim-fault");
    int ends[2];
    if (::pipe(ends) == 0) ::close(ends[0]), ::close(ends[1]);
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0) {
        ::write(ends[0], bytes, sizeof bytes);
        ::close(ends[0]), ::close(ends[1]);
    }
}
void processes() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    if (child > 0) ::waitpid(child, nullptr, 0);
}
void descriptors() {
    for (const int fd : {::epoll_create1(0), ::eventfd(0, 0), ::timerfd_create(CLOCK_MONOTONIC, 0),
                         ::memfd_create("fault", 0), ::open("/proc/self/maps", O_RDONLY),
                         ::open("/proc/self/fd/0", O_RDONLY), ::open("/proc/device-tree/model", O_RDONLY)}) {
        char byte = 0;
        if (fd < 0) continue;
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
        ::read(fd, &byte, 1);
        ::close(fd);
    }
    timer_t timer;
    if (::syscall(SYS_timer_create, CLOCK_MONOTONIC, nullptr, &timer) == 0)
        ::syscall(SYS_timer_delete, timer);
}
void address_space() {
    void* p = ::mmap(nullptr, 8 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return;
    ::mprotect(static_cast<char*>(p) + 2 * kPage, kPage, PROT_READ);
    void* moved = ::mremap(p, kPage, 64 * kPage, MREMAP_MAYMOVE);
    ::munmap(static_cast<char*>(p) + 4 * kPage, kPage);
    if (moved != MAP_FAILED) ::munmap(moved, 64 * kPage);
    ::munmap(p, 8 * kPage);
    void* shared = ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared != MAP_FAILED) ::munmap(shared, 2 * kPage);
}
void named_sockets() {
    sockaddr_un name{AF_UNIX, "/tmp/exysim-fault-socket"};
    const auto* address = reinterpret_cast<const sockaddr*>(&name);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0), client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::bind(listener, address, sizeof name) == 0 && ::listen(listener, 1) == 0 &&
        ::connect(client, address, sizeof name) == 0) {
        const int server = ::accept(listener, nullptr, nullptr);
        ::write(client, "words", 5);
        ::close(server);
    }
    ::close(client), ::close(listener);
    ::unlink(name.sun_path);
    if (::mkfifo("/tmp/exysim-fault-fifo", 0600) == 0) ::unlink("/tmp/exysim-fault-fifo");
}
/// Buffers of the capture device: format, allocation, export, mapping, queueing.
void video() {
    constexpr int kCapture = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
    const int fd = ::open("/dev/video0", O_RDWR | O_NONBLOCK);
    v4l2_format format{};
    format.type = kCapture;
    format.fmt.pix_mp.width = 640;
    format.fmt.pix_mp.height = 480;
    format.fmt.pix_mp.pixelformat = V4L2_PIX_FMT_NV12;
    format.fmt.pix_mp.num_planes = 1;
    ::ioctl(fd, VIDIOC_S_FMT, &format);
    v4l2_requestbuffers request{};
    request.count = 2;
    request.type = kCapture;
    request.memory = V4L2_MEMORY_MMAP;
    if (::ioctl(fd, VIDIOC_REQBUFS, &request) == 0) {
        v4l2_plane plane{};
        v4l2_buffer buffer{};
        buffer.type = kCapture;
        buffer.memory = V4L2_MEMORY_MMAP;
        buffer.m.planes = &plane;
        buffer.length = 1;
        ::ioctl(fd, VIDIOC_QUERYBUF, &buffer);
        void* p =
            ::mmap(nullptr, plane.length, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(plane.m.mem_offset));
        if (p != MAP_FAILED) ::munmap(p, plane.length);
        v4l2_exportbuffer exported{};
        exported.type = kCapture;
        if (::ioctl(fd, VIDIOC_EXPBUF, &exported) == 0) ::close(exported.fd);
        ::ioctl(fd, VIDIOC_QBUF, &buffer);
    }
    ::close(fd);
}
/// Comes back only when it fails; the program tells from there on (main).
void program() {
    char name[] = "faults", again[] = "again";
    char* arguments[] = {name, again, nullptr};
    char* environment[] = {nullptr};
    ::execve("/proc/self/exe", arguments, environment);
}

/// Whether a failure is still to be delivered; it is called off.
bool failure_left() {
    const bool left = std::atoi(proc::text("/proc/self/fail-nth").c_str()) > 0;
    write_number(::open("/proc/self/fail-nth", O_RDWR), 0);
    return left;
}

/// In a child, which may die of a page that does not come; true while a failure was delivered.
bool round(void (*work)(), int n) {
    const pid_t child = ::fork();
    if (child == 0) {
        const int control = ::open("/proc/self/fail-nth", O_RDWR);
        write_number(control, n);
        work();
        ::_exit(failure_left() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

void each_in_turn(void (*work)(), const char* name) {
    for (int warm = 0; warm < 3; ++warm) round(work, warm);  // what is touched for the first time, here
    (void)(proc::free_kib() + proc::vmalloc_kib());          // and in the kernel
    const long long before = proc::free_kib(), areas = proc::vmalloc_kib();
    int n = 1;
    while (n < 2000 && round(work, n)) ++n;
    std::printf("# %s: %d allocations\n", name, n - 1);
    tap::ok(n > 3 && n < 2000, name);
    tap::is(proc::free_kib(), before, "all pages are back");
    tap::is(proc::vmalloc_kib(), areas, "all kernel addresses too");
}

/// Every place in the kernel that asked for memory has been refused once.
void sites() {
    std::istringstream lines{proc::text("/proc/fault-sites")};
    std::string address;
    long long seen = 0, failed = 0, count = 0, spared = 0;
    while (lines >> address >> seen && address != "lost" && lines >> failed) {
        ++count;
        spared += failed == 0;
        std::printf("# site %s seen %lld failed %lld\n", address.c_str(), seen, failed);
    }
    tap::ok(count > 40, "the kernel knows its allocation sites");
    tap::is(spared, 0, "none of them was spared");
    tap::ok(address == "lost" && seen == 0, "and none is missing in the list");
}

}  // namespace

int main(int argc, char*[]) {
    if (argc > 1) return failure_left() ? 1 : 0;
    tap::plan(31);
    each_in_turn(device_memory, "device memory, each allocation failing in turn");
    each_in_turn(streaming, "streaming mappings");
    each_in_turn(files, "files, pipes and sockets");
    each_in_turn(processes, "processes");
    each_in_turn(descriptors, "descriptors of all kinds");
    each_in_turn(address_space, "address spaces");
    each_in_turn(named_sockets, "sockets and pipes with names");
    each_in_turn(video, "video buffers");
    each_in_turn(program, "programs");
    sites();
    tap::is(proc::dma("allocations") - proc::dma("frees") + proc::dma("maps") - proc::dma("unmaps"), 0,
            "the DMA layer has nothing left");
    return tap::finish();
}
