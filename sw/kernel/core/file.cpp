#include "core/file.hpp"

#include "core/file_lock.hpp"
#include "core/notify.hpp"
#include "core/process.hpp"
#include "core/vfs.hpp"

namespace kernel {

File::File() = default;
File::~File() {
    drop_locks(nullptr, this);
    if (inode && !(flags & kPathOnly)) notify(*inode, writable() ? kNoticeCloseWrite : kNoticeCloseOther);
}

Result<> resize(File& file, uint64_t size) {
    TRY(file.truncate(size));
    if (file.inode) notify(*file.inode, kNoticeModify);
    return Ok{};
}

void PollTable::watch(WaitQueue& queue) {
    if (used_ == kMost) return;
    IrqLock lock;
    const IrqGuard guard{lock};
    Waiter& w = waiters_[used_++];
    w.thread = current();
    queue.add(w);
}

void PollTable::clear() {
    IrqLock lock;
    const IrqGuard guard{lock};
    while (used_ > 0) WaitQueue::remove(waiters_[--used_]);
}

Result<FileStatus> File::status() {
    if (inode) return inode->status();
    return FileStatus{.mode = kModeChar | 0600};
}

Result<uint64_t> seek_in(File& file, int64_t offset, uint32_t whence, uint64_t size) {
    int64_t base = 0;
    if (whence == 1) base = static_cast<int64_t>(file.position);
    if (whence == 2) base = static_cast<int64_t>(size);
    if (whence > 2 || base + offset < 0) return Errno::kInval;
    return file.position = static_cast<uint64_t>(base + offset);
}

Result<uint32_t> FdTable::install(Ref<File> file, bool close_on_exec, uint32_t lowest) {
    for (uint32_t fd = lowest; fd < kMost; ++fd) {
        if (slots_[fd].file) continue;
        slots_[fd] = {std::move(file), close_on_exec};
        return fd;
    }
    return Errno::kMFile;
}

Result<> FdTable::install_at(uint32_t fd, Ref<File> file, bool close_on_exec) {
    if (fd >= kMost) return Errno::kBadF;
    empty(fd);
    slots_[fd] = {std::move(file), close_on_exec};
    return Ok{};
}

/// The last reference goes when the slot is free already. Closing any descriptor of a file gives up all
/// record locks that the process has on it (fcntl(2)).
void FdTable::empty(uint32_t fd) {
    const Ref<File> last = std::move(slots_[fd].file);
    if (last && last->inode) drop_locks(last->inode.get(), current()->process);
}

Result<Ref<File>> FdTable::get(uint32_t fd) const {
    if (fd >= kMost || !slots_[fd].file) return Errno::kBadF;
    return slots_[fd].file;
}

Result<> FdTable::close(uint32_t fd) {
    if (fd >= kMost || !slots_[fd].file) return Errno::kBadF;
    empty(fd);
    return Ok{};
}

void FdTable::close_all() {
    for (uint32_t fd = 0; fd < kMost; ++fd) empty(fd);
}

void FdTable::close_on_exec() {
    for (uint32_t fd = 0; fd < kMost; ++fd) {
        if (slots_[fd].close_on_exec) empty(fd);
    }
}

Result<Ref<FdTable>> FdTable::clone() const {
    auto copy = TRY(make_ref<FdTable>());
    for (uint32_t fd = 0; fd < kMost; ++fd) copy->slots_[fd] = {slots_[fd].file, slots_[fd].close_on_exec};
    return copy;
}

Result<Ref<File>> file_of(uint32_t fd) { return current()->process->files->get(fd); }

Result<uint32_t> install_fd(Ref<File> file, bool close_on_exec) {
    return current()->process->files->install(std::move(file), close_on_exec);
}

}  // namespace kernel
