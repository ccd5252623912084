// System calls on files, descriptors and directories.
#include "core/event_channel.hpp"
#include "core/file.hpp"
#include "core/file_lock.hpp"
#include "core/log.hpp"
#include "core/notify.hpp"
#include "core/path.hpp"
#include "core/pipe.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;
/// Linux's struct stat64 on ARM (asm/stat.h).
struct Stat64 {
    uint64_t device;
    uint32_t pad0;
    uint32_t inode_low;
    uint32_t mode, links, uid, gid;
    uint64_t rdev;
    uint32_t pad3, pad4;
    int64_t size;
    uint32_t block_size, pad5;
    uint64_t blocks;
    UserTime<uint32_t> access, change, status_change;
    uint64_t inode;
};
static_assert(sizeof(Stat64) == 104);

Result<uint32_t> put_status(UserAddr to, const FileStatus& s) {
    Stat64 out{};
    out.device = 1;
    out.inode = s.inode;
    out.inode_low = static_cast<uint32_t>(s.inode);
    out.mode = s.mode;
    out.links = s.links;
    out.rdev = s.device;
    out.size = static_cast<int64_t>(s.size);
    out.block_size = kPageSize;
    out.blocks = (s.size + 511) / 512;
    out.access = out.change = out.status_change = UserTime<uint32_t>::of(s.modified_ns);
    TRY(put_user(to, out));
    return 0U;
}

Result<uint32_t> open_at(int32_t base, UserAddr path_at, uint32_t flags) {
    Path path = TRY(get_path(path_at));
    Ref<File> file = TRY(open_path(Text{path.text}, flags, TRY(base_of(base))));
    return install_fd(std::move(file), flags & kCloseOnExec);
}

Result<uint32_t> sys_open(Args s) { return open_at(kAtCwd, s.user(0), s.a[1]); }
Result<uint32_t> sys_openat(Args s) { return open_at(s.signed32(0), s.user(1), s.a[2]); }

Result<uint32_t> sys_close(Args s) {
    TRY(current_process().files->close(s.a[0]));
    return 0U;
}

Result<Ref<File>> readable_file(uint32_t fd) {
    auto file = TRY(file_of(fd));
    if (!file->readable()) return Errno::kBadF;
    return file;
}
Result<Ref<File>> writable_file(uint32_t fd) {
    auto file = TRY(file_of(fd));
    if (!file->writable()) return Errno::kBadF;
    return file;
}

/// Moves bytes, and tells who watches the file if there were any.
template <class Move>
Result<uint32_t> transfer(File& file, Notice what, Move move) {
    const uint32_t n = TRY(move());
    if (n > 0 && file.inode) notify(*file.inode, what);
    return n;
}

Result<uint32_t> sys_read(Args s) {
    auto file = TRY(readable_file(s.a[0]));
    return transfer(*file, kNoticeAccess, [&] { return file->read(s.user(1), s.a[2]); });
}
Result<uint32_t> sys_write(Args s) {
    auto file = TRY(writable_file(s.a[0]));
    return transfer(*file, kNoticeModify, [&] { return file->write(s.user(1), s.a[2]); });
}

struct IoVec {
    uint32_t base, size;
};

/// readv and writev: `move` is called for each piece and ends early at a short one.
template <class Move>
Result<uint32_t> vectored(UserAddr vector, uint32_t count, Move move) {
    if (count > 1024) return Errno::kInval;
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; ++i) {
        const IoVec piece = TRY(get_user<IoVec>(vector + i * static_cast<uint32_t>(sizeof(IoVec))));
        if (piece.size == 0) continue;
        auto done = move(UserAddr{piece.base}, piece.size);
        if (!done) {
            if (total > 0) return total;
            return done.error();
        }
        total += done.value();
        if (done.value() < piece.size) break;
    }
    return total;
}

Result<uint32_t> sys_readv(Args s) {
    auto file = TRY(readable_file(s.a[0]));
    return transfer(*file, kNoticeAccess, [&] {
        return vectored(s.user(1), s.a[2], [&](UserAddr at, uint32_t n) { return file->read(at, n); });
    });
}
Result<uint32_t> sys_writev(Args s) {
    auto file = TRY(writable_file(s.a[0]));
    return transfer(*file, kNoticeModify, [&] {
        return vectored(s.user(1), s.a[2], [&](UserAddr at, uint32_t n) { return file->write(at, n); });
    });
}

