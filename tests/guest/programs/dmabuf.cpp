// dma-buf: what a descriptor can do, checks and their errno values, coherency of the processor with devices,
// references. Memory as the device sees it is looked at through /dev/dma-test.
#include <linux/sync_file.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "dma_test.hpp"
#include "dmabuf_test.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kPage = 4096, kPages = 8;
constexpr unsigned kBytes = kPages * kPage;

unsigned* map_fd(int fd, unsigned bytes = kBytes, unsigned page = 0) {
    void* at =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(page * kPage));
    return at == MAP_FAILED ? nullptr : static_cast<unsigned*>(at);
}

long raw_mmap(int fd, unsigned bytes, unsigned page) {
    return syscall(SYS_mmap2, nullptr, bytes, PROT_READ, MAP_SHARED, fd, page);
}

// --- E1: an exporter must be whole

void exporters() {
    dmabuf::Importer t;
    const char* names[] = {nullptr, "no map operation is EINVAL", "no unmap operation is EINVAL",
                           "no release operation is EINVAL", "no bytes are EINVAL"};
    for (unsigned way = 1; way < 5; ++way)
        tap::fails_with(t.call(DMABUF_TEST_EXPORT, {.value = way}), EINVAL, names[way]);
    tap::is(t.call(DMABUF_TEST_EXPORT, {.value = 0}), 0, "a whole exporter exports");
    const int fd = t.last.fd;
    tap::fails_with(raw_mmap(fd, kPage, 0), EINVAL, "mmap without an mmap operation is EINVAL");
    t.import(fd);
    tap::fails_with(t.call(DMABUF_TEST_KMAP_READ), EINVAL, "kmap without a vmap operation is EINVAL");
    t.release();
    ::close(fd);
    t.call(DMABUF_TEST_EXPORT, {.value = 5});
    const int refusing = t.last.fd;
    t.import(refusing);
    tap::fails_with(t.attach("fimc0"), EBUSY, "an exporter may refuse an attach");
    t.release();
    ::close(refusing);
    tap::fails_with(t.import(0), EINVAL, "another kind of file is EINVAL");
    tap::fails_with(t.import(200), EBADF, "no file is EBADF");
}

// --- Heaps

