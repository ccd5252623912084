#include "dma/streaming.hpp"

#include "arch/cache.hpp"
#include "core/event_channel.hpp"
#include "core/log.hpp"
#include "core/mistake.hpp"
#include "core/string.hpp"
#include "dma/buffer_events.hpp"
#include "dma/context.hpp"
#include "dma/debug.hpp"
#include "dma/low_pool.hpp"
#include "dma/ownership.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

/// What a mapping call was asked.
struct Wish {
    DmaDirection direction;
    DmaAttributes attributes;
    const char* caller;
    MappingKind kind;
};

/// Whole pages around a piece.
PhysRun pages_around(PhysAddr memory, uint32_t bytes) {
    const uint32_t first = align_down(memory.value, kPageSize);
    return {PhysAddr{first}, align_up(memory.value + bytes, kPageSize) - first};
}

PhysAddr bounce_memory(const DmaMapping& m) { return page_to_phys(m.bounce) + m.memory.value % kPageSize; }

/// Moves bytes between the memory and the device's copy of it.
void copy_out(const DmaMapping& m, uint32_t offset, uint32_t bytes) {
    memcpy(pointer<uint8_t>(phys_to_virt(bounce_memory(m) + offset)),
           pointer<uint8_t>(phys_to_virt(m.memory + offset)), bytes);
}
void copy_back(const DmaMapping& m, uint32_t offset, uint32_t bytes) {
    memcpy(pointer<uint8_t>(phys_to_virt(m.memory + offset)),
           pointer<uint8_t>(phys_to_virt(bounce_memory(m) + offset)), bytes);
}

Sharers sharers(const DmaContext& c) { return Sharers::of(c.coherent); }

void to_device(const DmaContext& c, const DmaMapping& m, uint32_t offset, uint32_t bytes,
               DmaDirection direction) {
    if (m.bounce && direction != DmaDirection::from_device) copy_out(m, offset, bytes);
    give_to_device((m.bounce ? bounce_memory(m) : m.memory) + offset, bytes, direction, sharers(c));
}

void to_processor(const DmaContext& c, const DmaMapping& m, uint32_t offset, uint32_t bytes,
                  DmaDirection direction) {
    take_from_device((m.bounce ? bounce_memory(m) : m.memory) + offset, bytes, direction, sharers(c));
    if (m.bounce && direction != DmaDirection::to_device) copy_back(m, offset, bytes);
}

/// A copy the device reaches. Filled whole at first, so that what it does not write keeps its value (never
/// another buffer's old bytes).
Result<> add_bounce(const DmaContext& c, DmaMapping& m) {
    const uint32_t pages = pages_around(m.memory, m.bytes).bytes >> kPageShift;
    m.bounce = TRY(low_pool().alloc(pages, 1, c.mask));
    m.bounce_pages = pages;
    copy_out(m, 0, m.bytes);
    cache_clean(phys_to_virt(bounce_memory(m)), bounce_memory(m), m.bytes);
    ++dma_statistics().bounced;
    return Ok{};
}

void drop_bounce(DmaMapping& m) {
    if (m.bounce) low_pool().free(m.bounce, m.bounce_pages);
}

/// Makes device addresses and the record for one contiguous piece; the caches are still to be seen to.
Result<Unique<DmaMapping>> make_mapping(DmaContext& c, PhysAddr memory, uint32_t bytes, const Wish& w) {
    if (bytes == 0 || !w.attributes.valid() || !is_ram(pfn_of(memory)) ||
        !is_ram(pfn_of(memory + (bytes - 1))))
        return Errno::kInval;
    dma_debug_check_map(c, memory, bytes, w.direction, w.attributes, w.caller);
    auto m = TRY(make<DmaMapping>());
    m->bytes = bytes;
    m->memory = memory;
    m->direction = w.direction;
    m->kind = w.kind;
    m->synchronised = !w.attributes.has(kDmaSkipCpuSync);
    m->caller = w.caller;
    PhysRun run = pages_around(memory, bytes);
    if (!c.ops->addressable(c, {memory, bytes})) {
        TRY(add_bounce(c, *m));
        run.base = page_to_phys(m->bounce);
    }
    auto at = c.ops->map(c, {&run, 1}, w.direction, w.caller);
    if (!at) {
        drop_bounce(*m);
        return at.error();
    }
    m->at = at.value() + memory.value % kPageSize;
    return m;
}

