#include "dma/ownership.hpp"

#include "arch/cache.hpp"
#include "core/event_channel.hpp"
#include "core/mistake.hpp"
#include "dma/context.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

/// Mistakes of drivers, as long as they are asked for.
bool too_small_to_invalidate(uint32_t bytes) { return makes(Mistake::clean_small) && bytes < 64 * 1024; }
DmaDirection as_understood(DmaDirection d) {
    return makes(Mistake::wrong_direction) ? DmaDirection::to_device : d;
}
uint32_t as_counted(uint32_t bytes) {
    constexpr uint32_t kLine = 32;
    return makes(Mistake::skip_last_line) && bytes > kLine ? bytes - kLine : bytes;
}

void clean(VirtAddr va, PhysAddr start, uint32_t bytes) {
    bytes = as_counted(bytes);
    if (makes(Mistake::skip_outer)) return clean_to_unification(va, bytes);
    cache_clean(va, start, bytes);
}

}  // namespace

void give_to_device(PhysAddr start, uint32_t bytes, DmaDirection direction, Sharers to) {
    if (!to.incoherent) return wmb();
    if (makes(Mistake::skip_give)) return;
    const EventSpan span{SpanClass::maintenance};
    const VirtAddr va = phys_to_virt(start);
    if (as_understood(direction) == DmaDirection::from_device && !too_small_to_invalidate(bytes)) {
        cache_invalidate(va, start, bytes);
    } else {
        clean(va, start, bytes);
    }
    wmb();
}

void take_from_device(PhysAddr start, uint32_t bytes, DmaDirection direction, Sharers from) {
    if (!from.incoherent || makes(Mistake::skip_take)) return;
    if (as_understood(direction) == DmaDirection::to_device || too_small_to_invalidate(bytes)) return;
    const EventSpan span{SpanClass::maintenance};
    const auto forget = from.coherent ? cache_clean_invalidate : cache_invalidate;
    forget(phys_to_virt(start), start, bytes);
}

Result<> device_range_leaves_level2(const DmaDevice& device, Iova at, uint32_t bytes) {
    const EventSpan span{SpanClass::maintenance};
    const DmaContext& c = device.context();
    for (uint32_t done = 0; done < bytes;) {
        const uint32_t to_end = kPageSize - (at.value + done) % kPageSize;
        const uint32_t here = to_end < bytes - done ? to_end : bytes - done;
        outer_clean_invalidate(TRY(c.ops->resolve(c, at + done)), here);
        done += here;
    }
    return Ok{};
}

}  // namespace kernel
