#include "dma/allocate.hpp"

#include "arch/cache.hpp"
#include "core/log.hpp"
#include "dma/atomic_pool.hpp"
#include "dma/buffer_events.hpp"
#include "dma/context.hpp"
#include "dma/debug.hpp"
#include "dma/ownership.hpp"
#include "mm/cma.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

namespace {

/// A device address for pages, with what the record keeps.
Result<> give_address(const DmaDevice& device, DmaAllocation& a) {
    const Iova at = TRY(device.map(*a.pages, DmaDirection::bidirectional));
    a.base = at.value;
    a.size = a.pages->size();
    return Ok{};
}

Result<> give_kernel_mapping(DmaAllocation& a) {
    if (!a.attributes.kernel_mapping()) return Ok{};
    a.cpu = TRY(vmap(a.pages->pages(), a.pages->type(), AreaKind::dma, a.caller));
    return Ok{};
}

DmaPagesRequest request_for(const DmaDevice& device, uint32_t bytes, DmaAttributes attributes,
                            const char* caller) {
    const DmaContext& c = device.context();
    const bool contiguous = c.ops->placement == Placement::contiguous || attributes.has(kDmaForceContiguous);
    uint32_t align = 1;  // as Linux: a buffer is aligned to its size, up to 64 KiB here
    while (contiguous && align < 16 && align < pages_for(bytes)) align *= 2;
    return {.bytes = bytes,
            .placement = contiguous ? Placement::contiguous : Placement::scattered,
            .type = device.memory_type(attributes.type()),
            .single_pages = attributes.has(kDmaSinglePages),
            .keep_linear = attributes.kernel_mapping(),
            .highest = c.ops->placement == Placement::contiguous ? c.mask : ~0U,
            .area = c.area,
            .align_pages = align,
            .owner = caller};
}

Result<Unique<DmaAllocation>> new_allocation(uint32_t bytes, DmaAttributes attributes, const char* caller) {
    auto a = TRY(make<DmaAllocation>());
    a->bytes = bytes;
    a->attributes = attributes;
    a->caller = caller;
    return a;
}

DmaMemory record(const DmaDevice& device, Unique<DmaAllocation> a) {
    const DmaMemory memory{a->cpu, a->handle()};
    device.context().record.add(std::move(a));
    return memory;
}

Result<DmaMemory> alloc_sleeping(const DmaDevice& device, uint32_t bytes, DmaAttributes attributes,
                                 const char* caller) {
    auto a = TRY(new_allocation(bytes, attributes, caller));
    a->pages = TRY(DmaPages::allocate(request_for(device, bytes, attributes, caller)));
    TRY(give_kernel_mapping(*a));
    auto addressed = give_address(device, *a);
    if (!addressed) {
        if (a->cpu.value) (void)vunmap(a->cpu, AreaKind::dma);
        return addressed.error();
    }
    return record(device, std::move(a));
}

/// For a coherent device the linear map's address will do, and the allocator does not wait.
Result<DmaMemory> alloc_linear(const DmaDevice& device, uint32_t bytes, DmaAttributes attributes,
                               const char* caller) {
    auto a = TRY(new_allocation(bytes, attributes, caller));
    DmaPagesRequest request = request_for(device, bytes, attributes, caller);
    request.placement = Placement::contiguous;
    request.area = nullptr;
    a->pages = TRY(DmaPages::allocate(request));
    a->cpu = phys_to_virt(phys_of(a->pages->pages()[0]));
    a->linear = true;
    TRY(give_address(device, *a));
    return record(device, std::move(a));
}

Result<DmaMemory> alloc_atomic(const DmaDevice& device, uint32_t bytes, DmaAttributes attributes,
                               const char* caller) {
    if (!attributes.kernel_mapping()) return Errno::kInval;
    if (device.coherent()) return alloc_linear(device, bytes, attributes, caller);
    DmaContext& c = device.context();
    auto a = TRY(new_allocation(bytes, attributes, caller));
    const AtomicMemory pool = TRY(atomic_pool_alloc(bytes));
    const PhysRun run{pool.physical, pages_for(bytes) * kPageSize};
    auto at = c.ops->map(c, {&run, 1}, DmaDirection::bidirectional, c.name);
    if (!at) {
        (void)atomic_pool_free(pool.cpu, bytes);
        return at.error();
    }
    a->base = at.value().value;
    a->size = run.bytes;
    a->cpu = pool.cpu;
    tell_mapped({c.name, 0, at.value(), run.base, run.bytes}, DmaDirection::bidirectional, false);
    return record(device, std::move(a));
}

/// Says what is wrong, with the call site; the answer to the caller.
Errno refuse(const DmaDevice& device, const char* what, DmaMemory m, const char* caller) {
    dma_report(device.context(), "%s: cpu %08x, device %08x, called from %s", what, m.cpu.value,
               m.handle.value, caller);
    return Errno::kInval;
}

/// The allocation that these words describe. Errors: kInval, reported.
Result<DmaAllocation*> find(const DmaDevice& device, uint32_t bytes, DmaMemory m, DmaAttributes attributes,
                            const char* verb, const char* caller) {
    DmaAllocation* a = device.context().record.find(m.handle);
    if (!a)
        return refuse(device,
                      verb[0] == 'f' ? "free of what is not allocated" : "mmap of what is not allocated", m,
                      caller);
    const bool user = a->attributes.has(kDmaUserSpace);
    if (user != attributes.has(kDmaUserSpace))
        return refuse(
            device,
            user ? "a user allocation treated as a kernel one" : "a kernel allocation treated as a user one",
            m, caller);
    if (pages_for(bytes) != pages_for(a->bytes)) return refuse(device, "wrong size", m, caller);
    if (a->attributes.bits() != attributes.bits()) return refuse(device, "wrong attributes", m, caller);
    if (a->cpu != m.cpu) return refuse(device, "kernel and device address do not belong together", m, caller);
    return a;
}

/// The kernel address must be the start of a DMA area of that size (MISSION F3).
bool is_dma_area(const DmaAllocation& a) {
    if (!a.cpu.value || !a.pages || a.linear) return true;
    const VmallocArea* area = find_area(a.cpu);
    return area && area->kind == AreaKind::dma && area->start() == a.cpu && area->bytes() == a.size;
}

}  // namespace