void heaps() {
    const int system = dmabuf::heap_alloc("system", kBytes - 5);
    tap::ok(system >= 0, "the system heap gives a buffer");
    tap::is(lseek(system, 0, SEEK_END), kBytes, "its size is whole pages");
    const int contiguous = dmabuf::heap_alloc("reserved", kBytes);
    tap::ok(contiguous >= 0, "the contiguous heap gives one");
    tap::is(fcntl(system, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "with O_CLOEXEC when asked for");
    const int kept = dmabuf::heap_alloc("linux,cma", kPage, O_RDWR);
    tap::is(fcntl(kept, F_GETFD), 0, "and without when not");
    tap::fails_with(dmabuf::heap_alloc("system", 0), EINVAL, "no bytes are EINVAL");
    tap::fails_with(dmabuf::heap_alloc("system", kPage, O_RDWR | O_TRUNC), EINVAL, "other flags are EINVAL");
    tap::fails_with(dmabuf::heap_alloc("system", kPage, O_RDWR, 1), EINVAL, "heap flags are EINVAL");
    tap::fails_with(dmabuf::heap_alloc("system", kPage, O_RDWR, 0, 7), EINVAL,
                    "a descriptor given is EINVAL");
    tap::fails_with(dmabuf::heap_alloc("system", 1ULL << 40), ENOMEM, "more than there is is ENOMEM");
    for (const int fd : {system, contiguous, kept}) ::close(fd);
    const int read_only = dmabuf::heap_alloc("system", kPage, O_RDONLY);
    tap::ok(!map_fd(read_only, kPage) && errno == EACCES, "writing to a read-only descriptor is EACCES");
    ::close(read_only);
}

// --- E2, E6: mmap limits, lseek

void limits(int fd) {
    tap::fails_with(raw_mmap(fd, kBytes + kPage, 0), EINVAL, "one page more than the buffer is EINVAL");
    tap::fails_with(raw_mmap(fd, kPage, kPages), EINVAL, "one page past the end is EINVAL");
    tap::fails_with(raw_mmap(fd, 2 * kPage, kPages - 1), EINVAL, "a range across the end is EINVAL");
    tap::fails_with(raw_mmap(fd, 2 * kPage, 0xFFFF'FFFF), EOVERFLOW, "a range that wraps is EOVERFLOW");
    unsigned* last = map_fd(fd, kPage, kPages - 1);
    unsigned* all = map_fd(fd);
    tap::ok(last && all, "the last page, and all of it, can be mapped");
    last[3] = 0x1234;
    tap::is(all[(kPages - 1) * kPage / 4 + 3], 0x1234, "both show the same memory");
    munmap(last, kPage);
    munmap(all, kBytes);
    tap::is(lseek(fd, 0, SEEK_SET), 0, "lseek to the start");
    tap::fails_with(lseek(fd, 4, SEEK_SET), EINVAL, "to elsewhere is EINVAL");
    tap::fails_with(lseek(fd, 0, SEEK_CUR), EINVAL, "from the present place is EINVAL");
    tap::fails_with(ftruncate(fd, kPage), EINVAL, "the size cannot change");
}

// --- Names and the listing

void names(int fd) {
    tap::is(ioctl(fd, DMA_BUF_SET_NAME_B, "texture"), 0, "a buffer gets a name");
    dmabuf::Importer t;
    t.import(fd);
    t.attach("fimc0");
    const std::string line = dmabuf::listing("texture");
    tap::ok(line.find("exporter system") != std::string::npos, "the listing shows its exporter");
    tap::ok(line.find("buffer 32768") != std::string::npos, "its size");
    tap::ok(line.find("attached ") != std::string::npos, "and who is attached");
    tap::fails_with(ioctl(fd, DMA_BUF_SET_NAME_A, "a name that is longer than the thirty-one allowed"),
                    EINVAL, "a name that is too long is EINVAL");
    tap::fails_with(ioctl(fd, DMA_BUF_SET_NAME_A, nullptr), EFAULT, "no name is EFAULT");
}

// --- E5: SYNC, kmap, vmap

void access(int fd) {
    tap::fails_with(dmabuf::sync(fd, DMA_BUF_SYNC_END), EINVAL, "SYNC without a direction is EINVAL");
    tap::fails_with(dmabuf::sync(fd, 16 | DMA_BUF_SYNC_RW), EINVAL, "SYNC with other bits is EINVAL");
    dmabuf::Importer t;
    t.import(fd);
    tap::is(t.call(DMABUF_TEST_KMAP_WRITE, {.offset = 3 * kPage + 8, .value = 77}), 0, "kmap writes a page");
    unsigned* p = map_fd(fd);
    tap::is(p[3 * kPage / 4 + 2], 77, "the program sees it");
    p[0] = 42;
    tap::is(t.call(DMABUF_TEST_VMAP), 0, "vmap");
    tap::is(t.last.value, 42, "shows what the program wrote");
    t.call(DMABUF_TEST_KMAP_ATOMIC, {.offset = 3 * kPage + 8});
    tap::is(t.last.value, 77, "kmap_atomic uses it");
    t.call(DMABUF_TEST_VUNMAP);
    tap::fails_with(t.call(DMABUF_TEST_VUNMAP), EINVAL, "a second vunmap is EINVAL");
    tap::fails_with(t.call(DMABUF_TEST_KMAP_READ, {.offset = kBytes}), EINVAL, "kmap past the end is EINVAL");
    tap::is(t.call(DMABUF_TEST_BEGIN, {.offset = kPage, .bytes = kPage}), 0, "access to a part begins");
    tap::fails_with(t.call(DMABUF_TEST_END, {.offset = kPage, .bytes = kBytes}), EINVAL,
                    "a part past the end is EINVAL");
    munmap(p, kBytes);
}

/// The device and a program take turns under SYNC.
void turns(int fd) {
    dmabuf::Importer t;
    dma::Device eye{"fimc0"};
    unsigned* p = map_fd(fd);
    t.import(fd);
    t.attach("fimc0");
    for (unsigned i = 0; i < kBytes / 4; ++i) p[i] = i;
    t.map(DMABUF_TEST_BIDIRECTIONAL);
    const unsigned iova = t.last.value;
    unsigned wrong = 0;
    for (unsigned i = 0; i < kBytes / 4; i += 64) wrong += eye.peek(iova, 4 * i) != i;
    tap::is(wrong, 0, "the device reads what was written before it was mapped");
    const long long before = dmabuf::count("maintained");
    dmabuf::sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
    p[100] = 4711;
    dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
    tap::is(dmabuf::count("maintained") - before, 2 * kBytes, "SYNC maintains the whole buffer, twice");
    tap::is(eye.peek(iova, 400), 4711, "the device reads what was written between SYNCs");
    (void)*static_cast<volatile unsigned*>(p + 200);
    eye.poke(iova, 800, 99);
    dmabuf::sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
    tap::is(p[200], 99, "the program reads what the device wrote");
    dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
    const long long partial = dmabuf::count("maintained");
    t.call(DMABUF_TEST_BEGIN, {.direction = DMABUF_TEST_FROM_DEVICE, .offset = kPage, .bytes = 64});
    tap::is(dmabuf::count("maintained") - partial, 64, "a part maintains that part only");
    munmap(p, kBytes);
}

/// What a device has mapped stays in its tables until it detaches, as Linux's exporters have it
/// (videobuf2-dma-contig's own; DRM's by cache_sgt_mapping): map and unmap are turns, and counted as such.
void kept_until_detach(int fd) {
    dmabuf::Importer t;
    dma::Device eye{"fimc0"};
    const auto reaches = [&](unsigned at) { return eye.call(DMA_TEST_PEEK, {.handle = at}) == 0; };
    t.import(fd);
    t.attach("fimc0");
    t.map(DMABUF_TEST_TO_DEVICE);
    const unsigned iova = t.last.value;
    t.unmap();
    tap::ok(dmabuf::count("mapped") == 0 && reaches(iova),
            "unmapped, the device could still read the buffer");
    t.map(DMABUF_TEST_TO_DEVICE);
    tap::is(t.last.value, iova, "which comes back to the same address");
    t.unmap();
    t.map(DMABUF_TEST_FROM_DEVICE);
    const unsigned other = t.last.value;
    tap::ok(reaches(other) && (other == iova || !reaches(iova)),
            "another direction takes the mapping's place");
    t.unmap();
    t.release();
    tap::ok(!reaches(iova) && !reaches(other), "detached, it no longer reaches it");
}

// --- E3: an importer's mmap shows the exporter's pages

void redirection(int fd) {
    dmabuf::Importer t;
    t.import(fd);
    unsigned* own = map_fd(fd);
    own[2 * kPage / 4] = 31;
    const unsigned before = t.references();
    unsigned* through = map_fd(t.fd(), kPage, 2);
    tap::is(through ? through[0] : 0, 31, "the importer's mmap shows the exporter's page");
    tap::is(t.references() - before, 1, "and holds one reference to the buffer");
    tap::fails_with(raw_mmap(t.fd(), kPage, kPages), EINVAL, "past the end is EINVAL");
    tap::fails_with(raw_mmap(t.fd(), kPage, 0xFFFF'FFFF), EOVERFLOW, "a wrap is EOVERFLOW");
    t.release();
    tap::is(through[0], 31, "the mapping outlives the import");
    munmap(through, kPage);
    t.import(fd);
    tap::is(t.references(), before, "munmap gives the reference back");
    munmap(own, kBytes);
}

// --- E6: from process to process

int receive(int socket) {
    char byte, control[CMSG_SPACE(sizeof(int))];
    iovec part{&byte, 1};
    msghdr m{};
    m.msg_iov = &part;
    m.msg_iovlen = 1;
    m.msg_control = control;
    m.msg_controllen = sizeof control;
    if (recvmsg(socket, &m, 0) != 1 || !CMSG_FIRSTHDR(&m)) return -1;
    int fd;
    std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
    return fd;
}

void send(int socket, int fd) {
    char byte = 0, control[CMSG_SPACE(sizeof(int))] = {};
    iovec part{&byte, 1};
    msghdr m{};
    m.msg_iov = &part;
    m.msg_iovlen = 1;
    m.msg_control = control;
    m.msg_controllen = sizeof control;
    cmsghdr* c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(c), &fd, sizeof fd);
    sendmsg(socket, &m, 0);
}

void passing() {
    int ends[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    const pid_t child = fork();
    if (child == 0) {
        const int fd = receive(ends[1]);
        unsigned* p = map_fd(fd);
        const bool good = p && p[5] == 555;
        if (p) p[6] = 666;
        _exit(good ? 0 : 1);
    }
    const int fd = dmabuf::heap_alloc("system", kBytes);
    unsigned* p = map_fd(fd);
    p[5] = 555;
    send(ends[0], fd);
    int status = -1;
    waitpid(child, &status, 0);
    tap::is(status, 0, "another process maps what this one exported");
    tap::is(p[6], 666, "and this one sees what it wrote");
    munmap(p, kBytes);
    for (const int each : {fd, ends[0], ends[1]}) ::close(each);
}

// --- E7: fences are explicit

struct CreateFence {
    unsigned value;
    char name[32];
    int fence;
};

int fence_at(int timeline, unsigned value) {
    CreateFence c{value, "frame", -1};
    return ioctl(timeline, _IOWR('W', 0, CreateFence), &c) == 0 ? c.fence : -1;
}
void advance(int timeline, unsigned by) { ioctl(timeline, _IOW('W', 1, unsigned), &by); }
short ready(int fd) {
    pollfd p{fd, POLLIN | POLLOUT, 0};
    poll(&p, 1, 0);
    return p.revents;
}

void fences(int fd) {
    const int timeline = ::open("/dev/sw_sync", O_RDWR);
    tap::is(ready(fd), POLLIN | POLLOUT, "a buffer without fences is ready for all");
    const int reading = fence_at(timeline, 1), writing = fence_at(timeline, 2);
    dma_buf_import_sync_file in{DMA_BUF_SYNC_READ, reading};
    tap::is(ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in), 0, "a reader's fence goes in");
    tap::is(ready(fd), POLLIN, "others may read meanwhile, not write");
    in = {DMA_BUF_SYNC_WRITE, writing};
    ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in);
    tap::is(ready(fd), 0, "with a writer nobody may");
    unsigned* p = map_fd(fd);
    dmabuf::sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
    tap::ok(p != nullptr, "neither mmap nor SYNC waits for it");
    munmap(p, kBytes);
    dma_buf_export_sync_file out{DMA_BUF_SYNC_WRITE, -1};
    tap::is(ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &out), 0, "all fences come out as one file");
    sync_file_info info{};
    ioctl(out.fd, SYNC_IOC_FILE_INFO, &info);
    tap::is(info.num_fences, 2, "that has both");
    tap::is(info.status, 0, "and is not done");
    advance(timeline, 1);
    tap::is(ready(out.fd), 0, "nor after the first");
    advance(timeline, 1);
    tap::is(ready(out.fd) & POLLIN, POLLIN, "but after the second");
    tap::is(ready(fd), POLLIN | POLLOUT, "and so is the buffer");
    sync_merge_data merge{};
    merge.fd2 = fence_at(timeline, 9);
    tap::is(ioctl(out.fd, SYNC_IOC_MERGE, &merge), 0, "sync files merge");
    tap::is(ready(merge.fence), 0, "a merged one waits for the later");
    in = {0, reading};
    tap::fails_with(ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in), EINVAL, "no direction is EINVAL");
    in = {DMA_BUF_SYNC_READ, fd};
    tap::fails_with(ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &in), EINVAL,
                    "a file without fences is EINVAL");
    ::close(timeline);
    info = {};
    ioctl(merge.fence, SYNC_IOC_FILE_INFO, &info);
    tap::is(info.status, -ENOENT, "a timeline that ends fails its fences");
    for (const int each : {reading, writing, out.fd, merge.fd2, merge.fence}) ::close(each);
}

