// The cache maintenance when memory changes hands, for memory mapped cacheable (the linear map).
#pragma once

#include "core/result.hpp"
#include "core/types.hpp"
#include "dma/attributes.hpp"
#include "iommu/iova_space.hpp"

namespace kernel {

class DmaDevice;

/// Which kinds of devices share memory with the processor.
struct Sharers {
    bool coherent = false;    ///< some see its caches: they may have left newer bytes there
    bool incoherent = false;  ///< some do not: maintenance is for them

    static constexpr Sharers of(bool coherent_device) { return {coherent_device, !coherent_device}; }
};

/// The devices' turn: what they read has left the caches; what they write has no line that could be written
/// back later. For coherent ones the processor's stores only have to have left.
void give_to_device(PhysAddr start, uint32_t bytes, DmaDirection direction, Sharers to);
/// The processor's turn: lines that came in meanwhile (speculation) go, after their bytes where a coherent
/// device may have written them. Nothing to do after to_device.
void take_from_device(PhysAddr start, uint32_t bytes, DmaDirection direction, Sharers from);
/// After a coherent device's turn with memory that others see past the caches: what it has left in level 2
/// goes to memory. For those who know the memory by the device's address `at` (dmabuf/page_ownership has the
/// pages). Any context. Errors: kFault nothing is mapped there.
Result<> device_range_leaves_level2(const DmaDevice& device, Iova at, uint32_t bytes);

}  // namespace kernel
