// Memory that devices and processors share: pages with one memory type in every mapping.
#pragma once

#include <span>

#include "core/ref.hpp"
#include "core/result.hpp"
#include "core/types.hpp"
#include "dma/attributes.hpp"
#include "dma/buffer_events.hpp"

namespace kernel {

class Carveout;
struct CmaArea;
struct Page;
struct Vma;

/// Where the pages of an allocation may lie.
enum class Placement : uint8_t {
    scattered,   ///< anywhere: the devices are behind SysMMUs
    contiguous,  ///< next to each other, for a device that addresses memory itself
};

/// What an allocation asks for.
struct DmaPagesRequest {
    uint32_t bytes = 0;
    Placement placement = Placement::scattered;
    MemoryType type = MemoryType::write_combine;
    bool single_pages = false;     ///< scattered ones are taken one by one
    bool keep_linear = true;       ///< false: leave the kernel's linear map where that is possible
    uint32_t highest = ~0U;        ///< physical addresses stay at or below
    CmaArea* area = nullptr;       ///< where contiguous pages come from first
    Carveout* carveout = nullptr;  ///< ... or this one, and nothing else
    uint32_t align_pages = 1;      ///< of contiguous ones
    const char* owner = "";        ///< who asks, for the event channel
    uint32_t buffer = 0;           ///< whose pages they are, for the same; 0: a new buffer's
};

/// Zeroed pages with one memory type wherever they are mapped. Of pages from a contiguous area the linear map
/// changes type (or they leave it); of others the cacheable alias stays, cleaned, and is counted: /proc/dma.
/// They live as long as somebody holds a reference: a driver, a dma-buf, a mapping of a process.
class DmaPages : public RefCounted {
public:
    /// May sleep. Errors: kInval for zero bytes, kNoMem.
    static Result<Ref<DmaPages>> allocate(const DmaPagesRequest& request);
    /// Write-combined ones from the default area. `bytes` is rounded up to pages. Errors as above.
    static Result<Ref<DmaPages>> allocate(uint32_t bytes, Placement placement);
    ~DmaPages() override;

    std::span<const Pfn> pages() const { return {pfns_, count_}; }
    uint32_t size() const { return count_ * kPageSize; }
    bool contiguous() const;
    MemoryType type() const { return type_; }
    /// Whether the kernel's linear map shows them with another, cacheable type.
    bool aliased() const { return aliased_; }
    /// How the event channel knows them.
    uint32_t buffer() const { return identity_.id(); }

    /// Maps the part that starts `offset` bytes in, a multiple of the page size, into the whole of `vma`; the
    /// mapping holds a reference. Errors: kInval past the end, kNoMem.
    Result<> mmap(Vma& vma, uint32_t offset);

    DmaPages() = default;

private:
    Result<> take_scattered(const DmaPagesRequest& request);
    Result<> take_contiguous(const DmaPagesRequest& request);
    Result<> take_carveout(Carveout& from, const DmaPagesRequest& request);
    Result<> take_block(uint32_t order);
    void adopt(Page* first, uint32_t count);
    void leave_caches(bool keep_linear);

    Pfn* pfns_ = nullptr;
    uint32_t count_ = 0;
    MemoryType type_ = MemoryType::write_combine;
    CmaArea* area_ = nullptr;  ///< where they go back to; null: the allocator
    Carveout* carveout_ = nullptr;
    bool own_linear_ = false;  ///< the linear map follows the type
    bool aliased_ = false;
    BufferIdentity identity_;
};

/// What has become of the linear alias of pages given out, since boot.
struct AliasStatistics {
    uint32_t remapped_pages = 0;  ///< linear map changed
    uint32_t cleaned_pages = 0;   ///< alias left in place, cleaned and invalidated
    uint32_t aliased_now = 0;
};
const AliasStatistics& alias_statistics();

}  // namespace kernel