MappedPiece piece_of(const DmaContext& c, const DmaMapping& m) {
    return {c.name, 0, m.at, m.memory, m.bytes};
}

void add_mapping(DmaContext& c, Unique<DmaMapping> m) {
    tell_mapped(piece_of(c, *m), m->direction, m->synchronised);
    c.mappings.add(std::move(m));
    ++dma_statistics().maps;
}

/// The end of a mapping: the device is out first, then the bytes are the processor's.
void end_mapping(DmaContext& c, DmaMapping& found, DmaAttributes attributes) {
    const Unique<DmaMapping> m = c.mappings.remove(found);
    ++dma_statistics().unmaps;
    const uint32_t start = align_down(m->at.value, kPageSize);
    if (!c.ops->unmap(c, Iova{start}, align_up(m->at.value + m->bytes, kPageSize) - start))
        log_error("%s: device addresses %08x + %u were not mapped", c.name, m->at.value, m->bytes);
    tell_unmapped(piece_of(c, *m));
    if (!m->merged && m->device_owns && (m->bounce || !attributes.has(kDmaSkipCpuSync)))
        to_processor(c, *m, 0, m->bytes, m->direction);
    drop_bounce(*m);
}

}  // namespace

Result<Iova> dma_map_page(const DmaDevice& device, Page* page, uint32_t offset, uint32_t bytes,
                          DmaDirection direction, DmaAttributes attributes, const char* caller) {
    const EventSpan span{SpanClass::mapping};
    DmaContext& c = device.context();
    auto m = TRY(make_mapping(c, page_to_phys(page) + offset, bytes,
                              {direction, attributes, caller, MappingKind::single}));
    if (m->synchronised) to_device(c, *m, 0, bytes, direction);
    const Iova at = m->at;
    add_mapping(c, std::move(m));
    return at;
}

Result<Iova> dma_map_single(const DmaDevice& device, VirtAddr cpu, uint32_t bytes, DmaDirection direction,
                            DmaAttributes attributes, const char* caller) {
    if (cpu.value < kLinearBase || cpu.value - kLinearBase >= kLinearSize) {
        dma_report(device.context(), "%08x is not in the linear map, called from %s", cpu.value, caller);
        return Errno::kInval;
    }
    const PhysAddr memory = virt_to_phys(cpu);
    if (!is_ram(pfn_of(memory))) return Errno::kInval;
    return dma_map_page(device, phys_to_page(memory), memory.value % kPageSize, bytes, direction, attributes,
                        caller);
}

Result<> dma_unmap(const DmaDevice& device, Iova at, uint32_t bytes, DmaDirection direction,
                   DmaAttributes attributes, const char* caller) {
    const EventSpan span{SpanClass::mapping};
    DmaContext& c = device.context();
    DmaMapping* m = dma_debug_find_unmap(c, at, bytes, direction, MappingKind::single, caller);
    if (!m) return Errno::kInval;
    end_mapping(c, *m, attributes);
    return Ok{};
}

namespace {
MappedPiece part_of(const DmaContext& c, const DmaMapping& m, Iova at, uint32_t bytes) {
    return {c.name, 0, at, m.memory + (at - m.at), bytes};
}
}  // namespace

Result<> dma_sync_for_cpu(const DmaDevice& device, Iova at, uint32_t offset, uint32_t bytes,
                          DmaDirection direction, const char* caller) {
    const DmaContext& c = device.context();
    DmaMapping* m = dma_debug_find_sync(device.context(), at + offset, bytes, direction, caller);
    if (!m) return Errno::kInval;
    if (!m->merged) to_processor(c, *m, at + offset - m->at, bytes, direction);
    m->device_owns = false;
    tell_turn(part_of(c, *m, at + offset, bytes), direction, Turn::processor);
    return Ok{};
}

