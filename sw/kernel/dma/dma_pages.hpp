// Memory that devices and processors share: pages with one memory type in every mapping.
#pragma once

#include <span>

#include "core/ref.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

struct Vma;

/// What a device does with a buffer, seen from memory (Linux's enum dma_data_direction).
enum class DmaDirection : uint8_t { bidirectional, to_device, from_device };

/// Where the pages of an allocation may lie.
enum class Placement : uint8_t {
    scattered,   ///< anywhere: the devices are behind SysMMUs
    contiguous,  ///< next to each other, for a device that addresses memory itself
};

/// Zeroed pages that are only ever mapped write-combined: no cache holds a line of them, so that processors
/// and devices see each other's writes after a wmb(). They live as long as somebody holds a reference: a
/// driver, a dma-buf, a mapping of a process.
class DmaPages : public RefCounted {
public:
    /// `bytes` rounded up to pages. Errors: kInval for zero, kNoMem.
    static Result<Ref<DmaPages>> allocate(uint32_t bytes, Placement placement);
    ~DmaPages() override;

    std::span<const Pfn> pages() const { return {pfns_, count_}; }
    uint32_t size() const { return count_ * kPageSize; }
    bool contiguous() const;

    /// Maps the part that starts `offset` bytes in, a multiple of the page size, into the whole of `vma`; the
    /// mapping holds a reference. Errors: kInval past the end, kNoMem.
    Result<> mmap(Vma& vma, uint32_t offset);

    DmaPages() = default;

private:
    Result<> take(uint32_t order);

    Pfn* pfns_ = nullptr;
    uint32_t count_ = 0;
};

}  // namespace kernel
