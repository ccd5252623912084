#include "apps/userptr/memory.hpp"

#include <sys/mman.h>

#include <utility>

#include "apps/support/error.hpp"

namespace apps::userptr {

namespace {

constexpr uint32_t kPage = 4096;
constexpr uint32_t kInside = 512;  // a multiple of every cache's line
constexpr uint8_t kAround = 0xEE;

constexpr uint32_t whole_pages(uint32_t bytes) { return (bytes + kPage - 1) & ~(kPage - 1); }

uint8_t* map(void* where, uint32_t bytes, int protection, int flags, int fd = -1, long offset = 0) {
    void* at = ::mmap(where, bytes, protection, flags, fd, offset);
    if (at == MAP_FAILED) throw SystemError{"memory", "mmap"};
    return static_cast<uint8_t*>(at);
}

/// Every other page is touched first, so that the allocator does not hand out neighbours for neighbours.
uint8_t* map_scattered(uint32_t bytes) {
    uint8_t* p = map(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    for (const uint32_t first : {0U, kPage}) {
        for (uint32_t i = first; i < bytes; i += 2 * kPage) p[i] = 1;
    }
    return p;
}

/// The lender's first buffer, `bytes` of it, at any address or over what is mapped at `where`.
uint8_t* map_lent(runner::PassThrough& lender, void* where, uint32_t bytes) {
    const v4l2_plane plane = lender.in().plane_of(0);
    if (whole_pages(plane.length) < bytes) throw Error{"lender: its buffer is too small"};
    return map(where, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | (where ? MAP_FIXED : 0), lender.in().fd(),
               static_cast<long>(plane.m.mem_offset));
}

}  // namespace

Memory Memory::scattered(runner::Size picture) {
    const uint32_t size = whole_pages(nv12_bytes(picture)) + kPage;
    return {map_scattered(size), size, 0};
}

Memory Memory::within_pages(runner::Size picture) {
    Memory made = scattered(picture);
    made.offset_ = kInside;
    return made;
}

Memory Memory::within_a_line(runner::Size picture) {
    Memory made = scattered(picture);
    made.offset_ = kInside + 8;  // what malloc() returns for a large block
    return made;
}

Memory Memory::read_only(runner::Size picture) {
    Memory made = scattered(picture);
    runner::fill_pattern(made.at(), picture);
    if (::mprotect(made.base_, made.size_, PROT_READ) != 0) throw SystemError{"memory", "mprotect"};
    made.writable_ = false;
    return made;
}

Memory Memory::of_device(runner::PassThrough& lender, runner::Size lent) {
    const uint32_t size = whole_pages(nv12_bytes(lent));
    return {map_lent(lender, nullptr, size), size, 0};
}

Memory Memory::within_device(runner::PassThrough& lender, runner::Size lent) {
    Memory made = of_device(lender, lent);
    made.offset_ = kInside;
    return made;
}

Memory Memory::mixed(runner::PassThrough& lender, runner::Size picture) {
    Memory made = scattered(picture);
    map_lent(lender, made.base_, whole_pages(nv12_bytes(picture) / 2));
    return made;
}

Memory Memory::nothing(runner::Size picture) {
    Memory made = scattered(picture);
    if (::mprotect(made.base_, made.size_, PROT_NONE) != 0) throw SystemError{"memory", "mprotect"};
    made.readable_ = made.writable_ = false;
    return made;
}

Memory::Memory(Memory&& o) noexcept
    : base_{std::exchange(o.base_, nullptr)},
      size_{o.size_},
      offset_{o.offset_},
      readable_{o.readable_},
      writable_{o.writable_} {}

Memory::~Memory() { unmap(); }

void Memory::unmap() {
    if (base_) ::munmap(base_, size_);
    base_ = nullptr;
}

void Memory::fill_around(uint32_t bytes) {
    for (uint32_t i = 0; i < size_; ++i) {
        if (i < offset_ || i >= offset_ + bytes) base_[i] = kAround;
    }
}

uint32_t Memory::changed_around(uint32_t bytes) const {
    uint32_t changed = 0;
    for (uint32_t i = 0; i < size_; ++i) {
        if (i < offset_ || i >= offset_ + bytes) changed += base_[i] != kAround;
    }
    return changed;
}

}  // namespace apps::userptr
