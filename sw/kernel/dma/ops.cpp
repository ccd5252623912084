// The two ways a device reaches memory.
#include "dma/context.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

// --- plain addresses

bool direct_addressable(const DmaContext& c, PhysRun run) {
    return run.base.value <= c.mask && run.bytes - 1 <= c.mask - run.base.value;
}

Result<Iova> direct_map(DmaContext& c, std::span<const PhysRun> runs, DmaDirection, const char*) {
    if (runs.size() != 1 || !direct_addressable(c, runs[0])) return Errno::kInval;
    return Iova{runs[0].base.value};
}

Result<> direct_unmap(DmaContext&, Iova, uint32_t) { return Ok{}; }

Result<PhysAddr> direct_resolve(const DmaContext&, Iova at) {
    if (!is_ram(pfn_of(PhysAddr{at.value}))) return Errno::kFault;
    return PhysAddr{at.value};
}

// --- through a SysMMU: the mask limits iovas, not memory

bool iommu_addressable(const DmaContext&, PhysRun) { return true; }

Result<Iova> iommu_map(DmaContext& c, std::span<const PhysRun> runs, DmaDirection direction,
                       const char* owner) {
    const IoAccess access = direction == DmaDirection::to_device ? IoAccess::read_only : IoAccess::read_write;
    return c.domain->map(runs, access, owner, c.mask);
}

Result<> iommu_unmap(DmaContext& c, Iova base, uint32_t bytes) { return c.domain->unmap(base, bytes); }

Result<PhysAddr> iommu_resolve(const DmaContext& c, Iova at) { return c.domain->lookup(at); }

}  // namespace

const DmaOps kDirectDmaOps{"direct",   Placement::contiguous, direct_addressable,
                           direct_map, direct_unmap,          direct_resolve};
const DmaOps kIommuDmaOps{"iommu",   Placement::scattered, iommu_addressable,
                          iommu_map, iommu_unmap,          iommu_resolve};

}  // namespace kernel
