// The descriptor of a dma-buf: lseek, mmap, poll and the ioctls of linux/dma-buf.h.
#include <linux/dma-buf.h>
#include <linux/ioctl.h>

#include "core/mistake.hpp"
#include "core/uaccess.hpp"
#include "dmabuf/dma_buf.hpp"

namespace kernel {

namespace {

struct DmaBufFile : File {
    explicit DmaBufFile(Ref<DmaBuf> b) : buffer{std::move(b)} {}
    ~DmaBufFile() override {
        if (makes(Mistake::keep_reference)) (void)buffer.release();
    }
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

    /// Readable once nobody writes it any more, writable once nobody uses it.
    uint32_t poll(PollTable* table) override {
        if (table) table->watch(Fence::any_signalled());
        const FenceSet& fences = buffer->fences();
        return (fences.idle_for(FenceUse::read) ? kPollIn : 0) |
               (fences.idle_for(FenceUse::write) ? kPollOut : 0);
    }

    Result<uint32_t> ioctl(uint32_t command, UserAddr argument) override;

    Result<> synchronise(UserAddr argument);
    Result<> set_name(UserAddr argument);
    Result<> export_sync_file(UserAddr argument);
    Result<> import_sync_file(UserAddr argument);
};

DmaDirection direction_of(uint64_t access) {
    switch (access) {
        case DMA_BUF_SYNC_READ:
            return DmaDirection::from_device;
        case DMA_BUF_SYNC_WRITE:
            return DmaDirection::to_device;
        default:
            return DmaDirection::bidirectional;
    }
}

Result<> DmaBufFile::synchronise(UserAddr argument) {
    const auto sync = TRY(get_user<dma_buf_sync>(argument));
    const uint64_t access = sync.flags & DMA_BUF_SYNC_RW;
    if (sync.flags & ~static_cast<uint64_t>(DMA_BUF_SYNC_VALID_FLAGS_MASK) || access == 0)
        return Errno::kInval;
    auto changed = sync.flags & DMA_BUF_SYNC_END ? buffer->end_cpu_access(direction_of(access))
                                                 : buffer->begin_cpu_access(direction_of(access));
    if (makes(Mistake::drop_error)) return Ok{};
    return changed;
}

Result<> DmaBufFile::set_name(UserAddr argument) {
    char name[DmaBuf::kNameBytes];
    auto copied = copy_string_from_user(name, sizeof name, argument);
    if (!copied) return copied.error() == Errno::kNameTooLong ? Errno::kInval : copied.error();
    buffer->set_name(name);
    return Ok{};
}

Result<FenceUse> use_of(uint32_t flags) {
    if (flags == 0 || flags & ~static_cast<uint32_t>(DMA_BUF_SYNC_RW)) return Errno::kInval;
    return flags & DMA_BUF_SYNC_WRITE ? FenceUse::write : FenceUse::read;
}

Result<> DmaBufFile::export_sync_file(UserAddr argument) {
    auto asked = TRY(get_user<dma_buf_export_sync_file>(argument));
    const FenceList fences = TRY(buffer->fences().to_wait_for(TRY(use_of(asked.flags))));
    asked.fd = static_cast<int>(TRY(install_sync_file(fences, buffer->name(), true)));
    return put_user(argument, asked);
}

Result<> DmaBufFile::import_sync_file(UserAddr argument) {
    const auto given = TRY(get_user<dma_buf_import_sync_file>(argument));
    const FenceUse use = TRY(use_of(given.flags));
    const FenceList fences = TRY(fences_of(static_cast<uint32_t>(given.fd)));
    for (uint32_t i = 0; i < fences.count(); ++i)
        TRY(buffer->fences().add(Ref<Fence>::share(&fences.at(i)), use));
    return Ok{};
}

struct Row {
    uint32_t command;
    Result<> (DmaBufFile::*run)(UserAddr);
};
constexpr Row kRows[] = {
    {DMA_BUF_IOCTL_SYNC, &DmaBufFile::synchronise},
    {DMA_BUF_SET_NAME_A, &DmaBufFile::set_name},
    {DMA_BUF_SET_NAME_B, &DmaBufFile::set_name},
    {DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &DmaBufFile::export_sync_file},
    {DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &DmaBufFile::import_sync_file},
};

Result<uint32_t> DmaBufFile::ioctl(uint32_t command, UserAddr argument) {
    for (const Row& row : kRows) {
        if (row.command != command) continue;
        TRY((this->*row.run)(argument));
        return 0U;
    }
    return Errno::kNoTty;
}

}  // namespace

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

}  // namespace kernel
