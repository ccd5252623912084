// What the DMA layer knows of one device.
#pragma once

#include "core/lock.hpp"
#include "dma/dma_device.hpp"
#include "dma/mapping.hpp"
#include "dma/page_record.hpp"

namespace kernel {

/// How a device reaches memory. `addressable` says whether it can get at a run as it is.
struct DmaOps {
    const char* name;
    Placement placement;
    bool (*addressable)(const DmaContext&, PhysRun run);
    /// A device address for runs of whole pages, next to each other. Errors: kInval, kNoSpc, kNoMem.
    Result<Iova> (*map)(DmaContext&, std::span<const PhysRun> runs, DmaDirection direction,
                        const char* owner);
    Result<> (*unmap)(DmaContext&, Iova base, uint32_t bytes);
    /// Where an address of this device leads. Errors: kFault.
    Result<PhysAddr> (*resolve)(const DmaContext&, Iova at);
};
extern const DmaOps kDirectDmaOps, kIommuDmaOps;

struct DmaContext {
    ListNode node;
    Node device;
    char name[48] = "";
    const DmaOps* ops = nullptr;
    IommuDomain* domain = nullptr;  ///< for kIommuDmaOps
    bool coherent = false;          ///< sees the caches (`dma-coherent`)
    uint32_t mask = ~0U;
    uint32_t longest_segment = ~0U;   ///< bytes that one piece of a scatter list may have
    uint32_t segment_boundary = ~0U;  ///< mask: no piece may reach over a multiple of this plus one
    CmaArea* area = nullptr;          ///< its own contiguous area, or the default one
    PageRecord record;                ///< what has been allocated for it
    MappingTable mappings;            ///< what is mapped for it
};

List<DmaContext, &DmaContext::node>& dma_contexts();
template <class Visit>
void for_each_dma_context(Visit visit) {
    for (DmaContext& c : dma_contexts()) visit(c);
}

}  // namespace kernel
