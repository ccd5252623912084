// A dma-buf whose memory is chosen late and can be replaced: programs get its pages by faults, so that all of
// them can be taken away again. What dma-heaps and ION export.
//
//   nothing yet --first map, fault or vmap--> pages --attach of a device that cannot reach them--> other
//   pages
//
// `fault_coherent`: the processor's caches are seen to without any call of the program. When the buffer goes
// to a device, all programs lose its pages and what they touched is cleaned; coming back, they fault, and the
// page is taken from the device then.
#pragma once

#include "dmabuf/dma_buf.hpp"
#include "mm/user_space.hpp"

namespace kernel {

struct PlacedBufferRequest {
    uint32_t bytes = 0;  ///< rounded up to pages
    const char* exporter = "";
    MemoryType type = MemoryType::cached;
    Placement placement = Placement::scattered;
    CmaArea* area = nullptr;       ///< where contiguous pages come from; null: the allocator
    Carveout* carveout = nullptr;  ///< ... or this
    bool follow_devices = false;   ///< contiguous only if an attached device needs it, whatever `placement`
    bool fault_coherent = false;   ///< for cached memory
};

/// Errors: kInval nothing, kNoMem.
Result<Ref<DmaBuf>> export_placed_buffer(const PlacedBufferRequest& request);
/// Allocates the pages now, with what is known of the devices. Errors: kNoMem; kInval for another exporter.
Result<> place_now(DmaBuf& buffer);

}  // namespace kernel
