// Exports DmaPages: write-combined memory needs no cache maintenance, only that the processor's writes have
// left.
#include "arch/cache.hpp"
#include "dmabuf/dma_buf.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

DmaPages& pages_of(const DmaBuf& buffer) { return *static_cast<DmaPages*>(buffer.data()); }

Result<> attach(DmaBuf& buffer, DmaBufAttachment& attachment) {
    const bool reachable =
        attachment.device.placement() == Placement::scattered || pages_of(buffer).contiguous();
    if (!reachable) return Errno::kInval;
    return Ok{};
}

Result<Iova> map(DmaBufAttachment& attachment, DmaDirection direction) {
    return attachment.device.map(pages_of(*attachment.buffer), direction);
}

void unmap(DmaBufAttachment& attachment, Iova at, DmaDirection) {
    attachment.device.unmap(at, pages_of(*attachment.buffer));
}

void release(DmaBuf& buffer) { pages_of(buffer).release_reference(); }

Result<> mmap(DmaBuf& buffer, Vma& vma) {
    return pages_of(buffer).mmap(vma, static_cast<uint32_t>(vma.offset));
}

Result<> end_cpu_access(DmaBuf&, DmaDirection) {
    wmb();
    return Ok{};
}

constexpr DmaBufOps kOps{
    .attach = attach,
    .detach = nullptr,
    .map = map,
    .unmap = unmap,
    .release = release,
    .mmap = mmap,
    .begin_cpu_access = nullptr,
    .end_cpu_access = end_cpu_access,
};

}  // namespace

Result<Ref<DmaBuf>> export_dma_pages(Ref<DmaPages> pages, const char* exporter) {
    auto buffer = TRY(DmaBuf::export_buffer(kOps, pages->size(), exporter, pages.get()));
    (void)pages.release();  // the buffer's own reference, given back by release()
    return buffer;
}

}  // namespace kernel
