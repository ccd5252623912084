#include "dma/ownership.hpp"

#include "arch/cache.hpp"
#include "core/event_channel.hpp"
#include "core/mistake.hpp"
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

void give_to_device(PhysAddr start, uint32_t bytes, DmaDirection direction) {
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

void take_from_device(PhysAddr start, uint32_t bytes, DmaDirection direction) {
    if (as_understood(direction) == DmaDirection::to_device || makes(Mistake::skip_take)) return;
    if (too_small_to_invalidate(bytes)) return;
    const EventSpan span{SpanClass::maintenance};
    cache_invalidate(phys_to_virt(start), start, bytes);
}

}  // namespace kernel
