#include "dma/dma_device.hpp"

#include "core/log.hpp"
#include "core/mistake.hpp"
#include "core/string.hpp"
#include "dma/buffer_events.hpp"
#include "dma/context.hpp"
#include "mm/cma.hpp"
#include "mm/heap.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

CmaArea* area_of(Node device) {
    const Property region = device.property("memory-region");
    if (!region) return cma_default();
    auto window = node_reg(fdt_by_phandle(region.cell(0)));
    CmaArea* area = window ? cma_at(window.value().base) : nullptr;
    return area ? area : cma_default();
}

Result<DmaContext*> make_context(Node device) {
    IommuDomain* domain = TRY(iommu_domain_of(device));
    auto context = TRY(make<DmaContext>());
    context->device = device;
    copy_text(context->name, device.name());
    context->domain = domain;
    context->ops = domain ? &kIommuDmaOps : &kDirectDmaOps;
    context->area = area_of(device);
    context->coherent = device.property("dma-coherent") && !makes(Mistake::not_coherent);
    dma_contexts().push_back(*context);
    heap_keeps_one();  // found again by the next driver that asks
    return context.release();
}

/// Neighbouring pages become one run.
uint32_t collect_runs(std::span<const Pfn> pfns, PhysRun* runs, uint32_t room) {
    uint32_t used = 0;
    for (const Pfn pfn : pfns) {
        if (used && runs[used - 1].base + runs[used - 1].bytes == phys_of(pfn)) {
            runs[used - 1].bytes += kPageSize;
        } else if (used < room) {
            runs[used++] = {phys_of(pfn), kPageSize};
        } else {
            return 0;
        }
    }
    return used;
}

}  // namespace

List<DmaContext, &DmaContext::node>& dma_contexts() {
    static List<DmaContext, &DmaContext::node> list;
    return list;
}

Result<DmaDevice> DmaDevice::of(Node device) {
    for (DmaContext& c : dma_contexts()) {
        if (c.device == device) return DmaDevice{&c};
    }
    return DmaDevice{TRY(make_context(device))};
}

Placement DmaDevice::placement() const { return context_->ops->placement; }

bool DmaDevice::coherent() const { return context_->coherent; }

MemoryType DmaDevice::memory_type(MemoryType wanted) const {
    return coherent() ? MemoryType::cached : wanted;
}

Result<Iova> DmaDevice::map(const DmaPages& pages, DmaDirection direction) const {
    const auto count = static_cast<uint32_t>(pages.pages().size());
    auto* runs = new (std::nothrow) PhysRun[count];
    if (!runs) return Errno::kNoMem;
    const uint32_t used = collect_runs(pages.pages(), runs, count);
    auto at = context_->ops->map(*context_, {runs, used}, direction, context_->name);
    delete[] runs;
    if (at) tell_mapped({context_->name, pages.buffer(), at.value(), {}, pages.size()}, direction, false);
    return at;
}

void DmaDevice::unmap(Iova base, const DmaPages& pages) const {
    if (!context_->ops->unmap(*context_, base, pages.size()))
        log_error("%s: unmap of %08x, which is not mapped", context_->name, base.value);
    tell_unmapped({context_->name, pages.buffer(), base, {}, pages.size()});
}

Result<> DmaDevice::set_mask(uint32_t mask) const {
    if (mask < kPhysBase + kPageSize) return Errno::kInval;
    context_->mask = mask;
    return Ok{};
}

Result<> DmaDevice::set_segment_limits(uint32_t longest, uint32_t boundary) const {
    if (longest == 0 || (boundary & (boundary + 1)) != 0) return Errno::kInval;
    context_->longest_segment = longest;
    context_->segment_boundary = boundary;
    return Ok{};
}

}  // namespace kernel
