// What a device has mapped of a buffer stays in its tables until it detaches (as with Linux's
// cache_sgt_mapping): a buffer that goes round between two drivers is mapped once, not once a frame. Turns of
// device and processor begin and end with map and unmap all the same. For exporters; an attachment's
// `exporter_data` is its kept mapping.
#pragma once

#include "dmabuf/dma_buf.hpp"

namespace kernel {

class KeptMapping {
public:
    /// The attachment's, from add_to() on.
    static KeptMapping& of(const DmaBufAttachment& attachment) {
        return *static_cast<KeptMapping*>(attachment.exporter_data);
    }
    /// At attach. Errors: kNoMem.
    static Result<> add_to(DmaBufAttachment& attachment);
    /// At detach.
    static void remove_from(DmaBufAttachment& attachment);

    /// Where the device finds the pages: the kept mapping, if it is of these pages and this direction.
    /// Another one takes its place, unless the kept one is in use: then the new one is on its own. Errors: as
    /// DmaDevice::map().
    Result<Iova> map(const DmaBufAttachment& attachment, DmaPages& pages, DmaDirection direction);
    /// One on its own goes, the kept one stays.
    void unmap(const DmaBufAttachment& attachment, Iova at, const DmaPages& pages) const;
    /// Out of the device's tables, because the pages are replaced.
    void drop(const DmaDevice& device);

private:
    Ref<DmaPages> pages_;  // null: nothing is kept
    Iova at_;
    DmaDirection direction_ = DmaDirection::bidirectional;
};

}  // namespace kernel
