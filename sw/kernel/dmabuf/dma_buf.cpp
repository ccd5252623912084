#include "dmabuf/dma_buf.hpp"

#include <utility>

#include "core/mistake.hpp"
#include "dma/context.hpp"
#include "mm/user_space.hpp"

namespace kernel {

DmaBufs& dma_bufs() {
    static DmaBufs all;
    return all;
}

Mutex& dma_bufs_lock() {
    static Mutex lock;
    return lock;
}

DmaBufUse& dma_buf_totals() {
    static DmaBufUse totals;
    return totals;
}

namespace {

/// Counts for the buffer and for all.
template <class Count>
void count(DmaBuf& buffer, Count DmaBufUse::*what) {
    ++(buffer.use().*what);
    ++(dma_buf_totals().*what);
}

/// What an exporter means by an errno of its attach operation.
const char* reason_of(Errno error) {
    switch (error) {
        case Errno::kInval:
            return "the memory is scattered, the device has no SysMMU";
        case Errno::kBusy:
            return "the memory would have to move and is in use";
        default:
            return "there is no memory in reach of the device";
    }
}

}  // namespace

Result<Ref<DmaBuf>> DmaBuf::export_buffer(const DmaBufOps& ops, uint32_t size, const char* exporter,
                                          void* data, uint32_t identity) {
    if (!ops.map || !ops.unmap || !ops.release || size == 0) return Errno::kInval;
    return make_ref<DmaBuf>(ops, size, exporter, data, identity);
}

DmaBuf::DmaBuf(const DmaBufOps& ops, uint32_t size, const char* exporter, void* data, uint32_t identity)
    : ops_{ops},
      size_{size},
      exporter_{exporter},
      data_{data},
      identity_{identity ? BufferIdentity::of(identity)
                         : BufferIdentity::create(size, MemoryType::cached, exporter)} {
    const MutexGuard guard{dma_bufs_lock()};
    dma_bufs().push_back(*this);
}

DmaBuf::~DmaBuf() {
    {
        const MutexGuard guard{dma_bufs_lock()};
        list_node.unlink();
    }
    identity_.end();
    ops_.release(*this);
}

void DmaBuf::set_name(Text name) {
    copy_text(name_, name);
    identity_.tell_name(name_);
}

// --- Devices

Result<Unique<DmaBufAttachment>> DmaBuf::attach(const DmaDevice& device) {
    auto attachment = TRY(make<DmaBufAttachment>());
    attachment->buffer = Ref<DmaBuf>::share(this);
    attachment->device = device;
    auto allowed = ops_.attach ? ops_.attach(*this, *attachment) : Result<>{Ok{}};
    if (!allowed) {
        count(*this, &DmaBufUse::refusals);
        refusal_ = {device.context().name, reason_of(allowed.error())};
        return allowed.error();
    }
    const MutexGuard guard{lock_};
    attachments_.push_back(*attachment);
    tell_attached(identity_.id(), device.context().name);
    count(*this, &DmaBufUse::attaches);
    return attachment;
}

void DmaBuf::detach(Unique<DmaBufAttachment> attachment) {
    const Ref<DmaBuf> buffer = attachment->buffer;  // outlives the attachment
    {
        const MutexGuard guard{buffer->lock_};
        attachment->node.unlink();
        count(*buffer, &DmaBufUse::detaches);
        tell_detached(buffer->identity(), attachment->device.context().name);
    }
    if (buffer->ops_.detach) buffer->ops_.detach(*buffer, *attachment);
}

bool DmaBuf::any_attached(Placement placement) {
    bool any = false;
    for_each_attachment([&](DmaBufAttachment& a) { any |= a.device.placement() == placement; });
    return any;
}

Sharers DmaBuf::sharers() {
    Sharers all;
    for_each_attachment(
        [&](const DmaBufAttachment& a) { (a.device.coherent() ? all.coherent : all.incoherent) = true; });
    return all;
}

void DmaBuf::change_mappings(DmaBufAttachment& attachment, int32_t by) {
    const MutexGuard guard{lock_};
    attachment.mappings += static_cast<uint32_t>(by);
    mappings_ += static_cast<uint32_t>(by);
}

/// Counted as mapped before it is and until it no longer is, so that an exporter that moves memory sees it.
Result<Iova> DmaBuf::map(DmaBufAttachment& attachment, DmaDirection direction) {
    change_mappings(attachment, 1);
    auto at = ops_.map(attachment, direction);
    if (at) {
        count(*this, &DmaBufUse::maps);
    } else {
        change_mappings(attachment, -1);
    }
    return at;
}

void DmaBuf::unmap(DmaBufAttachment& attachment, Iova at, DmaDirection direction) {
    ops_.unmap(attachment, at, direction);
    count(*this, &DmaBufUse::unmaps);
    change_mappings(attachment, -1);
}

// --- The processor

Result<> DmaBuf::begin_cpu_access(DmaDirection direction, ByteRange range) {
    if (range.offset > size_ || range.bytes > size_ - range.offset) return Errno::kInval;
    count(*this, &DmaBufUse::cpu_begins);
    return change_cpu_access(!makes(Mistake::swap_cpu_access), direction, range);
}

Result<> DmaBuf::change_cpu_access(bool begins, DmaDirection direction, ByteRange range) {
    if (makes(Mistake::skip_cpu_access)) return Ok{};
    const auto partial = begins ? ops_.begin_cpu_access_partial : ops_.end_cpu_access_partial;
    if (partial) return partial(*this, direction, range);
    const auto whole = begins ? ops_.begin_cpu_access : ops_.end_cpu_access;
    return whole ? whole(*this, direction) : Result<>{Ok{}};
}

Result<> DmaBuf::end_cpu_access(DmaDirection direction, ByteRange range) {
    if (range.offset > size_ || range.bytes > size_ - range.offset) return Errno::kInval;
    count(*this, &DmaBufUse::cpu_ends);
    return change_cpu_access(makes(Mistake::swap_cpu_access), direction, range);
}

void DmaBuf::count_maintenance(uint32_t bytes) {
    use_.maintained += bytes;
    dma_buf_totals().maintained += bytes;
}

Result<VirtAddr> DmaBuf::vmap() {
    if (!ops_.vmap || !ops_.vunmap) return Errno::kInval;
    const MutexGuard guard{vmap_lock_};
    if (++vmap_users_ > 1) return vmap_at_;
    auto at = ops_.vmap(*this);
    if (at) {
        vmap_at_ = at.value();
    } else {
        --vmap_users_;
    }
    return at;
}

void DmaBuf::vunmap() {
    const MutexGuard guard{vmap_lock_};
    if (vmap_users_ == 1) ops_.vunmap(*this, std::exchange(vmap_at_, VirtAddr{}));
    --vmap_users_;
}

Result<VirtAddr> DmaBuf::kmap(uint32_t page) {
    if (page >= pages_for(size_)) return Errno::kInval;
    return TRY(vmap()) + page * kPageSize;
}

Result<VirtAddr> DmaBuf::kmap_atomic(uint32_t page) {
    if (page >= pages_for(size_)) return Errno::kInval;
    if (vmap_at_.value) return vmap_at_ + page * kPageSize;
    if (!ops_.kmap_atomic) return Errno::kNotSup;
    return ops_.kmap_atomic(*this, page);
}

// --- Programs

Result<> DmaBuf::mmap(Vma& vma) {
    return redirect_mmap(vma, static_cast<uint32_t>(vma.offset >> kPageShift));
}

Result<> DmaBuf::redirect_mmap(Vma& vma, uint32_t first_page) {
    if (!ops_.mmap) return Errno::kInval;
    const uint32_t end = first_page + vma.size() / kPageSize;
    if (end < first_page) return Errno::kOverflow;
    if (end > pages_for(size_)) return Errno::kInval;
    vma.offset = uint64_t{first_page} << kPageShift;
    TRY(ops_.mmap(*this, vma));
    vma.keep = Ref<RefCounted>{Ref<DmaBuf>::share(this)};  // whatever the exporter named lives as long
    count(*this, &DmaBufUse::user_mappings);
    return Ok{};
}

}  // namespace kernel
