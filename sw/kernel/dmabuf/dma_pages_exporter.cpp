// Exports DmaPages as they are: the memory never moves, and programs see it with its own memory type.
//
// What a device has mapped once stays in its tables until it detaches (as with Linux's cache_sgt_mapping): a
// buffer that goes round between two drivers is mapped once, not once a frame. Turns of device and processor
// begin and end with map and unmap all the same.
#include "dmabuf/page_ownership.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

DmaPages& pages_of(const DmaBuf& buffer) { return *static_cast<DmaPages*>(buffer.data()); }

/// An attachment's mapping that is kept.
struct KeptMapping {
    bool there = false;
    Iova at;
    DmaDirection direction = DmaDirection::bidirectional;
};
KeptMapping& kept_of(const DmaBufAttachment& attachment) {
    return *static_cast<KeptMapping*>(attachment.exporter_data);
}

Result<> attach(DmaBuf& buffer, DmaBufAttachment& attachment) {
    const bool reachable =
        attachment.device.placement() == Placement::scattered || pages_of(buffer).contiguous();
    if (!reachable) return Errno::kInval;
    attachment.exporter_data = TRY(make<KeptMapping>()).release();
    return Ok{};
}

void detach(DmaBuf& buffer, DmaBufAttachment& attachment) {
    const KeptMapping& kept = kept_of(attachment);
    if (kept.there) attachment.device.unmap(kept.at, pages_of(buffer));
    delete &kept;
}

/// The kept mapping, if it will do. One for the other direction makes room for a new one unless it is in use:
/// then the new one is on its own.
Result<Iova> mapped(DmaBufAttachment& attachment, DmaDirection direction) {
    DmaPages& pages = pages_of(*attachment.buffer);
    KeptMapping& kept = kept_of(attachment);
    if (kept.there && kept.direction == direction) return kept.at;
    const Iova at = TRY(attachment.device.map(pages, direction));
    if (kept.there && attachment.mappings != 0) return at;
    if (kept.there) attachment.device.unmap(kept.at, pages);
    kept = {true, at, direction};
    return at;
}

Result<Iova> map(DmaBufAttachment& attachment, DmaDirection direction) {
    const DmaPages& pages = pages_of(*attachment.buffer);
    const Iova at = TRY(mapped(attachment, direction));
    attachment.buffer->count_maintenance(give_pages(pages, {0, pages.size()}, direction));
    return at;
}

void unmap(DmaBufAttachment& attachment, Iova at, DmaDirection direction) {
    DmaPages& pages = pages_of(*attachment.buffer);
    const KeptMapping& kept = kept_of(attachment);
    if (!kept.there || !(kept.at == at)) attachment.device.unmap(at, pages);
    attachment.buffer->count_maintenance(take_pages(pages, {0, pages.size()}, direction));
}

void release(DmaBuf& buffer) { pages_of(buffer).release_reference(); }

Result<> mmap(DmaBuf& buffer, Vma& vma) {
    return pages_of(buffer).mmap(vma, static_cast<uint32_t>(vma.offset));
}

/// While no device is mapped, map and unmap do all that is needed.
Result<> begin_cpu_access(DmaBuf& buffer, DmaDirection direction, ByteRange range) {
    if (buffer.mappings()) buffer.count_maintenance(take_pages(pages_of(buffer), range, direction));
    return Ok{};
}

Result<> end_cpu_access(DmaBuf& buffer, DmaDirection direction, ByteRange range) {
    const bool needed = buffer.mappings() || pages_of(buffer).type() != MemoryType::cached;
    if (needed) buffer.count_maintenance(give_pages(pages_of(buffer), range, direction));
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

Result<Ref<DmaBuf>> export_dma_pages(Ref<DmaPages> pages, const char* exporter) {
    auto buffer = TRY(DmaBuf::export_buffer(kOps, pages->size(), exporter, pages.get()));
    (void)pages.release();  // the buffer's own reference, given back by release()
    return buffer;
}

}  // namespace kernel
