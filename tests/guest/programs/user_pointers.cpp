// V4L2_MEMORY_USERPTR (MISSION B4): a program's own pages for FIMC, with and without a SysMMU: what is
// refused and with which errno, right pixels up to the borders, and what happens when the program takes the
// addresses away from under a device. Argument: "iommu" or "direct". The processor's own device (vivid) takes
// any address.
#include <sys/wait.h>

#include "converter.hpp"
#include "drm.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kInside = 512, kRoom = kBytes + 4 * kPage;
bool iommu = true;

struct UserConverter : Converter {
    UserConverter() {
        in.request(1, V4L2_MEMORY_USERPTR);
        out.request(1, V4L2_MEMORY_USERPTR);
    }
};

// --- Refusals

void refusals() {
    UserConverter c;
    unsigned char *from = user_memory(kRoom), *to = user_memory(kRoom);
    tap::fails_with(c.in.queue_user(reinterpret_cast<void*>(0x1000), kBytes), EFAULT,
                    "nothing there is EFAULT");
    tap::fails_with(c.in.queue_user(reinterpret_cast<void*>(0xC0000000), kBytes), EFAULT,
                    "the kernel's memory is EFAULT");
    tap::fails_with(c.in.queue_user(from, kBytes - 64), EINVAL, "too few bytes are EINVAL");
    // dma-contig: whole cache lines only, as dma_get_cache_alignment() has them on ARMv7: 64 bytes
    for (const unsigned inside : {1U, 8U, 32U}) {
        tap::fails_with(c.in.queue_user(from + inside, kBytes), EINVAL,
                        "an address within a cache line is EINVAL");
    }
    tap::fails_with(c.in.queue_user(from, kBytes + 8), EINVAL, "so is an end within one");
    tap::fails_with(c.in.queue_user(reinterpret_cast<void*>(0x1008), kBytes), EINVAL,
                    "which is looked at before what lies there");
    ::mprotect(to, kRoom, PROT_READ);
    tap::fails_with(c.out.queue_user(to, kBytes), EFAULT, "read-only memory for a capture is EFAULT");
    ::mprotect(to, kRoom, PROT_READ | PROT_WRITE);
    ::munmap(from + 2 * kPage, kPage);
    tap::fails_with(c.in.queue_user(from, kBytes), EFAULT, "a hole in the middle is EFAULT");
    tap::is(video("pinned"), 0, "of all these nothing stays pinned");
    v4l2_buffer b{};
    b.type = c.in.type, b.memory = V4L2_MEMORY_USERPTR, b.length = 1;
    b.m.planes = reinterpret_cast<v4l2_plane*>(0x1000);
    tap::fails_with(::ioctl(c.fd, VIDIOC_QBUF, &b), EFAULT, "planes that are not there are EFAULT");
    tap::fails_with(::ioctl(c.fd, VIDIOC_QBUF, reinterpret_cast<void*>(0x1000)), EFAULT,
                    "a buffer that is not there is EFAULT");
    ::munmap(from, kRoom);
    ::munmap(to, kRoom);
}

/// Without a SysMMU.
void in_one_piece() {
    UserConverter c;
    unsigned char* from = user_memory(kRoom);
    tap::fails_with(c.in.queue_user(from + kInside, kBytes), EFAULT,
                    "pages that are not next to each other are EFAULT without a SysMMU");
    tap::is(video("pinned"), 0, "and are not kept");
    ::munmap(from, kRoom);
}

// --- Pixels