/// pread64/pwrite64: the offset is the register pair r4, r5.
template <class Move>
Result<uint32_t> at_offset(File& file, uint64_t offset, Move move) {
    const uint64_t old = file.position;
    file.position = offset;
    auto done = move();
    file.position = old;
    return done;
}
Result<uint32_t> sys_pread64(Args s) {
    auto file = TRY(readable_file(s.a[0]));
    return at_offset(*file, s.pair(4), [&] { return file->read(s.user(1), s.a[2]); });
}
Result<uint32_t> sys_pwrite64(Args s) {
    auto file = TRY(writable_file(s.a[0]));
    return at_offset(*file, s.pair(4), [&] { return file->write(s.user(1), s.a[2]); });
}

Result<uint32_t> sys_lseek(Args s) {
    return static_cast<uint32_t>(TRY(TRY(file_of(s.a[0]))->lseek(s.signed32(1), s.a[2])));
}
Result<uint32_t> sys_llseek(Args s) {
    const auto offset = static_cast<int64_t>(s.a[2] | uint64_t{s.a[1]} << 32);
    const uint64_t at = TRY(TRY(file_of(s.a[0]))->lseek(offset, s.a[4]));
    TRY(put_user(s.user(3), at));
    return 0U;
}

Result<uint32_t> status_of_path(int32_t base, UserAddr path_at, UserAddr to, uint32_t flags) {
    Path path = TRY(get_path(path_at));
    return put_status(to, TRY(TRY(resolve(Text{path.text}, TRY(base_of(base)), last_link(flags)))->status()));
}
Result<uint32_t> sys_stat64(Args s) { return status_of_path(kAtCwd, s.user(0), s.user(1), 0); }
Result<uint32_t> sys_lstat64(Args s) { return status_of_path(kAtCwd, s.user(0), s.user(1), kNoFollow); }
Result<uint32_t> sys_fstat64(Args s) { return put_status(s.user(1), TRY(TRY(file_of(s.a[0]))->status())); }
Result<uint32_t> sys_fstatat64(Args s) {
    if ((s.a[3] & kEmptyPath) && TRY(get_user<char>(s.user(1))) == 0) {
        return put_status(s.user(2), TRY(TRY(file_of(s.a[0]))->status()));
    }
    return status_of_path(s.signed32(0), s.user(1), s.user(2), s.a[3]);
}

/// struct statx (linux/stat.h), the part that has values here.
struct Statx {
    uint32_t mask, block_size;
    uint64_t attributes;
    uint32_t links, uid, gid;
    uint16_t mode, pad;
    uint64_t inode, size, blocks, attributes_mask;
    struct {
        int64_t seconds;
        uint32_t nanoseconds, pad;
    } access, birth, status_change, change;
    uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
    uint64_t spare[14];
};
static_assert(sizeof(Statx) == 256);

Result<uint32_t> sys_statx(Args s) {
    Path path = TRY(get_path(s.user(1)));
    FileStatus status;
    if (path.text[0] == 0 && (s.a[2] & 0x1000)) {
        status = TRY(TRY(file_of(s.a[0]))->status());
    } else {
        status = TRY(TRY(resolve(Text{path.text}, TRY(base_of(s.signed32(0))), last_link(s.a[2])))->status());
    }
    Statx out{};
    out.mask = 0x7FF;  // STATX_BASIC_STATS
    out.block_size = kPageSize;
    out.links = status.links;
    out.mode = static_cast<uint16_t>(status.mode);
    out.inode = status.inode;
    out.size = status.size;
    out.blocks = (status.size + 511) / 512;
    out.change = {static_cast<int64_t>(status.modified_ns / kNsPerSecond),
                  static_cast<uint32_t>(status.modified_ns % kNsPerSecond), 0};
    out.access = out.status_change = out.change;
    out.rdev_major = status.device >> 8;
    out.rdev_minor = status.device & 0xFF;
    TRY(put_user(s.user(4), out));
    return 0U;
}

Result<uint32_t> access_path(int32_t base, UserAddr path_at) {
    Path path = TRY(get_path(path_at));
    TRY(resolve(Text{path.text}, TRY(base_of(base))));
    return 0U;
}
Result<uint32_t> sys_access(Args s) { return access_path(kAtCwd, s.user(0)); }
Result<uint32_t> sys_faccessat(Args s) { return access_path(s.signed32(0), s.user(1)); }

enum class Removed : uint8_t { file, directory };

