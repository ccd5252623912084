// What the kernel's basic operations cost, in processor cycles at 1 GHz (`cpu.clock`): run by scripts/bench
// guest. With an argument it ends at once: what there is then is the boot.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "dma_test.hpp"

namespace {

constexpr unsigned kMiB = 1 << 20, kPage = 4096;
constexpr double kCyclesPerNs = 1.0;

double now_ns() {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

template <class Work>
double cycles_each(int times, Work work) {
    const double start = now_ns();
    for (int i = 0; i < times; ++i) work();
    return (now_ns() - start) * kCyclesPerNs / times;
}

void print(const char* what, double cycles, int goal) {
    std::printf("%-44s %10.0f cycles   goal %d\n", what, cycles, goal);
}

double page_fault() {
    constexpr int kPages = 1000;
    auto* bytes = static_cast<volatile char*>(
        ::mmap(nullptr, kPages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    int at = 0;
    return cycles_each(kPages, [&] { bytes[at++ * static_cast<int>(kPage)] = 1; });
}

/// Two processes pass a byte to and fro: two switches, two reads and two writes a round.
double context_switch() {
    int there[2], back[2];
    if (::pipe(there) != 0 || ::pipe(back) != 0) return 0;
    char byte = 0;
    const pid_t child = ::fork();
    if (child == 0) {
        while (::read(there[0], &byte, 1) == 1 && byte == 0) (void)!::write(back[1], &byte, 1);
        ::_exit(0);
    }
    const double round = cycles_each(500, [&] {
        (void)!::write(there[1], &byte, 1);
        (void)!::read(back[0], &byte, 1);
    });
    byte = 1;
    (void)!::write(there[1], &byte, 1);
    ::waitpid(child, nullptr, 0);
    return round / 2;
}

/// Addresses alone, without cache maintenance: in one piece, which a section maps, or page by page in
/// reverse.
double map_unmap(dma::Device& d, bool by_page) {
    if (d.call(DMA_TEST_BUFFER, {.bytes = kMiB}) != 0) return 0;
    const unsigned b = d.last.buffer;
    return cycles_each(20, [&] {
        if (by_page) {
            d.call(DMA_TEST_MAP_SG, {.attrs = DMA_TEST_SKIP_CPU_SYNC, .buffer = b});
            d.call(DMA_TEST_UNMAP_SG, {.attrs = DMA_TEST_SKIP_CPU_SYNC});
        } else {
            d.call(DMA_TEST_MAP, {.bytes = kMiB, .attrs = DMA_TEST_SKIP_CPU_SYNC, .buffer = b});
            d.call(DMA_TEST_UNMAP, {.handle = d.last.handle, .bytes = kMiB, .attrs = DMA_TEST_SKIP_CPU_SYNC});
        }
    });
}

}  // namespace

int main(int argc, char*[]) {
    if (argc > 1) return 0;
    print("boot to this program's first instructions", now_ns() * kCyclesPerNs, 100'000'000);
    print("null system call", cycles_each(1000, [] { ::syscall(SYS_getppid); }), 400);
    print("page fault, demand-zero", page_fault(), 3000);
    print("switch between processes, with read and write", context_switch(), 4000);
    dma::Device d{"fimc0"};
    if (!d.ready()) return 0;
    print("map and unmap 1 MiB through the SysMMU", map_unmap(d, false), 150'000);
    print("the same from 256 single pages", map_unmap(d, true), 150'000);
    return 0;
}