Result<> dma_sync_for_device(const DmaDevice& device, Iova at, uint32_t offset, uint32_t bytes,
                             DmaDirection direction, const char* caller) {
    const DmaContext& c = device.context();
    DmaMapping* m = dma_debug_find_sync(device.context(), at + offset, bytes, direction, caller);
    if (!m) return Errno::kInval;
    if (!m->merged) to_device(c, *m, at + offset - m->at, bytes, direction);
    m->device_owns = true;
    tell_turn(part_of(c, *m, at + offset, bytes), direction, Turn::device);
    return Ok{};
}

// --- lists

namespace {

/// The pieces of memory that caches are seen to for.
std::span<const SgEntry> maintained(const SgTable& list) {
    const std::span<const SgEntry> all = list.entries();
    return makes(Mistake::sync_mapped_only) ? all.first(list.mapped) : all;
}

PhysAddr memory_of(const SgEntry& e) { return page_to_phys(e.page) + e.offset; }

void unmap_entries(DmaContext& c, SgTable& list, DmaAttributes attributes) {
    for (uint32_t i = 0; i < list.mapped; ++i) {
        SgEntry& e = list.entries()[i];
        if (DmaMapping* m = c.mappings.find(e.device)) end_mapping(c, *m, attributes);
        e.device_length = 0;
    }
    list.mapped = 0;
}

/// One device piece for each piece of memory.
Result<> map_one_by_one(DmaContext& c, SgTable& list, const Wish& w) {
    for (SgEntry& e : list.entries()) {
        auto made = make_mapping(c, memory_of(e), e.length, w);
        if (!made) {
            unmap_entries(c, list, DmaAttributes{kDmaSkipCpuSync});
            return made.error();
        }
        auto m = made.take();
        if (m->synchronised) to_device(c, *m, 0, e.length, w.direction);
        e.device = m->at;
        e.device_length = e.length;
        dma_debug_check_segment(c, e.device, e.length, w.caller);
        add_mapping(c, std::move(m));
        ++list.mapped;
    }
    return Ok{};
}

/// Pieces that fill whole pages, but for the first's start and the last's end, lie next to each other for the
/// device, if it takes so long a one.
bool mergeable(const DmaContext& c, const SgTable& list) {
    if (list.bytes() > c.longest_segment || c.segment_boundary != ~0U) return false;
    const auto entries = list.entries();
    for (uint32_t i = 0; i < entries.size(); ++i) {
        const SgEntry& e = entries[i];
        if (i > 0 && e.offset % kPageSize) return false;
        if (i + 1 < entries.size() && (e.offset + e.length) % kPageSize) return false;
        if (e.length == 0) return false;
    }
    return entries.size() > 1;
}

Result<> map_merged(DmaContext& c, SgTable& list, const Wish& w) {
    const auto entries = list.entries();
    auto* runs = new (std::nothrow) PhysRun[entries.size()];
    if (!runs) return Errno::kNoMem;
    for (uint32_t i = 0; i < entries.size(); ++i) {
        dma_debug_check_map(c, memory_of(entries[i]), entries[i].length, w.direction, w.attributes, w.caller);
        runs[i] = pages_around(memory_of(entries[i]), entries[i].length);
    }
    auto at = c.ops->map(c, {runs, entries.size()}, w.direction, w.caller);
    delete[] runs;
    if (!at) return at.error();
    auto made = make<DmaMapping>();
    if (!made) {
        (void)c.ops->unmap(c, at.value(), align_up(list.bytes() + entries[0].offset % kPageSize, kPageSize));
        return made.error();
    }
    auto m = made.take();
    m->at = at.value() + entries[0].offset % kPageSize;
    m->bytes = list.bytes();
    m->memory = memory_of(entries[0]);
    m->direction = w.direction;
    m->kind = MappingKind::scatter_list;
    m->merged = true;
    m->synchronised = !w.attributes.has(kDmaSkipCpuSync);
    m->caller = w.caller;
    entries[0].device = m->at;
    entries[0].device_length = m->bytes;
    list.mapped = 1;
    if (m->synchronised) {
        for (const SgEntry& e : maintained(list))
            give_to_device(memory_of(e), e.length, w.direction, sharers(c));
    }
    add_mapping(c, std::move(m));
    return Ok{};
}

/// Finds the mappings behind all device pieces. Errors: kInval, reported.
Result<> check_list(DmaContext& c, SgTable& list, DmaDirection direction, const char* caller) {
    if (list.mapped == 0) {
        dma_report(c, "a scatter list that is not mapped, called from %s", caller);
        return Errno::kInval;
    }
    for (uint32_t i = 0; i < list.mapped; ++i) {
        const SgEntry& e = list.entries()[i];
        if (!dma_debug_find_unmap(c, e.device, e.device_length, direction, MappingKind::scatter_list, caller))
            return Errno::kInval;
    }
    return Ok{};
}

}  // namespace

