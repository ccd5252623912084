#include "dmabuf/page_ownership.hpp"

#include "arch/cache.hpp"
#include "core/event_channel.hpp"
#include "core/mistake.hpp"
#include "mm/page.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

/// Calls piece(physical address, bytes) for each contiguous piece of the range.
template <class Piece>
void each_piece(const DmaPages& pages, ByteRange range, Piece piece) {
    const uint32_t end = range.offset + range.bytes;
    for (uint32_t at = range.offset; at < end;) {
        const uint32_t first = at / kPageSize;
        const PhysAddr start = phys_of(pages.pages()[first]) + at % kPageSize;
        uint32_t last = first;
        while ((last + 1) * kPageSize < end && pages.pages()[last + 1].value == pages.pages()[last].value + 1)
            ++last;
        const uint32_t stop = (last + 1) * kPageSize < end ? (last + 1) * kPageSize : end;
        piece(start, stop - at);
        at = stop;
    }
}

/// As device_range_leaves_level2(). Whatever the device did: what it has read would be old the next time.
uint32_t pages_leave_level2(const DmaPages& pages, ByteRange range) {
    const EventSpan span{SpanClass::maintenance};
    each_piece(pages, range, outer_clean_invalidate);
    return range.bytes;
}

}  // namespace

uint32_t give_pages(const DmaPages& pages, ByteRange range, DmaDirection direction, Sharers to) {
    tell_turn(pages.buffer(), range.offset, range.bytes, direction, Turn::device);
    if (pages.type() != MemoryType::cached || !to.incoherent) {
        if (!makes(Mistake::skip_wmb)) wmb();
        return 0;
    }
    for (uint32_t again = makes(Mistake::maintain_twice); again + 1 != 0; --again)
        each_piece(pages, range,
                   [&](PhysAddr at, uint32_t bytes) { give_to_device(at, bytes, direction, to); });
    return range.bytes;
}

uint32_t take_pages(const DmaPages& pages, ByteRange range, DmaDirection direction, Sharers from) {
    tell_turn(pages.buffer(), range.offset, range.bytes, direction, Turn::processor);
    if (pages.type() != MemoryType::cached) return from.coherent ? pages_leave_level2(pages, range) : 0;
    if (!from.incoherent || direction == DmaDirection::to_device) return 0;
    each_piece(pages, range,
               [&](PhysAddr at, uint32_t bytes) { take_from_device(at, bytes, direction, from); });
    return range.bytes;
}

Result<VirtAddr> map_to_kernel(const DmaPages& pages) {
    return vmap(pages.pages(), pages.type(), AreaKind::map, "dma_buf_vmap");
}

void unmap_from_kernel(VirtAddr at) { (void)vunmap(at, AreaKind::map, "dma_buf_vunmap"); }

Result<VirtAddr> linear_address(const DmaPages& pages, uint32_t page) {
    if (pages.aliased()) return Errno::kNotSup;
    return phys_to_virt(phys_of(pages.pages()[page]));
}

}  // namespace kernel
