// Exports DmaPages as they are: the memory never moves, and programs see it with its own memory type.
#include "arch/cache.hpp"
#include "dmabuf/kept_mapping.hpp"
#include "dmabuf/page_ownership.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

DmaPages& pages_of(const DmaBuf& buffer) { return *static_cast<DmaPages*>(buffer.data()); }

Result<> attach(DmaBuf& buffer, DmaBufAttachment& attachment) {
    const bool reachable =
        attachment.device.placement() == Placement::scattered || pages_of(buffer).contiguous();
    if (!reachable) return Errno::kInval;
    return KeptMapping::add_to(attachment);
}

void detach(DmaBuf&, DmaBufAttachment& attachment) { KeptMapping::remove_from(attachment); }

Result<Iova> map(DmaBufAttachment& attachment, DmaDirection direction) {
    DmaPages& pages = pages_of(*attachment.buffer);
    const Iova at = TRY(KeptMapping::of(attachment).map(attachment, pages, direction));
    attachment.buffer->count_maintenance(
        give_pages(pages, {0, pages.size()}, direction, sharers_of(attachment)));
    return at;
}

void unmap(DmaBufAttachment& attachment, Iova at, DmaDirection direction) {
    const DmaPages& pages = pages_of(*attachment.buffer);
    KeptMapping::of(attachment).unmap(attachment, at, pages);
    attachment.buffer->count_maintenance(
        take_pages(pages, {0, pages.size()}, direction, sharers_of(attachment)));
}

void release(DmaBuf& buffer) { pages_of(buffer).release_reference(); }

Result<> mmap(DmaBuf& buffer, Vma& vma) {
    return pages_of(buffer).mmap(vma, static_cast<uint32_t>(vma.offset));
}

/// While no device is mapped, map and unmap do all that is needed.
Result<> begin_cpu_access(DmaBuf& buffer, DmaDirection direction, ByteRange range) {
    if (buffer.mappings())
        buffer.count_maintenance(take_pages(pages_of(buffer), range, direction, buffer.sharers()));
    return Ok{};
}

Result<> end_cpu_access(DmaBuf& buffer, DmaDirection direction, ByteRange range) {
    if (buffer.mappings()) {
        buffer.count_maintenance(give_pages(pages_of(buffer), range, direction, buffer.sharers()));
    } else if (pages_of(buffer).type() != MemoryType::cached) {
        wmb();
    }
    return Ok{};
}

Result<VirtAddr> vmap(DmaBuf& buffer) { return map_to_kernel(pages_of(buffer)); }
void vunmap(DmaBuf&, VirtAddr at) { unmap_from_kernel(at); }
Result<VirtAddr> kmap_atomic(DmaBuf& buffer, uint32_t page) { return linear_address(pages_of(buffer), page); }

const char* memory(const DmaBuf& buffer) {
    return pages_of(buffer).contiguous() ? "contiguous" : "scattered";
}

constexpr DmaBufOps kOps{
    .attach = attach,
    .detach = detach,
    .map = map,
    .unmap = unmap,
    .release = release,
    .mmap = mmap,
    .begin_cpu_access_partial = begin_cpu_access,
    .end_cpu_access_partial = end_cpu_access,
    .vmap = vmap,
    .vunmap = vunmap,
    .memory = memory,
    .kmap_atomic = kmap_atomic,
};

}  // namespace

const DmaBufOps& dma_pages_ops() { return kOps; }

Result<Ref<DmaBuf>> export_dma_pages(Ref<DmaPages> pages, const char* exporter) {
    auto buffer = TRY(DmaBuf::export_buffer(kOps, pages->size(), exporter, pages.get(), pages->buffer()));
    (void)pages.release();  // the buffer's own reference, given back by release()
    return buffer;
}

}  // namespace kernel