void within_pages() {
    UserConverter c;
    unsigned char *from = user_memory(kRoom), *to = user_memory(kRoom);
    fill(from + kInside, 31);
    std::memset(to, 0xEE, kRoom);
    tap::is(c.in.queue_user(from + kInside, kBytes), 0, "memory that begins and ends within pages");
    tap::is(c.out.queue_user(to + kInside, kBytes), 0, "on both sides");
    tap::is(video("pinned"), 2, "is pinned");
    tap::ok(c.run() && filled(to + kInside, 31), "and has the right pixels");
    bool around = true;
    for (unsigned i = 0; i < kInside; ++i)
        around = around && to[i] == 0xEE && to[kInside + kBytes + i] == 0xEE;
    tap::ok(around, "what lies around it is untouched");
    c.in.queue_user(from + kInside, kBytes);
    tap::is(video("pinned"), 2, "the same pointer is pinned once");
    c.off();
    c.in.request(0, V4L2_MEMORY_USERPTR);
    c.out.request(0, V4L2_MEMORY_USERPTR);
    tap::is(video("pinned"), 0, "REQBUFS 0 lets go");
    ::munmap(from, kRoom);
    ::munmap(to, kRoom);
}

/// A buffer of a device's is not ordinary memory for the program that maps it.
void of_device() {
    UserConverter c;
    Converter lender;
    lender.in.request(1, V4L2_MEMORY_MMAP);
    unsigned char *lent = lender.in.map(), *to = user_memory(kRoom);
    fill(lent, 32);
    const long long before = video("maintained");
    tap::is(c.in.queue_user(lent, kBytes), 0, "a mapped device buffer is taken as it is");
    tap::is(video("maintained") - before, 0, "without cache maintenance");
    c.out.queue_user(to, kBytes);
    tap::ok(c.run() && filled(to, 32), "and has the right pixels");
    ::munmap(lent, kBytes);
    ::munmap(to, kRoom);
}

/// Write-combined memory of the display's that two pictures are captured into: nothing of it is cached, and a
/// device that sees the caches must leave nothing there.
void not_cached() {
    UserConverter c;
    const drm::File card{drm::kCard};
    const auto made = drm::create_dumb(card, kBytes / 4, 1, 32);
    auto* to = static_cast<unsigned char*>(drm::map(card, made.handle, made.size));
    unsigned char* from = user_memory(kRoom);
    for (const unsigned char value : {35, 36}) {
        fill(from, value);
        c.in.queue_user(from, kBytes);
        tap::is(c.out.queue_user(to, kBytes), 0, "memory that is not cached");
        tap::ok(c.run() && filled(to, value), "has the right pixels");
    }
    ::munmap(to, made.size);
    ::munmap(from, kRoom);
}

// --- Addresses that change under a device

/// Grown until it no longer fits where it is: its pages go to other addresses.
unsigned char* move_away(unsigned char* from) {
    void* to = ::mremap(from, kRoom, 64 * kRoom, MREMAP_MAYMOVE);
    return to == MAP_FAILED ? nullptr : static_cast<unsigned char*>(to);
}

void moved() {
    UserConverter c;
    unsigned char *from = user_memory(kRoom), *to = user_memory(kRoom), *above = user_memory(kRoom);
    fill(from, 33);
    c.in.queue_user(from, kBytes);
    c.out.queue_user(to, kBytes);
    unsigned char* now = move_away(to);
    tap::ok(now && now != to, "pages move to other addresses while a device has them");
    tap::ok(c.run() && filled(now, 33), "and the picture is where they are");
    tap::fails_with(c.out.queue_user(to, kBytes + 64), EFAULT, "where they were is EFAULT");
    fill(from, 34);
    c.in.queue_user(from, kBytes);
    tap::is(c.out.queue_user(now, kBytes), 0, "where they are can be queued");
    tap::ok(c.run() && filled(now, 34), "and has the next picture");
    ::munmap(from, kRoom), ::munmap(now, 64 * kRoom), ::munmap(above, kRoom);
}

