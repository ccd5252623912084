// System calls on files as such: modes, times, sizes, file systems; files without a name; bytes from file to
// file.
#include "core/notify.hpp"
#include "core/path.hpp"
#include "core/syscall.hpp"
#include "core/user_time.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

// --- modes and owners

Result<uint32_t> set_mode(Ref<Inode> inode, uint32_t mode) {
    inode->mode = (inode->mode & kModeType) | (mode & 07777);
    notify(*inode, kNoticeAttributes);
    return 0U;
}
Result<uint32_t> sys_chmod(Args s) { return set_mode(TRY(inode_at(kAtCwd, s.user(0), 0)), s.a[1]); }
Result<uint32_t> sys_fchmod(Args s) {
    auto file = TRY(file_of(s.a[0]));
    if (!file->inode) return 0U;
    return set_mode(file->inode, s.a[1]);
}
Result<uint32_t> sys_fchmodat(Args s) { return set_mode(TRY(inode_at(s.signed32(0), s.user(1), 0)), s.a[2]); }

/// Everything is root's.
Result<uint32_t> own(uint32_t user, uint32_t group) {
    if ((user != 0 && user != ~0U) || (group != 0 && group != ~0U)) return Errno::kPerm;
    return 0U;
}
Result<uint32_t> sys_chown32(Args s) {
    TRY(inode_at(kAtCwd, s.user(0), 0));
    return own(s.a[1], s.a[2]);
}
Result<uint32_t> sys_lchown32(Args s) {
    TRY(inode_at(kAtCwd, s.user(0), kNoFollow));
    return own(s.a[1], s.a[2]);
}
Result<uint32_t> sys_fchown32(Args s) {
    TRY(file_of(s.a[0]));
    return own(s.a[1], s.a[2]);
}
Result<uint32_t> sys_fchownat(Args s) {
    TRY(inode_at(s.signed32(0), s.user(1), s.a[4]));
    return own(s.a[2], s.a[3]);
}

// --- times: of the last change; the other two follow it

template <class Seconds>
Result<uint32_t> utimensat(Args s) {
    constexpr uint32_t kNow = 0x3FFF'FFFF, kOmit = 0x3FFF'FFFE;  // UTIME_*
    struct Both {
        UserTime<Seconds> access, change;
    };
    Ref<Inode> inode = TRY(inode_at(s.signed32(0), s.user(1), s.a[3]));
    uint64_t ns = now_ns();
    if (s.a[2]) {
        const UserTime<Seconds> t = TRY(get_user<Both>(s.user(2))).change;
        const uint32_t special = t.nanoseconds;
        if (special == kOmit) return 0U;
        if (special != kNow && !t.valid()) return Errno::kInval;
        if (special != kNow) ns = t.ns();
    }
    inode->modified_ns = ns;
    return 0U;
}

// --- sizes

Result<uint32_t> truncate_path(UserAddr path_at, uint64_t size) {
    Path path = TRY(get_path(path_at));
    TRY(resize(*TRY(open_path(Text{path.text}, kWriteOnly, current_process().directory)), size));
    return 0U;
}
Result<uint32_t> sys_truncate(Args s) { return truncate_path(s.user(0), s.a[1]); }
Result<uint32_t> sys_truncate64(Args s) { return truncate_path(s.user(0), s.pair(2)); }

/// Files have no holes that cost: only the size counts.
Result<uint32_t> sys_fallocate(Args s) {
    constexpr uint32_t kKeepSize = 1;
    auto file = TRY(file_of(s.a[0]));
    if (!file->writable()) return Errno::kBadF;
    if (s.a[1] & ~kKeepSize) return Errno::kNotSup;
    const uint64_t end = s.pair(2) + s.pair(4);
    if (s.a[1] == 0 && end > TRY(file->status()).size) TRY(resize(*file, end));
    return 0U;
}

Result<uint32_t> on_a_file(Args s) {
    TRY(file_of(s.a[0]));
    return 0U;
}
Result<uint32_t> nothing(Args) { return 0U; }
Result<uint32_t> no_extended_attributes(Args) { return Errno::kNotSup; }

// --- file systems: there is one, in memory

/// struct statfs64 on ARM EABI: packed, 84 bytes.
struct [[gnu::packed]] FileSystem {
    uint32_t type, block_size;
    uint64_t blocks, free, available, files, free_files;
    uint32_t id[2], name_size, fragment, flags, spare[4];
};
static_assert(sizeof(FileSystem) == 84);

Result<uint32_t> put_file_system(UserAddr to, uint32_t size) {
    if (size != sizeof(FileSystem) && size != sizeof(FileSystem) + 4)
        return Errno::kInval;  // Linux takes both
    const MemoryUse use = memory_use();
    FileSystem out{};
    out.type = 0x0102'1994;  // TMPFS_MAGIC
    out.block_size = out.fragment = kPageSize;
    out.blocks = use.total_pages;
    out.free = out.available = use.free_pages;
    out.name_size = 63;
    TRY(put_user(to, out));
    return 0U;
}
Result<uint32_t> sys_statfs64(Args s) {
    TRY(inode_at(kAtCwd, s.user(0), 0));
    return put_file_system(s.user(2), s.a[1]);
}
Result<uint32_t> sys_fstatfs64(Args s) {
    TRY(file_of(s.a[0]));
    return put_file_system(s.user(2), s.a[1]);
}

// --- files without a name

