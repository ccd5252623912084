// Memory that is the processor's and for a while a device's: map hands it over, unmap takes it back, sync
// passes it to and fro in between. Only the owner may touch it.
#pragma once

#include "dma/attributes.hpp"
#include "dma/dma_device.hpp"
#include "dma/scatter_list.hpp"

namespace kernel {

/// Hands [page + offset, + bytes) to the device; returns where it finds the first byte. Caches are cleaned
/// (what the device reads) or emptied (what it writes); lines that other data share survive at either end. A
/// device that cannot reach the page gets a bounce buffer. Errors: kInval nothing, or not RAM; kNoMem,
/// kNoSpc.
Result<Iova> dma_map_page(const DmaDevice& device, Page* page, uint32_t offset, uint32_t bytes,
                          DmaDirection direction, DmaAttributes attributes = {},
                          const char* caller = __builtin_FUNCTION());
/// The same for memory of the linear map, which is contiguous.
Result<Iova> dma_map_single(const DmaDevice& device, VirtAddr cpu, uint32_t bytes, DmaDirection direction,
                            DmaAttributes attributes = {}, const char* caller = __builtin_FUNCTION());
/// Takes it back, for both. Errors: kInval (reported) for what is not mapped like this.
Result<> dma_unmap(const DmaDevice& device, Iova at, uint32_t bytes, DmaDirection direction,
                   DmaAttributes attributes = {}, const char* caller = __builtin_FUNCTION());

/// Hands a list over. Behind a SysMMU pieces that fill whole pages become one device piece. `list.mapped`
/// says how many there are then. Errors: as dma_map_page(); nothing stays mapped.
Result<> dma_map_sg(const DmaDevice& device, SgTable& list, DmaDirection direction,
                    DmaAttributes attributes = {}, const char* caller = __builtin_FUNCTION());
Result<> dma_unmap_sg(const DmaDevice& device, SgTable& list, DmaDirection direction,
                      DmaAttributes attributes = {}, const char* caller = __builtin_FUNCTION());

/// Part of a mapping, `offset` bytes in. Errors: kInval (reported) outside a mapping or against its
/// direction.
Result<> dma_sync_for_cpu(const DmaDevice& device, Iova at, uint32_t offset, uint32_t bytes,
                          DmaDirection direction, const char* caller = __builtin_FUNCTION());
Result<> dma_sync_for_device(const DmaDevice& device, Iova at, uint32_t offset, uint32_t bytes,
                             DmaDirection direction, const char* caller = __builtin_FUNCTION());
/// Over all pieces of memory, however many device pieces there are.
Result<> dma_sync_sg_for_cpu(const DmaDevice& device, SgTable& list, DmaDirection direction,
                             const char* caller = __builtin_FUNCTION());
Result<> dma_sync_sg_for_device(const DmaDevice& device, SgTable& list, DmaDirection direction,
                                const char* caller = __builtin_FUNCTION());

}  // namespace kernel
