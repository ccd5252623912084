// User memory: demand-zero pages, protection, unmapping, the heap, and what fork copies.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "tap.hpp"

namespace {

constexpr size_t kPage = 4096;

uint8_t* anonymous(size_t pages) {
    return static_cast<uint8_t*>(
        ::mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/// Runs `body` in a child; returns the signal that ended it, 0 if it exited by itself.
template <class Body>
int signal_of(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        body();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

bool all_zero(const uint8_t* p, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        if (p[i] != 0) return false;
    }
    return true;
}

void demand_zero() {
    uint8_t* p = anonymous(64);
    tap::ok(p != MAP_FAILED, "64 anonymous pages are mapped");
    tap::is(reinterpret_cast<uintptr_t>(p) % kPage, 0, "at a page boundary");
    tap::ok(all_zero(p, 64 * kPage), "they read as zero");
    for (size_t i = 0; i < 64; ++i) p[i * kPage + i] = static_cast<uint8_t>(i + 1);
    bool kept = true;
    for (size_t i = 0; i < 64; ++i) kept &= p[i * kPage + i] == i + 1;
    tap::ok(kept, "each page keeps its own bytes");
    tap::is(::munmap(p + 16 * kPage, kPage), 0, "a page in the middle is unmapped");
    tap::is(p[15 * kPage + 15] + p[17 * kPage + 17], 16 + 18, "its neighbours stay");
    tap::is(signal_of([=] { p[16 * kPage] = 1; }), SIGSEGV, "touching the hole is SIGSEGV");
    tap::is(::munmap(p, 64 * kPage), 0, "unmapping across the hole works");
}

void protection() {
    uint8_t* p = anonymous(2);
    p[0] = 7;
    tap::is(::mprotect(p, kPage, PROT_READ), 0, "mprotect to read-only");
    tap::is(p[0], 7, "still readable");
    tap::is(signal_of([=] { p[0] = 8; }), SIGSEGV, "writing it is SIGSEGV");
    tap::is(signal_of([=] { p[kPage] = 8; }), 0, "the next page is writable");
    tap::is(::mprotect(p, kPage, PROT_READ | PROT_WRITE), 0, "mprotect back");
    p[0] = 9;
    tap::is(p[0], 9, "writable again");
    tap::is(signal_of([] { *reinterpret_cast<volatile int*>(0) = 1; }), SIGSEGV,
            "address zero is not mapped");
    tap::is(signal_of([] { *reinterpret_cast<volatile int*>(0xC000'8000); }), SIGSEGV,
            "kernel memory is not readable");
    tap::is(signal_of([] { asm volatile("udf #0"); }), SIGILL, "an undefined instruction is SIGILL");
    ::munmap(p, 2 * kPage);
}

void wrong_arguments() {
    tap::ok(
        ::mmap(nullptr, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL,
        "mmap of nothing is EINVAL");
    tap::ok(::mmap(nullptr, kPage, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED && errno == EBADF,
            "mmap of a closed descriptor is EBADF");
    tap::fails_with(::munmap(reinterpret_cast<void*>(0x1001), kPage), EINVAL,
                    "a misaligned munmap is EINVAL");
}

void heap() {
    std::vector<std::vector<uint32_t>> blocks;
    for (uint32_t i = 0; i < 200; ++i) blocks.emplace_back(1000 + i * 13, i);
    bool kept = true;
    for (uint32_t i = 0; i < 200; ++i) {
        for (const uint32_t v : blocks[i]) kept &= v == i;
    }
    tap::ok(kept, "200 heap blocks keep their contents");
    void* big = std::malloc(8 << 20);
    tap::ok(big != nullptr, "8 MiB from the heap");
    std::memset(big, 0x5A, 8 << 20);
    tap::is(static_cast<uint8_t*>(big)[(8 << 20) - 1], 0x5A, "writable to the last byte");
    std::free(big);
}

void fork_copies() {
    uint8_t* priv = anonymous(1);
    auto* shared = static_cast<volatile uint8_t*>(
        ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    priv[0] = 1;
    shared[0] = 1;
    signal_of([=] {
        priv[0] = 2;
        shared[0] = 2;
    });
    tap::is(priv[0], 1, "a child's write to private memory is its own");
    tap::is(shared[0], 2, "a child's write to shared memory is seen");
}

}  // namespace

int main() {
    tap::plan(25);
    demand_zero();
    protection();
    wrong_arguments();
    heap();
    fork_copies();
    return tap::finish();
}