Result<> dma_map_sg(const DmaDevice& device, SgTable& list, DmaDirection direction, DmaAttributes attributes,
                    const char* caller) {
    const EventSpan span{SpanClass::mapping};
    DmaContext& c = device.context();
    if (list.entries().empty() || list.mapped || !attributes.valid()) return Errno::kInval;
    const Wish wish{direction, attributes, caller, MappingKind::scatter_list};
    if (c.ops->placement == Placement::scattered && mergeable(c, list)) return map_merged(c, list, wish);
    return map_one_by_one(c, list, wish);
}

Result<> dma_unmap_sg(const DmaDevice& device, SgTable& list, DmaDirection direction,
                      DmaAttributes attributes, const char* caller) {
    const EventSpan span{SpanClass::mapping};
    DmaContext& c = device.context();
    TRY(check_list(c, list, direction, caller));
    const DmaMapping* first = c.mappings.find(list.entries()[0].device);
    const bool by_entry = first->merged && first->device_owns && !attributes.has(kDmaSkipCpuSync);
    const auto taken = maintained(list);
    unmap_entries(c, list, attributes);
    if (by_entry) {
        for (const SgEntry& e : taken) take_from_device(memory_of(e), e.length, direction, sharers(c));
    }
    return Ok{};
}

namespace {

template <class Move>
Result<> sync_list(const DmaDevice& device, SgTable& list, DmaDirection direction, bool device_owns,
                   const char* caller, Move move) {
    const Turn whose = device_owns ? Turn::device : Turn::processor;
    DmaContext& c = device.context();
    if (list.mapped == 0) {
        dma_report(c, "sync of a scatter list that is not mapped, called from %s", caller);
        return Errno::kInval;
    }
    for (uint32_t i = 0; i < list.mapped; ++i) {
        const SgEntry& e = list.entries()[i];
        DmaMapping* m = dma_debug_find_sync(c, e.device, e.device_length, direction, caller);
        if (!m) return Errno::kInval;
        m->device_owns = device_owns;
        if (!m->merged) move(m, e);
        tell_turn(piece_of(c, *m), direction, whose);
    }
    const DmaMapping* first = c.mappings.find(list.entries()[0].device);
    if (!first->merged) return Ok{};
    for (const SgEntry& e : maintained(list)) move(nullptr, e);
    return Ok{};
}

}  // namespace

Result<> dma_sync_sg_for_cpu(const DmaDevice& device, SgTable& list, DmaDirection direction,
                             const char* caller) {
    const DmaContext& c = device.context();
    return sync_list(device, list, direction, false, caller, [&](const DmaMapping* m, const SgEntry& e) {
        if (m) {
            to_processor(c, *m, 0, m->bytes, direction);
        } else {
            take_from_device(memory_of(e), e.length, direction, sharers(c));
        }
    });
}

Result<> dma_sync_sg_for_device(const DmaDevice& device, SgTable& list, DmaDirection direction,
                                const char* caller) {
    const DmaContext& c = device.context();
    return sync_list(device, list, direction, true, caller, [&](const DmaMapping* m, const SgEntry& e) {
        if (m) {
            to_device(c, *m, 0, m->bytes, direction);
        } else {
            give_to_device(memory_of(e), e.length, direction, sharers(c));
        }
    });
}

}  // namespace kernel