Result<uint32_t> remove_path(int32_t base, UserAddr path_at, Removed what) {
    Path path = TRY(get_path(path_at));
    Parent parent = TRY(resolve_parent(Text{path.text}, TRY(base_of(base))));
    Ref<Inode> inode = TRY(parent.directory->lookup(parent.name));
    const bool directory = inode->is_directory();
    if (directory && what == Removed::file) return Errno::kIsDir;
    if (!directory && what == Removed::directory) return Errno::kNotDir;
    TRY(parent.directory->unlink(parent.name));
    notify_unlinked(*parent.directory, parent.name, *inode);
    return 0U;
}
Result<uint32_t> sys_unlink(Args s) { return remove_path(kAtCwd, s.user(0), Removed::file); }
Result<uint32_t> sys_rmdir(Args s) { return remove_path(kAtCwd, s.user(0), Removed::directory); }
Result<uint32_t> sys_unlinkat(Args s) {
    constexpr uint32_t kRemoveDirectory = 0x200;  // AT_REMOVEDIR
    return remove_path(s.signed32(0), s.user(1),
                       s.a[2] & kRemoveDirectory ? Removed::directory : Removed::file);
}

Result<uint32_t> add_name(const Parent& parent, Ref<Inode> inode) {
    TRY(parent.directory->link(parent.name, inode));
    notify_entry(*parent.directory, parent.name, *inode, kNoticeCreate);
    return 0U;
}

Result<uint32_t> make_node_at(int32_t base, UserAddr path_at, uint32_t mode) {
    Path path = TRY(get_path(path_at));
    const uint32_t type = mode & kModeType;
    if (type != 0 && type != kModeRegular && type != kModeFifo) return Errno::kPerm;
    Parent parent = TRY(resolve_parent(Text{path.text}, TRY(base_of(base))));
    return add_name(parent, type == kModeFifo ? TRY(make_fifo()) : TRY(make_memory_file()));
}
Result<uint32_t> sys_mknod(Args s) { return make_node_at(kAtCwd, s.user(0), s.a[1]); }
Result<uint32_t> sys_mknodat(Args s) { return make_node_at(s.signed32(0), s.user(1), s.a[2]); }

Result<uint32_t> make_directory_at(int32_t base, UserAddr path_at) {
    Path path = TRY(get_path(path_at));
    Parent parent = TRY(resolve_parent(Text{path.text}, TRY(base_of(base))));
    return add_name(parent, TRY(make_directory()));
}
Result<uint32_t> sys_mkdir(Args s) { return make_directory_at(kAtCwd, s.user(0)); }
Result<uint32_t> sys_mkdirat(Args s) { return make_directory_at(s.signed32(0), s.user(1)); }

bool lies_in(const Inode* inode, const Inode& directory) {
    for (; inode; inode = inode->parent) {
        if (inode == &directory) return true;
    }
    return false;
}

/// Makes way for `inode` at the target. Errors: kIsDir, kNotDir, kNotEmpty.
Result<> replace_target(const Parent& target, const Inode& inode) {
    auto old = target.directory->lookup(target.name);
    if (!old) return Ok{};
    const bool was_directory = old.value()->is_directory();
    if (was_directory && !inode.is_directory()) return Errno::kIsDir;
    if (!was_directory && inode.is_directory()) return Errno::kNotDir;
    return target.directory->unlink(target.name);
}

Result<uint32_t> rename_path(int32_t from_base, UserAddr from_at, int32_t to_base, UserAddr to_at) {
    Path from = TRY(get_path(from_at)), to = TRY(get_path(to_at));
    Parent source = TRY(resolve_parent(Text{from.text}, TRY(base_of(from_base))));
    Parent target = TRY(resolve_parent(Text{to.text}, TRY(base_of(to_base))));
    Ref<Inode> inode = TRY(source.directory->lookup(source.name));
    if (auto there = target.directory->lookup(target.name); there && there.value().get() == inode.get())
        return 0U;
    if (inode->is_directory() && lies_in(target.directory.get(), *inode)) return Errno::kInval;
    TRY(replace_target(target, *inode));
    TRY(source.directory->detach(source.name));
    auto linked = target.directory->link(target.name, inode);
    if (linked) {
        notify_moved(*source.directory, source.name, *target.directory, target.name, *inode);
        return 0U;
    }
    TRY(source.directory->link(source.name, inode));
    return linked.error();
}
Result<uint32_t> sys_rename(Args s) { return rename_path(kAtCwd, s.user(0), kAtCwd, s.user(1)); }
Result<uint32_t> sys_renameat2(Args s) {
    return rename_path(s.signed32(0), s.user(1), s.signed32(2), s.user(3));
}