Result<DmaMemory> dma_alloc(const DmaDevice& device, uint32_t bytes, DmaAttributes attributes,
                            DmaContextKind context, const char* caller) {
    if (bytes == 0 || !attributes.valid()) return Errno::kInval;
    auto memory = context == DmaContextKind::atomic ? alloc_atomic(device, bytes, attributes, caller)
                                                    : alloc_sleeping(device, bytes, attributes, caller);
    if (memory) dma_debug_allocated(device.context(), bytes);
    return memory;
}

Result<> dma_free(const DmaDevice& device, uint32_t bytes, DmaMemory memory, DmaAttributes attributes,
                  const char* caller) {
    DmaContext& c = device.context();
    DmaAllocation* found = TRY(find(device, bytes, memory, attributes, "free", caller));
    if (!is_dma_area(*found)) return refuse(device, "no DMA area of that size", memory, caller);
    const Unique<DmaAllocation> a = c.record.remove(*found);
    TRY(c.ops->unmap(c, a->handle(), a->size));  // the device is out before the pages go
    tell_unmapped({c.name, a->pages ? a->pages->buffer() : 0, a->handle(), {}, a->size});
    dma_debug_freed(c, bytes);
    if (!a->pages) return atomic_pool_free(a->cpu, a->bytes);
    if (a->cpu.value && !a->linear) return vunmap(a->cpu, AreaKind::dma);
    return Ok{};
}

Result<> dma_mmap(const DmaDevice& device, Vma& vma, DmaMemory memory, uint32_t bytes,
                  DmaAttributes attributes, const char* caller) {
    DmaAllocation* a = TRY(find(device, bytes, memory, attributes, "mmap", caller));
    if (!a->pages) return refuse(device, "atomic memory cannot be mapped into a process", memory, caller);
    if (vma.offset > a->pages->size() || vma.size() > a->pages->size() - vma.offset) return Errno::kNxIo;
    return a->pages->mmap(vma, static_cast<uint32_t>(vma.offset));
}

Result<SgTable> dma_get_sgtable(const DmaDevice& device, DmaMemory memory, uint32_t bytes,
                                const char* caller) {
    DmaAllocation* a = device.context().record.find(memory.handle);
    if (!a || pages_for(bytes) != pages_for(a->bytes) || a->cpu != memory.cpu)
        return refuse(device, "get_sgtable of what is not allocated", memory, caller);
    if (a->pages) return SgTable::of_pages(a->pages->pages());
    const Pfn first = pfn_of(atomic_pool_physical(a->cpu));
    SgTable table = TRY(SgTable::of_pages({&first, 1}));
    table.entries()[0].length = a->size;
    return table;
}

namespace {

/// Calls `visit` with each piece of [offset, offset + bytes) that lies in one page.
template <class Visit>
void for_each_piece(std::span<const Pfn> pages, uint32_t offset, uint32_t bytes, Visit visit) {
    while (bytes > 0) {
        const uint32_t inside = offset % kPageSize;
        const uint32_t n = kPageSize - inside < bytes ? kPageSize - inside : bytes;
        visit(phys_of(pages[offset / kPageSize]) + inside, n);
        offset += n;
        bytes -= n;
    }
}

}  // namespace

Result<> dma_cache_sync(const DmaDevice& device, DmaMemory memory, uint32_t offset, uint32_t bytes,
                        DmaDirection direction, const char* caller) {
    DmaAllocation* a = device.context().record.find(memory.handle);
    if (!a || a->cpu != memory.cpu || offset > a->bytes || bytes > a->bytes - offset)
        return refuse(device, "cache_sync of what is not allocated", memory, caller);
    if (!a->pages || a->pages->type() != MemoryType::cached) {
        if (direction != DmaDirection::from_device) wmb();
        return Ok{};
    }
    for_each_piece(a->pages->pages(), offset, bytes, [&](PhysAddr start, uint32_t n) {
        const Sharers sharers = Sharers::of(device.coherent());
        if (direction != DmaDirection::from_device) give_to_device(start, n, direction, sharers);
        take_from_device(start, n, direction, sharers);
    });
    return Ok{};
}

namespace {
constexpr DmaAttributes kUserWritecombine{kDmaWriteCombine | kDmaUserSpace};
}

Result<Iova> dma_alloc_writecombine_user(const DmaDevice& device, uint32_t bytes, const char* caller) {
    return TRY(dma_alloc(device, bytes, kUserWritecombine, DmaContextKind::may_sleep, caller)).handle;
}

Result<> dma_free_writecombine_user(const DmaDevice& device, uint32_t bytes, Iova handle,
                                    const char* caller) {
    return dma_free(device, bytes, {{}, handle}, kUserWritecombine, caller);
}

Result<> dma_mmap_writecombine_user(const DmaDevice& device, Vma& vma, Iova handle, uint32_t bytes,
                                    const char* caller) {
    return dma_mmap(device, vma, {{}, handle}, bytes, kUserWritecombine, caller);
}

}  // namespace kernel
