#include "dma/ownership.hpp"

#include "arch/cache.hpp"
#include "core/event_channel.hpp"
#include "core/mistake.hpp"
#include "mm/page.hpp"

namespace kernel {

void give_to_device(PhysAddr start, uint32_t bytes, DmaDirection direction) {
    if (makes(Mistake::skip_give)) return;
    const EventSpan span{SpanClass::maintenance};
    const VirtAddr va = phys_to_virt(start);
    if (direction == DmaDirection::from_device) {
        cache_invalidate(va, start, bytes);
    } else {
        cache_clean(va, start, bytes);
    }
    wmb();
}

void take_from_device(PhysAddr start, uint32_t bytes, DmaDirection direction) {
    if (direction == DmaDirection::to_device || makes(Mistake::skip_take)) return;
    const EventSpan span{SpanClass::maintenance};
    cache_invalidate(phys_to_virt(start), start, bytes);
}

}  // namespace kernel