Result<uint32_t> read_link(int32_t base, UserAddr path_at, UserAddr to, uint32_t size) {
    Path path = TRY(get_path(path_at));
    Ref<Inode> link = TRY(resolve(Text{path.text}, TRY(base_of(base)), LastLink::keep));
    const Text target = TRY(link->target());
    const auto n = target.size < size ? static_cast<uint32_t>(target.size) : size;
    TRY(copy_to_user(to, target.data, n));
    return n;
}
Result<uint32_t> sys_readlink(Args s) { return read_link(kAtCwd, s.user(0), s.user(1), s.a[2]); }
Result<uint32_t> sys_readlinkat(Args s) { return read_link(s.signed32(0), s.user(1), s.user(2), s.a[3]); }

Result<uint32_t> symbolic_link(UserAddr target_at, int32_t base, UserAddr path_at) {
    Path target = TRY(get_path(target_at)), path = TRY(get_path(path_at));
    Parent parent = TRY(resolve_parent(Text{path.text}, TRY(base_of(base))));
    return add_name(parent, TRY(make_symbolic_link(Text{target.text})));
}
Result<uint32_t> sys_symlink(Args s) { return symbolic_link(s.user(0), kAtCwd, s.user(1)); }
Result<uint32_t> sys_symlinkat(Args s) { return symbolic_link(s.user(0), s.signed32(1), s.user(2)); }

Result<uint32_t> hard_link(int32_t from_base, UserAddr from_at, int32_t to_base, UserAddr to_at) {
    Path from = TRY(get_path(from_at)), to = TRY(get_path(to_at));
    Ref<Inode> inode = TRY(resolve(Text{from.text}, TRY(base_of(from_base)), LastLink::keep));
    if (inode->is_directory()) return Errno::kPerm;
    Parent parent = TRY(resolve_parent(Text{to.text}, TRY(base_of(to_base))));
    return add_name(parent, std::move(inode));
}
Result<uint32_t> sys_link(Args s) { return hard_link(kAtCwd, s.user(0), kAtCwd, s.user(1)); }
Result<uint32_t> sys_linkat(Args s) { return hard_link(s.signed32(0), s.user(1), s.signed32(2), s.user(3)); }

Result<uint32_t> sys_ftruncate64(Args s) {
    TRY(resize(*TRY(writable_file(s.a[0])), s.pair(2)));
    return 0U;
}
Result<uint32_t> sys_ftruncate(Args s) {
    TRY(resize(*TRY(writable_file(s.a[0])), s.a[1]));
    return 0U;
}
Result<uint32_t> sys_getdents64(Args s) { return TRY(file_of(s.a[0]))->read_directory(s.user(1), s.a[2]); }

Result<uint32_t> sys_getcwd(Args s) {
    char path[kMostPath];
    const uint32_t n = TRY(path_of(*current_process().directory, path, sizeof path));
    if (n > s.a[1]) return Errno::kRange;
    TRY(copy_to_user(s.user(0), path, n));
    return n;
}
Result<uint32_t> sys_fchdir(Args s) {
    auto file = TRY(file_of(s.a[0]));
    if (!file->inode || !file->inode->is_directory()) return Errno::kNotDir;
    current_process().directory = file->inode;
    return 0U;
}
Result<uint32_t> sys_chdir(Args s) {
    Path path = TRY(get_path(s.user(0)));
    Ref<Inode> directory = TRY(resolve(Text{path.text}, current_process().directory));
    if (!directory->is_directory()) return Errno::kNotDir;
    current_process().directory = directory;
    return 0U;
}

Result<uint32_t> sys_dup(Args s) { return install_fd(TRY(file_of(s.a[0])), false); }
Result<uint32_t> dup_to(uint32_t from, uint32_t to, bool close_on_exec) {
    TRY(current_process().files->install_at(to, TRY(file_of(from)), close_on_exec));
    return to;
}
Result<uint32_t> sys_dup2(Args s) { return dup_to(s.a[0], s.a[1], false); }
Result<uint32_t> sys_dup3(Args s) {
    if (s.a[0] == s.a[1]) return Errno::kInval;
    return dup_to(s.a[0], s.a[1], s.a[2] & kCloseOnExec);
}

