#include "ion/heap.hpp"

#include <exysim/ion.h>

#include "core/boot_options.hpp"
#include "core/log.hpp"
#include "mm/carveout.hpp"
#include "mm/cma.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

Carveout* the_carveout() { return ion_carveout().pages() ? &ion_carveout() : nullptr; }

// clang-format off
constexpr IonHeap kHeaps[] = {
    {"ion_system_heap",        ION_HEAP_TYPE_SYSTEM,        Placement::scattered},
    {"ion_system_contig_heap", ION_HEAP_TYPE_SYSTEM_CONTIG, Placement::contiguous},
    {"ion_carveout_heap",      ION_HEAP_TYPE_CARVEOUT,      Placement::contiguous, false, nullptr, the_carveout},
    {"ion_cma_heap",           ION_HEAP_TYPE_DMA,           Placement::contiguous, false, cma_default},
    {"ion_auto_heap",          ION_HEAP_TYPE_CUSTOM,        Placement::scattered,  true,  cma_default},
};
// clang-format on
static_assert(ION_HEAP_ID_AUTO == ION_HEAP_TYPE_CUSTOM);
constexpr uint32_t kKnownFlags = ION_FLAG_CACHED | ION_FLAG_CACHED_NEEDS_SYNC;

const IonHeap* by_id[ION_NUM_HEAPS];

/// Whether the memory that the heap hands out exists on this machine.
bool has_memory(const IonHeap& h) {
    if (h.carveout) return h.carveout() != nullptr;
    return !h.area || h.follow_devices || h.area() != nullptr;
}

const IonHeap* heap_called(Text name) {
    for (const IonHeap& h : kHeaps) {
        if (name == h.name) return &h;
    }
    return nullptr;
}

void add_heap(const IonHeap& h, uint32_t id) {
    by_id[id] = &h;
    log_info("ion: heap %u is %s", id, h.name);
}

/// `names`: separated by commas. What cannot be had is left out, with a word in the log.
void register_in_order(Text names) {
    uint32_t id = 0;
    while (!names.empty() && id < ION_NUM_HEAPS) {
        const size_t end = names.find(',');
        const Text name{names.data, end};
        names = names.from(end < names.size ? end + 1 : end);
        const IonHeap* h = heap_called(name);
        if (!h || !has_memory(*h)) {
            log_error("ion: ion_heaps: heap %u: %s", id, h ? "has no memory" : "no heap has that name");
            continue;
        }
        add_heap(*h, id++);
    }
}

Result<Ref<DmaBuf>> allocate_from(const IonHeap& heap, uint32_t bytes, uint32_t flags) {
    const bool cached = flags & ION_FLAG_CACHED;
    auto buffer =
        TRY(export_placed_buffer({.bytes = bytes,
                                  .exporter = heap.name,
                                  .type = cached ? MemoryType::cached : MemoryType::write_combine,
                                  .placement = heap.placement,
                                  .area = heap.area ? heap.area() : nullptr,
                                  .carveout = heap.carveout ? heap.carveout() : nullptr,
                                  .follow_devices = heap.follow_devices,
                                  .fault_coherent = cached && !(flags & ION_FLAG_CACHED_NEEDS_SYNC)}));
    if (!heap.follow_devices) TRY(place_now(*buffer));
    return buffer;
}

}  // namespace

void register_ion_heaps() {
    if (boot_option("ion_heaps")) return register_in_order(boot_option("ion_heaps", ""));
    for (const IonHeap& h : kHeaps) {
        if (has_memory(h)) add_heap(h, h.type);
    }
}

const IonHeap* ion_heap(uint32_t id) { return id < ION_NUM_HEAPS ? by_id[id] : nullptr; }

/// Exporters are known by the name's address, which nobody else has.
bool is_ion_buffer(const DmaBuf& buffer) {
    for (const IonHeap& h : kHeaps) {
        if (buffer.exporter() == h.name) return true;
    }
    return false;
}

Result<Ref<DmaBuf>> ion_allocate(const ion_allocation_data& a) {
    const bool aligned = (a.align & (a.align - 1)) == 0 && a.align <= kPageSize;
    if (a.len == 0 || !aligned || a.flags & ~kKnownFlags) return Errno::kInval;
    if (a.len > memory_use().total_pages * uint64_t{kPageSize}) return Errno::kNoMem;
    Errno error = Errno::kNoDev;
    for (uint32_t id = ION_NUM_HEAPS; id-- > 0;) {
        if (!(a.heap_id_mask >> id & 1) || !by_id[id]) continue;
        auto buffer = allocate_from(*by_id[id], a.len, a.flags);
        if (buffer) return buffer;
        error = buffer.error();
    }
    return error;
}

}  // namespace kernel
