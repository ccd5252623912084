// What a caller of the DMA layer may ask for, in one set for alloc, free, mmap and map (linux/dma-mapping.h,
// and DMA_ATTR_USER_SPACE of the 2012 series).
#pragma once

#include <cstdint>

#include "core/types.hpp"

namespace kernel {

// clang-format off
/// What each does here:
///   write_barrier      unmap and sync for the processor wait until the device's writes are in memory. Nothing to do on this
///                      bus: a device's interrupt follows its last write response. Accepted, no effect.
///   weak_ordering      reads and writes of the device may pass each other. The bus has no such mode: no effect.
///   write_combine      memory is Normal non-cacheable: stores merge, and wait for wmb(). Without it coherent memory is
///                      Strongly-ordered: every store goes out at once and in order, and no barrier is needed.
///   non_consistent     memory is cacheable; the caller synchronises.
///   no_kernel_mapping  no kernel address; pages of a contiguous area also leave the linear map.
///   skip_cpu_sync      streaming map and unmap leave the caches alone: the caller has done it, or the processor does not look.
///   force_contiguous   physically contiguous although the device has a SysMMU.
///   user_space         memory for processes only: no kernel address, and free and mmap go by the device address.
///   single_pages       the device does not profit from large pages: behind a SysMMU memory is taken page by page, which
///                      spares the allocator's larger blocks. Without one it is contiguous all the same.
// clang-format on
enum DmaAttribute : uint32_t {
    kDmaWriteBarrier = 1 << 0,
    kDmaWeakOrdering = 1 << 1,
    kDmaWriteCombine = 1 << 2,
    kDmaNonConsistent = 1 << 3,
    kDmaNoKernelMapping = 1 << 4,
    kDmaSkipCpuSync = 1 << 5,
    kDmaForceContiguous = 1 << 6,
    kDmaUserSpace = 1 << 7,
    kDmaSinglePages = 1 << 8,
};
inline constexpr uint32_t kDmaAllAttributes = 0x1FF;

class DmaAttributes {
public:
    constexpr DmaAttributes() = default;
    constexpr DmaAttributes(uint32_t bits) : bits_{bits} {}
    constexpr bool has(DmaAttribute a) const { return bits_ & a; }
    constexpr DmaAttributes with(DmaAttribute a) const { return {bits_ | a}; }
    constexpr uint32_t bits() const { return bits_; }
    /// Unknown bits, or two memory types at once.
    constexpr bool valid() const {
        return !(bits_ & ~kDmaAllAttributes) && !(has(kDmaWriteCombine) && has(kDmaNonConsistent));
    }
    constexpr MemoryType type() const {
        if (has(kDmaNonConsistent)) return MemoryType::cached;
        return has(kDmaWriteCombine) ? MemoryType::write_combine : MemoryType::strongly_ordered;
    }
    constexpr bool kernel_mapping() const { return !has(kDmaNoKernelMapping) && !has(kDmaUserSpace); }

private:
    uint32_t bits_ = 0;
};

/// What a device does with a buffer, seen from memory (Linux's enum dma_data_direction).
enum class DmaDirection : uint8_t { bidirectional, to_device, from_device };

}  // namespace kernel
