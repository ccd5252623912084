// Backing store of modelled memory: zeroed host pages that exist only once touched.
#pragma once

#include <cstdint>
#include <span>

namespace exysim {

/// An anonymous mapping of the host, reserved lazily; unmapped by the destructor.
class HostMemory {
public:
    /// Throws std::bad_alloc when the host has no address space for `size` bytes.
    explicit HostMemory(uint64_t size);
    ~HostMemory();
    HostMemory(const HostMemory&) = delete;
    HostMemory& operator=(const HostMemory&) = delete;

    std::span<uint8_t> bytes() { return {data_, size_}; }
    uint64_t size() const { return size_; }

private:
    uint8_t* data_;
    uint64_t size_;
};

}  // namespace exysim
