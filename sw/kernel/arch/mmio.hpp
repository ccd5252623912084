// Device registers.
#pragma once

#include "core/types.hpp"

namespace kernel {

/// A mapped register window. Accesses are single loads and stores in program order.
class Mmio {
public:
    Mmio() = default;
    explicit Mmio(VirtAddr base) : base_{base} {}
    uint32_t read32(uint32_t offset) const { return *pointer<volatile uint32_t>(base_ + offset); }
    void write32(uint32_t offset, uint32_t value) const {
        *pointer<volatile uint32_t>(base_ + offset) = value;
    }
    uint8_t read8(uint32_t offset) const { return *pointer<volatile uint8_t>(base_ + offset); }
    void write8(uint32_t offset, uint8_t value) const { *pointer<volatile uint8_t>(base_ + offset) = value; }
    /// Replaces the bits of `mask` by those of `value`.
    void update32(uint32_t offset, uint32_t mask, uint32_t value) const {
        write32(offset, (read32(offset) & ~mask) | (value & mask));
    }
    explicit operator bool() const { return base_.value != 0; }
    VirtAddr base() const { return base_; }

private:
    VirtAddr base_;
};

}  // namespace kernel