Result<uint32_t> sys_memfd_create(Args s) {
    constexpr uint32_t kClose = 1, kSealing = 2;  // MFD_*; seals are not kept: fcntl refuses to add any
    if (s.a[1] & ~(kClose | kSealing)) return Errno::kInval;
    TRY(get_path(s.user(0)));
    Ref<Inode> inode = TRY(make_memory_file());
    Ref<File> file = TRY(inode->open(kReadWrite));
    file->flags = kReadWrite;
    file->inode = inode;
    return install_fd(std::move(file), s.a[1] & kClose);
}

// --- from file to file

/// Some memory of the process, for bytes on their way between two files.
class Transit {
public:
    static constexpr uint32_t kSize = 16 * kPageSize;
    static Result<Transit> create() {
        Vma* vma = TRY(current_process().space->add({}, kSize, false));
        vma->access = {.user = true, .write = true};
        return Transit{vma->start};
    }
    Transit(Transit&& o) : start_{std::exchange(o.start_, VirtAddr{})} {}
    ~Transit() {
        if (start_.value) (void)current_process().space->remove(start_, kSize);
    }
    UserAddr at() const { return UserAddr{start_.value}; }

private:
    explicit Transit(VirtAddr start) : start_{start} {}
    VirtAddr start_;
};

Result<uint32_t> move_bytes(File& from, File& to, uint32_t count) {
    const Transit transit = TRY(Transit::create());
    uint32_t done = 0;
    while (done < count) {
        const uint32_t n = count - done < Transit::kSize ? count - done : Transit::kSize;
        auto got = from.read(transit.at(), n);
        if (!got || got.value() == 0) {
            if (!got && done == 0) return got.error();
            break;
        }
        auto put = to.write(transit.at(), got.value());
        if (!put && done == 0) return put.error();
        if (!put) break;
        done += put.value();
        if (put.value() < got.value() || got.value() < n) break;
    }
    return done;
}

/// Reads at *offset instead of the file's own position when there is one, and tells where it ended.
template <class Offset>
Result<uint32_t> move_from(File& from, UserAddr offset, File& to, uint32_t count) {
    if (!from.readable() || !to.writable()) return Errno::kBadF;
    if (!offset.value) return move_bytes(from, to, count);
    const uint64_t old = from.position;
    from.position = static_cast<uint64_t>(TRY(get_user<Offset>(offset)));
    auto moved = move_bytes(from, to, count);
    const auto end = static_cast<Offset>(from.position);
    from.position = old;
    TRY(put_user(offset, end));
    return moved;
}

template <class Offset>
Result<uint32_t> sendfile(Args s) {
    auto to = TRY(file_of(s.a[0])), from = TRY(file_of(s.a[1]));
    return move_from<Offset>(*from, s.user(2), *to, s.a[3]);
}

Result<uint32_t> sys_copy_file_range(Args s) {
    auto from = TRY(file_of(s.a[0])), to = TRY(file_of(s.a[2]));
    if (s.a[3] || s.a[5]) return Errno::kInval;  // a position to write at: not offered
    return move_from<int64_t>(*from, s.user(1), *to, s.a[4]);
}

Result<uint32_t> sys_close_range(Args s) {
    constexpr uint32_t kCloexec = 4;
    if (s.a[0] > s.a[1] || (s.a[2] & ~kCloexec)) return Errno::kInval;
    FdTable& files = *current_process().files;
    for (uint32_t fd = s.a[0]; fd <= s.a[1] && fd < FdTable::kMost; ++fd) {
        if (s.a[2] & kCloexec) {
            files.set_close_on_exec(fd, true);
        } else {
            (void)files.close(fd);
        }
    }
    return 0U;
}

constexpr Syscall kRows[] = {
    {15, "chmod", sys_chmod},
    {36, "sync", nothing},
    {92, "truncate", sys_truncate},
    {94, "fchmod", sys_fchmod},
    {118, "fsync", on_a_file},
    {148, "fdatasync", on_a_file},
    {150, "mlock", nothing},
    {151, "munlock", nothing},
    {152, "mlockall", nothing},
    {153, "munlockall", nothing},
    {187, "sendfile", sendfile<int32_t>},
    {193, "truncate64", sys_truncate64},
    {198, "lchown32", sys_lchown32},
    {207, "fchown32", sys_fchown32},
    {212, "chown32", sys_chown32},
    {226, "setxattr", no_extended_attributes},
    {227, "lsetxattr", no_extended_attributes},
    {228, "fsetxattr", no_extended_attributes},
    {229, "getxattr", no_extended_attributes},
    {230, "lgetxattr", no_extended_attributes},
    {231, "fgetxattr", no_extended_attributes},
    {232, "listxattr", no_extended_attributes},
    {233, "llistxattr", no_extended_attributes},
    {234, "flistxattr", no_extended_attributes},
    {239, "sendfile64", sendfile<int64_t>},
    {266, "statfs64", sys_statfs64},
    {267, "fstatfs64", sys_fstatfs64},
    {270, "arm_fadvise64_64", on_a_file},
    {325, "fchownat", sys_fchownat},
    {333, "fchmodat", sys_fchmodat},
    {348, "utimensat", utimensat<int32_t>},
    {352, "fallocate", sys_fallocate},
    {385, "memfd_create", sys_memfd_create},
    {391, "copy_file_range", sys_copy_file_range},
    {412, "utimensat_time64", utimensat<int64_t>},
    {436, "close_range", sys_close_range},
};

}  // namespace

std::span<const Syscall> attribute_syscalls() { return kRows; }

}  // namespace kernel
