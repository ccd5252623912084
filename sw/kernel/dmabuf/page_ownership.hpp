// Cache maintenance of exported pages. Memory that is not cached only needs the processor's stores to have
// left, and a coherent device's lines after its turn: others would not see what is in them.
#pragma once

#include "dmabuf/dma_buf.hpp"

namespace kernel {

/// The devices' turn with these bytes of `pages`. Returns the bytes that needed maintenance.
uint32_t give_pages(const DmaPages& pages, ByteRange range, DmaDirection direction, Sharers to);
/// The processor's turn.
uint32_t take_pages(const DmaPages& pages, ByteRange range, DmaDirection direction, Sharers from);

/// Whose turn it is when this device maps or unmaps: others may keep the buffer mapped and take no turns.
inline Sharers sharers_of(const DmaBufAttachment& a) {
    return {a.device.coherent(), !a.device.coherent() || a.buffer->sharers().incoherent};
}

/// The whole of `pages` at kernel addresses, with their memory type.
Result<VirtAddr> map_to_kernel(const DmaPages& pages);
void unmap_from_kernel(VirtAddr at);
/// A page's address in the linear map. Errors: kNotSup where that has another memory type.
Result<VirtAddr> linear_address(const DmaPages& pages, uint32_t page);

}  // namespace kernel
