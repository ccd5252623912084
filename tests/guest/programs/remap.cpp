// mremap(2) to a given place, and (argument "kept": qemu-arm 7.2 does not do that) with the old area kept.
// Errors as in Linux 6.1. Built for the host it passes on Linux itself.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <initializer_list>

#include "tap.hpp"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

namespace {

constexpr size_t kPage = 4096, kWords = kPage / sizeof(unsigned);
constexpr int kMove = MREMAP_MAYMOVE, kFixed = MREMAP_MAYMOVE | MREMAP_FIXED,
              kKeep = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;

unsigned* map(size_t pages, int flags = MAP_PRIVATE | MAP_ANONYMOUS, int fd = -1) {
    void* p = ::mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE, flags, fd, 0);
    return p == MAP_FAILED ? nullptr : static_cast<unsigned*>(p);
}
/// Page i holds first + i.
void fill(unsigned* at, size_t pages, unsigned first) {
    for (size_t i = 0; i < pages; ++i) at[i * kWords] = first + static_cast<unsigned>(i);
}
bool holds(const unsigned* at, size_t pages, unsigned first) {
    for (size_t i = 0; i < pages; ++i) {
        if (at[i * kWords] != first + i) return false;
    }
    return true;
}
unsigned* move(void* from, size_t old_pages, size_t pages, int flags, void* to = nullptr) {
    void* p = ::mremap(from, old_pages * kPage, pages * kPage, flags, to);
    return p == MAP_FAILED ? nullptr : static_cast<unsigned*>(p);
}
unsigned* page(unsigned* at, size_t i) { return at + i * kWords; }
/// Whether the kernel finds something there to read.
bool is_mapped(const void* at) {
    int ends[2];
    ::pipe(ends);
    const bool found = ::write(ends[1], at, 1) == 1;
    ::close(ends[0]), ::close(ends[1]);
    return found;
}

