#include "models/base/host_memory.hpp"

#include <sys/mman.h>

#include <new>

namespace exysim {

HostMemory::HostMemory(uint64_t size) : size_{size} {
    constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* mapping = mmap(nullptr, size, PROT_READ | PROT_WRITE, kFlags, -1, 0);
    if (mapping == MAP_FAILED) throw std::bad_alloc{};
    data_ = static_cast<uint8_t*>(mapping);
    // Guests stride over megabytes: without huge pages the host's own TLB misses decide. A hint, so failing
    // is well.
    madvise(mapping, size, MADV_HUGEPAGE);
}

HostMemory::~HostMemory() { munmap(data_, size_); }

}  // namespace exysim
