#include "dma/dma_device.hpp"

#include "iommu/domain.hpp"

namespace kernel {

Result<DmaDevice> DmaDevice::of(Node device) {
    DmaDevice made;
    made.domain_ = TRY(iommu_domain_of(device));
    return made;
}

Result<Iova> DmaDevice::map(const DmaPages& pages, DmaDirection direction) const {
    if (domain_) return domain_->map(pages.pages(), direction != DmaDirection::to_device);
    if (!pages.contiguous()) return Errno::kInval;
    return Iova{phys_of(pages.pages()[0]).value};
}

void DmaDevice::unmap(Iova base, const DmaPages& pages) const {
    if (domain_) domain_->unmap(base, static_cast<uint32_t>(pages.pages().size()));
}

}  // namespace kernel
