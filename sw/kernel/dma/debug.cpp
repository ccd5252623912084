#include "dma/debug.hpp"

#include <cstdarg>

#include "core/log.hpp"
#include "core/thread.hpp"
#include "mm/page.hpp"

extern "C" const char _start[], __kernel_end[];

namespace kernel {

namespace {

constexpr uint32_t kLine = 32;
constexpr const char* kDirections[] = {"bidirectional", "to_device", "from_device"};
constexpr const char* kKinds[] = {"single", "scatter list"};

const char* name_of(DmaDirection d) { return kDirections[static_cast<unsigned>(d)]; }
const char* name_of(MappingKind k) { return kKinds[static_cast<unsigned>(k)]; }

bool overlap(uint32_t a, uint32_t a_bytes, uint32_t b, uint32_t b_bytes) {
    return a < b + b_bytes && b < a + a_bytes;
}

bool on_stack(PhysAddr memory, uint32_t bytes) {
    const Page* stack = current()->stack;
    return stack && overlap(memory.value, bytes, page_to_phys(stack).value, kKernelStack);
}

bool in_kernel_image(PhysAddr memory, uint32_t bytes) {
    const uint32_t start = virt_to_phys(address_of(_start)).value;
    return overlap(memory.value, bytes, start, virt_to_phys(address_of(__kernel_end)).value - start);
}

/// Two writers, or a writer and a reader, of one cache line; readers may share.
bool line_conflict(const DmaMapping& m, PhysAddr memory, uint32_t bytes, DmaDirection direction) {
    if (m.merged || !m.synchronised) return false;
    if (m.direction == DmaDirection::to_device && direction == DmaDirection::to_device) return false;
    const uint32_t first = align_down(memory.value, kLine), last = align_up(memory.value + bytes, kLine);
    const uint32_t other = align_down(m.memory.value, kLine);
    return overlap(first, last - first, other, align_up(m.memory.value + m.bytes, kLine) - other);
}

}  // namespace

DmaStatistics& dma_statistics() {
    static DmaStatistics statistics;
    return statistics;
}

void dma_report(const DmaContext& device, const char* format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    format_text_list(text, sizeof text, format, args);
    va_end(args);
    ++dma_statistics().reports;
    log_warn("dma-debug: %s: %s", device.name, text);
}

void dma_debug_allocated(const DmaContext&, uint32_t) { ++dma_statistics().allocations; }
void dma_debug_freed(const DmaContext&, uint32_t) { ++dma_statistics().frees; }

void dma_debug_check_map(DmaContext& device, PhysAddr memory, uint32_t bytes, DmaDirection direction,
                         DmaAttributes attributes, const char* caller) {
    if (on_stack(memory, bytes)) dma_report(device, "maps memory of the stack, called from %s", caller);
    if (in_kernel_image(memory, bytes)) dma_report(device, "maps the kernel's image, called from %s", caller);
    if (is_free_page(pfn_of(memory)))
        dma_report(device, "maps a free page %08x, called from %s", memory.value, caller);
    if (attributes.has(kDmaSkipCpuSync)) return;
    if (const DmaMapping* m = device.mappings.first(
            [&](const DmaMapping& other) { return line_conflict(other, memory, bytes, direction); }))
        dma_report(device, "%08x + %u shares a cache line with the mapping by %s, called from %s",
                   memory.value, bytes, m->caller, caller);
}

void dma_debug_check_segment(const DmaContext& device, Iova at, uint32_t bytes, const char* caller) {
    const uint32_t last = at.value + bytes - 1;
    if (bytes > device.longest_segment)
        dma_report(device, "a segment of %u bytes, the device takes %u, called from %s", bytes,
                   device.longest_segment, caller);
    if ((at.value ^ last) & ~device.segment_boundary)
        dma_report(device, "a segment from %08x to %08x, over a boundary of %08x, called from %s", at.value,
                   last, device.segment_boundary, caller);
}

DmaMapping* dma_debug_find_unmap(DmaContext& device, Iova at, uint32_t bytes, DmaDirection direction,
                                 MappingKind kind, const char* caller) {
    DmaMapping* m = device.mappings.find(at);
    if (!m) {
        dma_report(device, "unmap of %08x, which is not mapped, called from %s", at.value, caller);
        return nullptr;
    }
    if (m->kind != kind)
        dma_report(device, "unmap of a %s as %s, called from %s", name_of(m->kind), name_of(kind), caller);
    if (m->bytes != bytes)
        dma_report(device, "unmap of %u bytes, mapped %u, called from %s", bytes, m->bytes, caller);
    if (m->direction != direction)
        dma_report(device, "unmap %s, mapped %s, called from %s", name_of(direction), name_of(m->direction),
                   caller);
    const bool same = m->kind == kind && m->bytes == bytes && m->direction == direction;
    return same ? m : nullptr;
}

DmaMapping* dma_debug_find_sync(DmaContext& device, Iova at, uint32_t bytes, DmaDirection direction,
                                const char* caller) {
    ++dma_statistics().syncs;
    DmaMapping* m = device.mappings.containing(at);
    if (!m) {
        dma_report(device, "sync of %08x, which is not mapped, called from %s", at.value, caller);
        return nullptr;
    }
    if (bytes > m->bytes - (at - m->at)) {
        dma_report(device, "sync of %u bytes at %08x, beyond its mapping, called from %s", bytes, at.value,
                   caller);
        return nullptr;
    }
    if (m->direction != DmaDirection::bidirectional && direction != m->direction) {
        dma_report(device, "sync %s, mapped %s, called from %s", name_of(direction), name_of(m->direction),
                   caller);
        return nullptr;
    }
    return m;
}

bool dma_debug_cpu_access(PhysAddr memory, uint32_t bytes, const char* caller) {
    const DmaContext* owner = nullptr;
    for_each_dma_context([&](DmaContext& c) {
        const DmaMapping* m = c.mappings.first([&](const DmaMapping& other) {
            return other.device_owns && !other.merged &&
                   overlap(memory.value, bytes, other.memory.value, other.bytes);
        });
        if (m) owner = &c;
    });
    if (!owner) return true;
    dma_report(*owner, "the processor touches %08x + %u, which the device owns, in %s", memory.value, bytes,
               caller);
    return false;
}

uint32_t dma_debug_leaks(DmaContext& device, const char* caller) {
    uint32_t leaks = 0;
    for (DmaAllocation* a = device.record.next({}); a; a = device.record.next(Iova{a->base + 1}), ++leaks)
        dma_report(device, "%u bytes at %08x, allocated by %s, are left, in %s", a->bytes, a->base, a->caller,
                   caller);
    device.mappings.first([&](const DmaMapping& m) {
        ++leaks;
        dma_report(device, "%u bytes at %08x, mapped by %s, are left, in %s", m.bytes, m.at.value, m.caller,
                   caller);
        return false;
    });
    return leaks;
}

}  // namespace kernel