void to_a_place() {
    unsigned *from = map(4), *to = map(8);
    fill(from, 4, 100), fill(to, 8, 200);
    tap::ok(move(from, 4, 4, kFixed, page(to, 2)) == page(to, 2), "to a given place");
    tap::ok(holds(page(to, 2), 4, 100), "with the contents, over what was there");
    tap::ok(holds(to, 2, 200) && holds(page(to, 6), 2, 206), "beside it nothing changes");
    tap::ok(!is_mapped(from), "and the old place is free");
    tap::ok(move(page(to, 2), 4, 2, kFixed, from) == from && holds(from, 2, 100), "smaller, back again");
    tap::ok(!is_mapped(page(to, 4)), "what is cut off is gone");
    tap::ok(move(from, 2, 4, kFixed, page(to, 2)) == page(to, 2) && holds(page(to, 2), 2, 100), "larger");
    tap::ok(page(to, 4)[0] == 0 && (page(to, 5)[0] = 9) == 9, "with fresh pages at its end");
    ::munmap(to, 8 * kPage);
}
/// Two areas of different kinds stay two, and a file's page remains the file's.
void of_a_file() {
    char name[] = "/tmp/exysim-remap-XXXXXX";
    const int fd = ::mkstemp(name);
    ::ftruncate(fd, 4 * kPage);
    unsigned *shared = map(4, MAP_SHARED, fd), *other = map(4, MAP_SHARED, fd), *place = map(4);
    fill(shared, 4, 300);
    tap::ok(move(page(shared, 1), 2, 2, kFixed, page(place, 1)) == page(place, 1), "the middle of a file");
    page(place, 1)[0] = 77;
    tap::ok(other[kWords] == 77 && page(place, 2)[0] == 302, "is still the file's middle");
    tap::ok(shared[0] == 300 && page(shared, 3)[0] == 303 && !is_mapped(page(shared, 1)), "between its ends");
    ::munmap(shared, kPage), ::munmap(page(shared, 3), kPage);
    ::munmap(other, 4 * kPage), ::munmap(place, 4 * kPage);
    ::close(fd);
    ::unlink(name);
}
void with_a_child() {
    unsigned *from = map(2), *to = map(2);
    fill(from, 2, 400);
    const pid_t child = ::fork();
    if (child == 0) {
        ::usleep(20'000);
        ::_exit(holds(from, 2, 400) ? 0 : 1);
    }
    move(from, 2, 2, kFixed, to);
    to[0] = 1;
    int status = 1;
    ::waitpid(child, &status, 0);
    tap::is(status, 0, "a child keeps the old place and what was in it");
    tap::ok(to[0] == 1 && page(to, 1)[0] == 401, "the parent has its own");
    ::munmap(to, 2 * kPage);
}
void kept() {
    unsigned* from = map(3);
    fill(from, 3, 500);
    unsigned* to = move(from, 3, 3, kKeep);
    tap::ok(to && to != from && holds(to, 3, 500), "the pages move and the old area stays");
    tap::ok(from[0] == 0 && page(from, 2)[0] == 0, "empty");
    from[0] = 5;
    tap::ok(to[0] == 500 && from[0] == 5, "and separate");
    unsigned* place = map(3);
    tap::ok(move(to, 3, 3, kKeep | MREMAP_FIXED, place) == place && holds(place, 3, 500) && to[0] == 0,
            "to a given place too");
    for (unsigned* p : {from, to, place}) ::munmap(p, 3 * kPage);
}
/// What is mapped no longer cannot be written back either.
void synchronise() {
    unsigned* at = map(3);
    ::munmap(page(at, 1), kPage);
    tap::is(::msync(page(at, 2), kPage, MS_SYNC), 0, "memory is in step with itself");
    tap::fails_with(::msync(at, 3 * kPage, MS_ASYNC), ENOMEM, "a hole is ENOMEM");
    tap::fails_with(::msync(page(at, 2), kPage, MS_ASYNC | MS_SYNC), EINVAL, "now or later, not both");
    tap::fails_with(::msync(reinterpret_cast<char*>(at) + 8, 1, MS_SYNC), EINVAL, "whole pages");
}
/// `look`: at what was refused; qemu-arm takes it away all the same.
void refusals(bool look) {
    unsigned *from = map(4), *to = map(4);
    fill(from, 4, 600);
    char* const odd = reinterpret_cast<char*>(to) + 8;
    tap::fails_with(move(from, 4, 4, MREMAP_FIXED, to) ? 0 : -1, EINVAL, "a place without leave to move");
    tap::fails_with(move(from, 4, 4, MREMAP_DONTUNMAP) ? 0 : -1, EINVAL, "kept without leave to move");
    tap::fails_with(move(from, 4, 8, kKeep) ? 0 : -1, EINVAL, "kept and larger");
    tap::fails_with(move(from, 4, 4, kFixed, odd) ? 0 : -1, EINVAL, "a place that is not a page's");
    tap::fails_with(move(from, 4, 4, kFixed, page(from, 2)) ? 0 : -1, EINVAL, "a place that overlaps");
    tap::fails_with(move(from, 4, 4, kFixed, from) ? 0 : -1, EINVAL, "even itself");
    tap::fails_with(move(from, 4, 4, kMove | 8) ? 0 : -1, EINVAL, "a flag that is none");
    if (look) tap::ok(holds(from, 4, 600), "nothing moved");
    ::munmap(from, 4 * kPage);
    if (look) tap::fails_with(move(from, 4, 4, kFixed, to) ? 0 : -1, EFAULT, "nothing there to be moved");
    ::munmap(to, 4 * kPage);
}

}  // namespace

int main(int argc, char*[]) {
    const bool all = argc > 1;
    tap::plan(all ? 30 : 20);
    to_a_place();
    of_a_file();
    with_a_child();
    if (all) kept(), synchronise();
    refusals(all);
    return tap::finish();
}