Result<uint32_t> sys_fcntl64(Args s) {
    constexpr uint32_t kDupFd = 0, kGetFd = 1, kSetFd = 2, kGetFl = 3, kSetFl = 4, kDupFdCloexec = 1030;
    constexpr uint32_t kSettable = kAppend | kNonBlocking;
    auto file = TRY(file_of(s.a[0]));
    FdTable& files = *current_process().files;
    switch (s.a[1]) {
        case kDupFd:
            return files.install(file, false, s.a[2]);
        case kDupFdCloexec:
            return files.install(file, true, s.a[2]);
        case kGetFd:
            return files.is_close_on_exec(s.a[0]) ? 1U : 0U;
        case kSetFd:
            files.set_close_on_exec(s.a[0], s.a[2] & 1);
            return 0U;
        case kGetFl:
            return file->flags;
        case kSetFl:
            file->flags = (file->flags & ~kSettable) | (s.a[2] & kSettable);
            return 0U;
        default:
            return lock_command(*file, s.a[1], s.user(2));
    }
}

Result<uint32_t> sys_ioctl(Args s) {
    const EventSpan span{SpanClass::driver};
    return TRY(file_of(s.a[0]))->ioctl(s.a[1], s.user(2));
}

Result<uint32_t> make_pipe(UserAddr to, uint32_t flags) {
    PipeEnds ends = TRY(create_pipe(flags & kNonBlocking));
    uint32_t fds[2];
    fds[0] = TRY(install_fd(std::move(ends.reader), flags & kCloseOnExec));
    auto second = install_fd(std::move(ends.writer), flags & kCloseOnExec);
    if (!second) {
        (void)current_process().files->close(fds[0]);
        return second.error();
    }
    fds[1] = second.value();
    TRY(copy_to_user(to, fds, sizeof fds));
    return 0U;
}
Result<uint32_t> sys_pipe(Args s) { return make_pipe(s.user(0), 0); }
Result<uint32_t> sys_pipe2(Args s) { return make_pipe(s.user(0), s.a[1]); }

Result<uint32_t> sys_umask(Args) { return 022U; }
constexpr Syscall kRows[] = {
    {3, "read", sys_read},
    {4, "write", sys_write},
    {5, "open", sys_open},
    {6, "close", sys_close},
    {9, "link", sys_link},
    {10, "unlink", sys_unlink},
    {12, "chdir", sys_chdir},
    {14, "mknod", sys_mknod},
    {19, "lseek", sys_lseek},
    {33, "access", sys_access},
    {38, "rename", sys_rename},
    {39, "mkdir", sys_mkdir},
    {40, "rmdir", sys_rmdir},
    {41, "dup", sys_dup},
    {42, "pipe", sys_pipe},
    {54, "ioctl", sys_ioctl},
    {60, "umask", sys_umask},
    {63, "dup2", sys_dup2},
    {83, "symlink", sys_symlink},
    {85, "readlink", sys_readlink},
    {93, "ftruncate", sys_ftruncate},
    {133, "fchdir", sys_fchdir},
    {140, "_llseek", sys_llseek},
    {145, "readv", sys_readv},
    {146, "writev", sys_writev},
    {180, "pread64", sys_pread64},
    {181, "pwrite64", sys_pwrite64},
    {183, "getcwd", sys_getcwd},
    {194, "ftruncate64", sys_ftruncate64},
    {195, "stat64", sys_stat64},
    {196, "lstat64", sys_lstat64},
    {197, "fstat64", sys_fstat64},
    {217, "getdents64", sys_getdents64},
    {221, "fcntl64", sys_fcntl64},
    {322, "openat", sys_openat},
    {323, "mkdirat", sys_mkdirat},
    {324, "mknodat", sys_mknodat},
    {327, "fstatat64", sys_fstatat64},
    {328, "unlinkat", sys_unlinkat},
    {330, "linkat", sys_linkat},
    {331, "symlinkat", sys_symlinkat},
    {329, "renameat", sys_renameat2},
    {332, "readlinkat", sys_readlinkat},
    {334, "faccessat", sys_faccessat},
    {358, "dup3", sys_dup3},
    {359, "pipe2", sys_pipe2},
    {382, "renameat2", sys_renameat2},
    {397, "statx", sys_statx},
    {439, "faccessat2", sys_faccessat},
};

}  // namespace

std::span<const Syscall> file_syscalls() { return kRows; }

}  // namespace kernel