/// A child must not part the program from the pages that a device works on.
void forked() {
    UserConverter c;
    unsigned char *from = user_memory(kRoom), *to = user_memory(kRoom);
    fill(from, 36);
    c.in.queue_user(from, kBytes);
    c.out.queue_user(to, kBytes);
    int ends[2];
    ::pipe(ends);
    const pid_t child = ::fork();
    if (child == 0) {
        char byte;
        ::close(ends[1]);
        ::read(ends[0], &byte, 1);  // lives until the picture is there
        ::_exit(std::memcmp(to, from, kBytes) != 0 ? 0 : 1);
    }
    to[kRoom - 1] = 1;  // in the last page
    to[kBytes] = 2;     // in the last page of the picture: a write that may part them
    tap::ok(c.run() && filled(to, 36) && to[kBytes] == 2, "after a fork the picture comes to the parent");
    ::close(ends[0]), ::close(ends[1]);
    int status = 1;
    ::waitpid(child, &status, 0);
    tap::is(status, 0, "and not to the child");
    ::munmap(from, kRoom), ::munmap(to, kRoom);
}

/// What is pinned stays until the buffer is given other memory, whatever lies at its addresses meanwhile:
/// videobuf2 compares pointer and length only.
void unmapped() {
    UserConverter c;
    unsigned char *from = user_memory(kRoom), *to = user_memory(kRoom);
    fill(from, 35);
    c.in.queue_user(from, kBytes);
    c.out.queue_user(to, kBytes);
    ::munmap(from, kRoom);
    ::munmap(to, kRoom);
    void* at = ::mmap(to, kRoom, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    std::memset(at, 0xEE, kRoom);  // new pages where the device's were, and perhaps those it has
    tap::ok(c.run(), "a device works on pages that the program has unmapped");
    unsigned changed = 0;
    for (unsigned i = 0; i < kRoom; ++i) changed += to[i] != 0xEE;
    tap::is(changed, 0, "and writes to nobody else's");
    tap::is(video("pinned"), 2, "which are kept as long as the buffers have them");
    const long long before = proc::free_kib();
    c.off();
    c.in.request(0, V4L2_MEMORY_USERPTR);
    c.out.request(0, V4L2_MEMORY_USERPTR);
    constexpr long long kPinnedKib = 2 * ((kBytes + kPage - 1) / kPage) * (kPage / 1024);
    tap::ok(proc::free_kib() - before >= kPinnedKib, "and are free then");
    c.in.request(1, V4L2_MEMORY_USERPTR);
    tap::fails_with(c.in.queue_user(from, kBytes), EFAULT, "asked for anew, nothing is there: EFAULT");
    ::munmap(to, kRoom);
}

// --- The processor as device

void any_address() {
    v4l2::Queue camera{v4l2::open_node("vivid", V4L2_CAP_VIDEO_CAPTURE), V4L2_BUF_TYPE_VIDEO_CAPTURE};
    camera.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    camera.request(2, V4L2_MEMORY_USERPTR);
    unsigned char* room[2] = {user_memory(kRoom), user_memory(kRoom)};
    bool queued = true;
    for (unsigned i = 0; i < 2; ++i) queued = queued && camera.queue_user(room[i] + 3, kBytes + 1, i) == 0;
    tap::ok(queued, "the virtual camera takes any address and length");
    tap::ok(camera.stream(true) == 0 && camera.dequeue() == 0, "and streams");
    const unsigned char* drawn = room[camera.last.index] + 3;
    tap::ok(drawn[0] == 180 && drawn[kWidth - 1] == 16, "from there: a white bar, a black one");
    ::close(camera.fd);
    for (unsigned char* r : room) ::munmap(r, kRoom);
}

}  // namespace

int main(int argc, char** argv) {
    iommu = argc < 2 || std::strcmp(argv[1], "direct") != 0;
    tap::plan(iommu ? 43 : 19);
    (void)(video("pinned") + proc::free_kib());
    refusals();
    if (iommu) {
        within_pages();
        of_device();
        not_cached();
        moved();
        forked();
        unmapped();
    } else {
        in_one_piece();
    }
    any_address();
    tap::is(video("pinned"), 0, "nothing stays pinned");
    return tap::finish();
}
