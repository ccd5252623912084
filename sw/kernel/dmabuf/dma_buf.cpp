#include "dmabuf/dma_buf.hpp"

#include <linux/dma-buf.h>
#include <linux/ioctl.h>

#include "core/log.hpp"
#include "core/uaccess.hpp"
#include "mm/user_space.hpp"

namespace kernel {

namespace {

/// The file behind a dma-buf descriptor.
struct DmaBufFile : File {
    explicit DmaBufFile(Ref<DmaBuf> b) : buffer{std::move(b)} {}
    Ref<DmaBuf> buffer;

    static constexpr char kType = 0;
    const void* type() const override { return &kType; }

    Result<> mmap(Vma& vma) override { return buffer->mmap(vma); }

    /// Tells the size: SEEK_END or SEEK_SET with offset zero, as Linux.
    Result<uint64_t> lseek(int64_t offset, uint32_t whence) override {
        constexpr uint32_t kSeekSet = 0, kSeekEnd = 2;
        if (offset != 0 || (whence != kSeekSet && whence != kSeekEnd)) return Errno::kInval;
        return uint64_t{whence == kSeekEnd ? buffer->size() : 0};
    }

    Result<FileStatus> status() override { return FileStatus{.mode = 0600, .size = buffer->size()}; }

    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override {
        if (command != DMA_BUF_IOCTL_SYNC) return Errno::kNoTty;
        const auto sync = TRY(get_user<dma_buf_sync>(argument));
        if (sync.flags & ~DMA_BUF_SYNC_VALID_FLAGS_MASK) return Errno::kInval;
        TRY(synchronise(static_cast<uint32_t>(sync.flags)));
        return 0U;
    }

private:
    Result<> synchronise(uint32_t sync_flags) {
        DmaDirection direction;
        switch (sync_flags & DMA_BUF_SYNC_RW) {
            case DMA_BUF_SYNC_READ:
                direction = DmaDirection::from_device;
                break;
            case DMA_BUF_SYNC_WRITE:
                direction = DmaDirection::to_device;
                break;
            case DMA_BUF_SYNC_RW:
                direction = DmaDirection::bidirectional;
                break;
            default:
                return Errno::kInval;
        }
        return sync_flags & DMA_BUF_SYNC_END ? buffer->end_cpu_access(direction)
                                             : buffer->begin_cpu_access(direction);
    }
};

}  // namespace

Result<Ref<DmaBuf>> DmaBuf::export_buffer(const DmaBufOps& ops, uint32_t size, const char* exporter,
                                          void* data) {
    if (!ops.map || !ops.unmap || !ops.release || size == 0) return Errno::kInval;
    return make_ref<DmaBuf>(ops, size, exporter, data);
}

DmaBuf::~DmaBuf() { ops_.release(*this); }

Result<Ref<DmaBuf>> DmaBuf::get(uint32_t fd) {
    const auto file = TRY(file_of(fd));
    if (file->type() != &DmaBufFile::kType) return Errno::kInval;
    return static_cast<const DmaBufFile&>(*file).buffer;
}

Result<uint32_t> DmaBuf::install(bool close_on_exec, bool writable) {
    auto file = TRY(make_ref<DmaBufFile>(Ref<DmaBuf>::share(this)));
    file->flags = writable ? kReadWrite : kReadOnly;
    return install_fd(Ref<File>{std::move(file)}, close_on_exec);
}

Result<Unique<DmaBufAttachment>> DmaBuf::attach(const DmaDevice& device) {
    auto attachment = TRY(make<DmaBufAttachment>());
    attachment->buffer = Ref<DmaBuf>::share(this);
    attachment->device = device;
    if (ops_.attach) TRY(ops_.attach(*this, *attachment));
    const MutexGuard guard{lock_};
    attachments_.push_back(*attachment);
    return attachment;
}

void DmaBuf::detach(Unique<DmaBufAttachment> attachment) {
    const Ref<DmaBuf> buffer = attachment->buffer;  // outlives the attachment
    {
        const MutexGuard guard{buffer->lock_};
        attachment->node.unlink();
    }
    if (buffer->ops_.detach) buffer->ops_.detach(*buffer, *attachment);
}

Result<Iova> DmaBuf::map(DmaBufAttachment& attachment, DmaDirection direction) {
    return ops_.map(attachment, direction);
}

void DmaBuf::unmap(DmaBufAttachment& attachment, Iova at, DmaDirection direction) {
    ops_.unmap(attachment, at, direction);
}

Result<> DmaBuf::begin_cpu_access(DmaDirection direction) {
    if (!ops_.begin_cpu_access) return Ok{};
    return ops_.begin_cpu_access(*this, direction);
}

Result<> DmaBuf::end_cpu_access(DmaDirection direction) {
    if (!ops_.end_cpu_access) return Ok{};
    return ops_.end_cpu_access(*this, direction);
}

Result<> DmaBuf::mmap(Vma& vma) {
    if (!ops_.mmap) return Errno::kNoSys;
    const auto first = static_cast<uint32_t>(vma.offset >> kPageShift);
    const uint32_t end = first + vma.size() / kPageSize;
    if (end < first) return Errno::kOverflow;
    if (end > pages_for(size_)) return Errno::kInval;
    return ops_.mmap(*this, vma);
}

}  // namespace kernel
