#include "dmabuf/kept_mapping.hpp"

#include "core/mistake.hpp"

namespace kernel {

Result<> KeptMapping::add_to(DmaBufAttachment& attachment) {
    attachment.exporter_data = TRY(make<KeptMapping>()).release();
    return Ok{};
}

void KeptMapping::remove_from(DmaBufAttachment& attachment) {
    KeptMapping& kept = of(attachment);
    kept.drop(attachment.device);
    delete &kept;
    attachment.exporter_data = nullptr;
}

Result<Iova> KeptMapping::map(const DmaBufAttachment& attachment, DmaPages& pages, DmaDirection direction) {
    if (pages_.get() == &pages && direction_ == direction) return at_;
    const Iova at = TRY(attachment.device.map(pages, direction));
    const bool in_use = attachment.mappings > 1;  // this one counts already
    if (pages_ && in_use) return at;
    drop(attachment.device);
    pages_ = Ref<DmaPages>::share(&pages);
    at_ = at;
    direction_ = direction;
    return at;
}

void KeptMapping::unmap(const DmaBufAttachment& attachment, Iova at, const DmaPages& pages) const {
    if (!pages_ || !(at_ == at)) attachment.device.unmap(at, pages);
}

void KeptMapping::drop(const DmaDevice& device) {
    if (!pages_) return;
    if (!makes(Mistake::leave_mapped)) device.unmap(at_, *pages_);
    pages_ = {};
}

}  // namespace kernel
