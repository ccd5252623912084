// What a device behind a SysMMU may reach.
#pragma once

#include <span>

#include "core/lock.hpp"
#include "driver/device.hpp"
#include "iommu/io_page_table.hpp"

namespace kernel {

struct SysMmu;

/// The translations of one SysMMU. Tables are changed first, then the TLB forgets: a device that is running
/// never sees a page that is gone.
class IommuDomain {
public:
    IommuDomain(SysMmu& mmu, IoPageTable table) : mmu_{mmu}, table_{std::move(table)} {}

    /// Maps the pages next to each other; returns the first byte's iova. Errors: kNoSpc, kNoMem.
    Result<Iova> map(std::span<const Pfn> pages, bool writable);
    void unmap(Iova base, uint32_t page_count);
    PhysAddr table_base() const { return table_.base(); }
    bool idle() { return space_.empty(); }

private:
    // Assumed: any window does; away from physical RAM, so that a bypassed SysMMU shows as a bus error.
    IovaSpace space_{0x0100'0000, 0x3000'0000};
    SysMmu& mmu_;
    IoPageTable table_;
    Mutex lock_;
};

/// The domain of the SysMMU in front of a device; null if it has none. Errors: kProbeDefer.
Result<IommuDomain*> iommu_domain_of(Node device);

}  // namespace kernel
