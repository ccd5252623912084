// Memory for a device and the processor together: dma_alloc_attrs and its family. Names follow Linux's, so
// that a driver written against the one reads as against the other.
#pragma once

#include "dma/attributes.hpp"
#include "dma/dma_device.hpp"
#include "dma/scatter_list.hpp"

namespace kernel {

struct Vma;

/// What an allocation is known by.
struct DmaMemory {
    VirtAddr cpu;  ///< kernel address; 0 without one
    Iova handle;   ///< device address of the first byte
};

enum class DmaContextKind : uint8_t {
    may_sleep,
    atomic,  ///< interrupts masked: from the pool set aside at boot (`coherent_pool=SIZE`), never user_space
};

/// `bytes` of zeroed memory, rounded up to pages, in reach of the device. The kernel's mapping is a vmalloc
/// area of kind dma (or in the fixed window of `consistent_dma_size=`). `caller` is for listings and reports
/// and must stay. Errors: kInval bad attributes or zero bytes; kNoMem; kNoSpc no device or kernel addresses
/// left.
Result<DmaMemory> dma_alloc(const DmaDevice& device, uint32_t bytes, DmaAttributes attributes,
                            DmaContextKind context = DmaContextKind::may_sleep,
                            const char* caller = __builtin_FUNCTION());
/// Gives it back; mappings of processes keep the pages alive until they go. All must be as for the
/// allocation: otherwise kInval, a warning that names the caller, and nothing is freed.
Result<> dma_free(const DmaDevice& device, uint32_t bytes, DmaMemory memory, DmaAttributes attributes,
                  const char* caller = __builtin_FUNCTION());
/// Maps the allocation into a process, from vma.offset on, with the memory type of its other mappings.
/// Errors: kInval for another kind of allocation or none (with a warning), kNxIo past its end.
Result<> dma_mmap(const DmaDevice& device, Vma& vma, DmaMemory memory, uint32_t bytes,
                  DmaAttributes attributes, const char* caller = __builtin_FUNCTION());
/// The pages behind an allocation, in the order the device sees them. Errors: kInval, kNoMem.
Result<SgTable> dma_get_sgtable(const DmaDevice& device, DmaMemory memory, uint32_t bytes,
                                const char* caller = __builtin_FUNCTION());

/// Hands bytes of an allocation over, as each call of Linux's dma_cache_sync: to_device before the device
/// reads what the processor wrote, from_device around the device's writes. Non-consistent memory needs the
/// cache maintenance; for the other types a to_device is the barrier. Errors: kInval for what is not
/// allocated, or past its end.
Result<> dma_cache_sync(const DmaDevice& device, DmaMemory memory, uint32_t offset, uint32_t bytes,
                        DmaDirection direction, const char* caller = __builtin_FUNCTION());

/// Memory that never has a kernel address: free and mmap find its pages by the handle.
Result<Iova> dma_alloc_writecombine_user(const DmaDevice& device, uint32_t bytes,
                                         const char* caller = __builtin_FUNCTION());
Result<> dma_free_writecombine_user(const DmaDevice& device, uint32_t bytes, Iova handle,
                                    const char* caller = __builtin_FUNCTION());
Result<> dma_mmap_writecombine_user(const DmaDevice& device, Vma& vma, Iova handle, uint32_t bytes,
                                    const char* caller = __builtin_FUNCTION());

/// Sets the atomic pool up; once, at boot. Errors: kNoMem, kNoSpc.
Result<> dma_atomic_pool_init(uint32_t bytes);
struct AtomicPoolUse {
    uint32_t pages, used, failures;
};
AtomicPoolUse dma_atomic_pool_use();

}  // namespace kernel
