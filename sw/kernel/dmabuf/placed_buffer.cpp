#include "dmabuf/placed_buffer.hpp"

#include "arch/cache.hpp"
#include "core/log.hpp"
#include "core/string.hpp"
#include "core/time.hpp"
#include "dma/context.hpp"
#include "dma/ownership.hpp"
#include "dmabuf/kept_mapping.hpp"
#include "dmabuf/page_ownership.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

/// The pages, and which of them programs have touched since a device had them last.
class PlacedBuffer : public PageSource {
public:
    explicit PlacedBuffer(const PlacedBufferRequest& r) : request_{r} {}
    ~PlacedBuffer() override { delete[] touched_; }

    Result<> init() {
        touched_ = new (std::nothrow) bool[pages_for(request_.bytes)]{};
        if (!touched_) return Errno::kNoMem;
        return Ok{};
    }
    /// The buffer that owns this; set once.
    void set_buffer(DmaBuf& buffer) { buffer_ = &buffer; }

    Result<Page*> page(uint32_t index) override;
    bool revokes() const override { return true; }
    Result<> place();
    Result<> make_reachable(const DmaDevice& device);
    Result<Iova> map(const DmaBufAttachment& attachment, DmaDirection direction);
    Result<VirtAddr> vmap();
    void leave_processor(DmaDirection direction, Sharers to);
    DmaPages& pages() const { return *pages_; }
    bool placed() const { return static_cast<bool>(pages_); }
    /// By allocation; pages that came piece by piece may lie side by side all the same.
    bool contiguous() const { return placement_ == Placement::contiguous; }
    const PlacedBufferRequest& request() const { return request_; }

private:
    Result<Ref<DmaPages>> allocate(Placement placement) const;
    Result<Ref<DmaPages>> copy_as(Placement placement) const;
    Result<> become_contiguous();
    void stay_in_caches();

    PlacedBufferRequest request_;
    DmaBuf* buffer_ = nullptr;
    Mutex lock_;  // taken inside a space's lock, so never held while mappings are zapped
    Ref<DmaPages> pages_;
    Placement placement_ = Placement::scattered;  // of pages_
    uint32_t visits_ = 0;                         // of programs to pages
    bool* touched_ = nullptr;                     // pages of which caches may hold newer bytes
};

Result<Ref<DmaPages>> PlacedBuffer::allocate(Placement placement) const {
    return DmaPages::allocate({.bytes = request_.bytes,
                               .placement = placement,
                               .type = request_.type,
                               .area = placement == Placement::contiguous ? request_.area : nullptr,
                               .carveout = request_.carveout,
                               .buffer = buffer_->identity()});
}

Result<> PlacedBuffer::place() {
    Placement placement = request_.placement;
    if (request_.follow_devices)
        placement =
            buffer_->any_attached(Placement::contiguous) ? Placement::contiguous : Placement::scattered;
    const MutexGuard guard{lock_};
    if (pages_) return Ok{};
    pages_ = TRY(allocate(placement));
    placement_ = placement;
    return Ok{};
}

/// A program comes (back) to a page. One the device had is the processor's now.
Result<Page*> PlacedBuffer::page(uint32_t index) {
    if (index >= pages_for(request_.bytes)) return Errno::kFault;
    TRY(place());
    const Sharers sharers = buffer_->sharers();
    const MutexGuard guard{lock_};
    const Pfn pfn = pages_->pages()[index];
    ++visits_;
    if (request_.fault_coherent && !touched_[index]) {
        buffer_->count_maintenance(
            take_pages(*pages_, {index * kPageSize, kPageSize}, DmaDirection::bidirectional, sharers));
        touched_[index] = true;
        ++buffer_->use().faults;
        ++dma_buf_totals().faults;
    }
    Page* found = pfn_to_page(pfn);
    page_get(found);
    return found;
}

/// Whoever maps is counted by the buffer already: the pages do not move once the lock is held.
Result<Iova> PlacedBuffer::map(const DmaBufAttachment& attachment, DmaDirection direction) {
    TRY(place());
    const MutexGuard guard{lock_};
    return KeptMapping::of(attachment).map(attachment, *pages_, direction);
}

Result<VirtAddr> PlacedBuffer::vmap() {
    TRY(place());
    const MutexGuard guard{lock_};
    return map_to_kernel(*pages_);
}

/// Before a device has it: no program may reach it, and nothing of it waits in a cache.
void PlacedBuffer::leave_processor(DmaDirection direction, Sharers to) {
    if (!request_.fault_coherent)
        return buffer_->count_maintenance(give_pages(*pages_, {0, pages_->size()}, direction, to));
    if (!to.incoherent) return stay_in_caches();
    zap_mappings(buffer_, 0, pages_->size());
    const MutexGuard guard{lock_};
    bool any = false;
    for (uint32_t i = 0; i < pages_->pages().size(); ++i) {
        if (!touched_[i]) continue;
        buffer_->count_maintenance(
            give_pages(*pages_, {i * kPageSize, kPageSize}, DmaDirection::bidirectional, to));
        touched_[i] = false;
        any = true;
    }
    if (!any) return;
    ++buffer_->use().shootdowns;
    ++dma_buf_totals().shootdowns;
}

/// A coherent device shares the pages with programs: what either writes is in the caches.
void PlacedBuffer::stay_in_caches() {
    const MutexGuard guard{lock_};
    for (uint32_t i = 0; i < pages_->pages().size(); ++i) touched_[i] = true;
    wmb();
}

