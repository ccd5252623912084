// How a core reaches memory and devices: implemented by the SystemC shell, and by plain arrays in tests.
#pragma once

#include <cstdint>
#include <span>

#include "models/base/address.hpp"

namespace exysim::cpu {

/// Host memory behind one 4 KiB page of physical memory.
struct HostPage {
    uint8_t* data = nullptr;  ///< nullptr: not plain memory, use read() and write()
    bool writable = false;
};

/// Physical memory as one core sees it.
struct MemoryPort {
    virtual ~MemoryPort() = default;
    /// Direct access to the page that contains `address`; stays valid until the core's host tables are
    /// dropped.
    virtual HostPage page(PhysAddr address) = 0;
    /// One access of 1, 2, 4 or 8 bytes inside an aligned 8-byte unit, at the core's true time; false = bus
    /// error.
    virtual bool read(PhysAddr address, std::span<uint8_t> data) = 0;
    virtual bool write(PhysAddr address, std::span<const uint8_t> data) = 0;
};

}  // namespace exysim::cpu
