// Every allocation that a piece of work needs fails once, in turn (/proc/self/fail-nth): the call says so,
// the kernel survives and nothing is left over. Boot with `dma_test`.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

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

/// In a child, which may die of a page that does not come; true while a failure was delivered.
bool round(void (*work)(), int n) {
    const pid_t child = ::fork();
    if (child == 0) {
        const int control = ::open("/proc/self/fail-nth", O_RDWR);
        write_number(control, n);
        work();
        const bool left = proc::value("/proc/self/fail-nth", "0") < 0 &&
                          std::atoi(proc::text("/proc/self/fail-nth").c_str()) > 0;
        write_number(control, 0);
        ::_exit(left ? 1 : 0);
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

}  // namespace

int main() {
    tap::plan(13);
    each_in_turn(device_memory, "device memory, each allocation failing in turn");
    each_in_turn(streaming, "streaming mappings");
    each_in_turn(files, "files, pipes and sockets");
    each_in_turn(processes, "processes");
    tap::is(proc::dma("allocations") - proc::dma("frees") + proc::dma("maps") - proc::dma("unmaps"), 0,
            "the DMA layer has nothing left");
    return tap::finish();
}