Result<Ref<DmaPages>> PlacedBuffer::copy_as(Placement placement) const {
    auto fresh = TRY(allocate(placement));
    const VirtAddr from = TRY(map_to_kernel(*pages_));
    auto to = map_to_kernel(*fresh);
    if (to) {
        memcpy(pointer<void>(to.value()), pointer<void>(from), pages_->size());
        unmap_from_kernel(to.value());
    }
    unmap_from_kernel(from);
    if (!to) return to.error();
    return fresh;
}

/// Replaces memory that `device` cannot reach, unless somebody stands on it. What was allocated piece by
/// piece counts as scattered even if the pieces happen to lie side by side.
Result<> PlacedBuffer::make_reachable(const DmaDevice& device) {
    const bool needs_contiguous = device.placement() == Placement::contiguous;
    if (!needs_contiguous || (pages_ ? placement_ : request_.placement) == Placement::contiguous) return Ok{};
    if (!pages_ && request_.follow_devices) return Ok{};
    if (!request_.follow_devices) return Errno::kInval;
    const uint64_t start = now_ns();
    TRY(become_contiguous());
    log_info("%s: %u KiB moved for %s in %u us", buffer_->exporter(), pages_->size() >> 10,
             device.context().name, static_cast<uint32_t>((now_ns() - start) / 1000));
    return Ok{};
}

/// Programs lose the pages first, so that none writes to one that has been copied. The lock cannot be held
/// while they do; if one has come back before it is, they lose them again.
Result<> PlacedBuffer::become_contiguous() {
    constexpr uint32_t kTries = 100;
    for (uint32_t tries = 0; tries < kTries; ++tries) {
        const uint32_t visits = visits_;
        zap_mappings(buffer_, 0, pages_->size());
        buffer_->for_each_attachment([](DmaBufAttachment& a) { KeptMapping::of(a).drop(a.device); });
        const MutexGuard guard{lock_};
        if (buffer_->mappings() || buffer_->vmapped()) return Errno::kBusy;
        if (visits != visits_) continue;
        pages_ = TRY(copy_as(Placement::contiguous));
        placement_ = Placement::contiguous;
        ++buffer_->use().moves;
        ++dma_buf_totals().moves;
        return Ok{};
    }
    return Errno::kBusy;
}

// --- The exporter's operations

PlacedBuffer& placed(const DmaBuf& buffer) { return *static_cast<PlacedBuffer*>(buffer.data()); }

Result<> attach(DmaBuf& buffer, DmaBufAttachment& attachment) {
    TRY(placed(buffer).make_reachable(attachment.device));
    return KeptMapping::add_to(attachment);
}

void detach(DmaBuf&, DmaBufAttachment& attachment) { KeptMapping::remove_from(attachment); }

Result<Iova> map(DmaBufAttachment& attachment, DmaDirection direction) {
    PlacedBuffer& b = placed(*attachment.buffer);
    const Iova at = TRY(b.map(attachment, direction));
    b.leave_processor(direction, sharers_of(attachment));
    return at;
}

void unmap(DmaBufAttachment& attachment, Iova at, DmaDirection direction) {
    PlacedBuffer& b = placed(*attachment.buffer);
    KeptMapping::of(attachment).unmap(attachment, at, b.pages());
    if (!b.request().fault_coherent)
        attachment.buffer->count_maintenance(
            take_pages(b.pages(), {0, b.pages().size()}, direction, sharers_of(attachment)));
}

void release(DmaBuf& buffer) { placed(buffer).release_reference(); }

Result<> mmap(DmaBuf& buffer, Vma& vma) {
    PlacedBuffer& b = placed(buffer);
    vma.source = Ref<PageSource>::share(&b);
    vma.type = b.request().type;
    return Ok{};
}

Result<> begin_cpu_access(DmaBuf& buffer, DmaDirection direction, ByteRange range) {
    PlacedBuffer& b = placed(buffer);
    if (b.placed() && buffer.mappings())
        buffer.count_maintenance(take_pages(b.pages(), range, direction, buffer.sharers()));
    return Ok{};
}

Result<> end_cpu_access(DmaBuf& buffer, DmaDirection direction, ByteRange range) {
    PlacedBuffer& b = placed(buffer);
    if (b.placed() && buffer.mappings())
        buffer.count_maintenance(give_pages(b.pages(), range, direction, buffer.sharers()));
    return Ok{};
}

Result<VirtAddr> vmap(DmaBuf& buffer) {
    PlacedBuffer& b = placed(buffer);
    return b.vmap();
}
void vunmap(DmaBuf&, VirtAddr at) { unmap_from_kernel(at); }

Result<VirtAddr> kmap_atomic(DmaBuf& buffer, uint32_t page) {
    PlacedBuffer& b = placed(buffer);
    if (!b.placed()) return Errno::kNotSup;
    return linear_address(b.pages(), page);
}

const char* memory(const DmaBuf& buffer) {
    if (!placed(buffer).placed()) return "none";
    return placed(buffer).contiguous() ? "contiguous" : "scattered";
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

Result<Ref<DmaBuf>> export_placed_buffer(const PlacedBufferRequest& request) {
    auto placed_buffer = TRY(make_ref<PlacedBuffer>(request));
    TRY(placed_buffer->init());
    auto buffer = TRY(DmaBuf::export_buffer(kOps, pages_for(request.bytes) * kPageSize, request.exporter,
                                            placed_buffer.get()));
    placed_buffer->set_buffer(*buffer);
    (void)placed_buffer.release();  // given back by release()
    return buffer;
}

Result<> place_now(DmaBuf& buffer) {
    if (&buffer.ops() != &kOps) return Errno::kInval;
    return placed(buffer).place();
}

}  // namespace kernel
