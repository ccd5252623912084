// A device's view of memory: through its SysMMU where it has one, plain physical addresses where not.
#pragma once

#include "core/result.hpp"
#include "dma/dma_pages.hpp"
#include "driver/device.hpp"
#include "iommu/iova_space.hpp"

namespace kernel {

class IommuDomain;

class DmaDevice {
public:
    DmaDevice() = default;
    /// Errors: kProbeDefer while the device's SysMMU has no driver yet.
    static Result<DmaDevice> of(Node device);

    /// What allocations for this device must be like.
    Placement placement() const { return domain_ ? Placement::scattered : Placement::contiguous; }
    /// Lets the device reach the pages; returns where it finds the first byte. A device may write unless the
    /// direction is to_device. Errors: kInval when the device needs contiguous pages and these are not,
    /// kNoSpc, kNoMem.
    Result<Iova> map(const DmaPages& pages, DmaDirection direction) const;
    void unmap(Iova base, const DmaPages& pages) const;

private:
    IommuDomain* domain_ = nullptr;
};

}  // namespace kernel