/// A process is killed with everything in use. Returns how many mappings for the device it had.
long long kill_one() {
    int ends[2];
    pipe(ends);
    const pid_t child = fork();
    if (child == 0) {
        const int fd = dmabuf::heap_alloc("system", kBytes);
        unsigned* p = map_fd(fd);
        dmabuf::Importer t;
        t.import(fd);
        t.attach("fimc0");
        t.map(DMABUF_TEST_BIDIRECTIONAL);
        t.call(DMABUF_TEST_VMAP);
        dmabuf::sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
        p[0] = 1;
        dmabuf::sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
        write(ends[1], "x", 1);
        for (;;) pause();
    }
    char byte;
    read(ends[0], &byte, 1);
    const long long mapped = dmabuf::count("mapped");
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    return mapped;
}

void killed() {
    tap::is(kill_one(), 1, "a process has a mapping for the device");
    tap::is(dmabuf::count("mapped"), 0, "killed, it has none");
    tap::is(dmabuf::count("buffers"), 0, "nor a buffer");
    const long long before = proc::free_kib();
    for (int i = 0; i < 20; ++i) kill_one();
    tap::is(before - proc::free_kib(), 0, "twenty more leave no page behind");
}

}  // namespace

int main() {
    tap::plan(88);
    const long long vmalloc_before = proc::vmalloc_kib();
    exporters();
    heaps();
    const int fd = dmabuf::heap_alloc("system", kBytes);
    limits(fd);
    names(fd);
    access(fd);
    turns(fd);
    kept_until_detach(fd);
    redirection(fd);
    fences(fd);
    ::close(fd);
    passing();
    killed();
    tap::is(dmabuf::count("attaches") - dmabuf::count("detaches"), 0, "every attach had its detach");
    tap::is(dmabuf::count("maps") - dmabuf::count("unmaps"), 0, "every map its unmap");
    tap::is(proc::vmalloc_kib(), vmalloc_before, "no kernel mapping is left");
    return tap::finish();
}
