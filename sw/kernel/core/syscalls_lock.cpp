// fcntl()'s record locks and flock(). An FdTable owns the former, as in Linux: threads share them, and
// closing any descriptor of the file gives them up.
#include "core/file_lock.hpp"
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

constexpr int16_t kReadLock = 0, kWriteLock = 1, kUnlock = 2;  // F_RDLCK, F_WRLCK, F_UNLCK

/// struct flock, and struct flock64 as ARM EABI lays it out.
template <class Offset>
struct UserLock {
    int16_t type, whence;
    Offset start, size;
    int32_t pid;
};
static_assert(sizeof(UserLock<int32_t>) == 16 && sizeof(UserLock<int64_t>) == 32);

/// What `start` and `size` mean in the file. A size of zero reaches to any end, a negative one lies before
/// `start`.
Result<LockRange> range_of(File& file, int16_t whence, int64_t start, int64_t size) {
    if (whence == 1) start += static_cast<int64_t>(file.position);
    if (whence == 2) start += static_cast<int64_t>(TRY(file.status()).size);
    if (whence < 0 || whence > 2) return Errno::kInval;
    if (size < 0) {
        start += size;
        size = -size;
    }
    if (start < 0) return Errno::kInval;
    const auto first = static_cast<uint64_t>(start);
    return LockRange{first, size == 0 ? ~uint64_t{0} : first + static_cast<uint64_t>(size) - 1};
}

template <class Offset>
Result<uint32_t> tell_conflict(const Inode& inode, const FileLock& wanted, UserLock<Offset> asked,
                               UserAddr to) {
    auto found = conflicting_lock(inode, wanted);
    asked.type = kUnlock;
    if (found) {
        const FileLock lock = found.take();
        const bool to_end = lock.range.last == ~uint64_t{0};
        asked.type = lock.kind == LockKind::exclusive ? kWriteLock : kReadLock;
        asked.whence = 0;
        asked.start = static_cast<Offset>(lock.range.first);
        asked.size = static_cast<Offset>(to_end ? 0 : lock.range.last - lock.range.first + 1);
        asked.pid = static_cast<int32_t>(lock.pid);
    }
    TRY(put_user(to, asked));
    return 0U;
}

using Args = const SyscallArguments&;

enum class Request : uint8_t { tell, set, set_and_wait };

template <class Offset>
Result<uint32_t> record_lock(File& file, Request request, UserAddr at) {
    if (!file.inode) return Errno::kBadF;
    const auto asked = TRY(get_user<UserLock<Offset>>(at));
    if (asked.type < kReadLock || asked.type > kUnlock) return Errno::kInval;
    const void* owner = current_process().files.get();
    const LockKind kind = asked.type == kWriteLock ? LockKind::exclusive : LockKind::shared;
    const LockRange range = TRY(range_of(file, asked.whence, asked.start, asked.size));
    const FileLock wanted{owner, current_process().pid, kind, range};
    if (request == Request::tell) return tell_conflict(*file.inode, wanted, asked, at);
    if (asked.type == kUnlock) {
        TRY(unlock_range(*file.inode, owner, range));
        return 0U;
    }
    if (asked.type == kReadLock ? !file.readable() : !file.writable()) return Errno::kBadF;
    TRY(lock_range(file.inode, wanted, request == Request::set_and_wait));
    return 0U;
}

Result<uint32_t> sys_flock(Args s) {
    constexpr uint32_t kShared = 1, kExclusive = 2, kNonBlock = 4, kRelease = 8;  // LOCK_SH and so on
    auto file = TRY(file_of(s.a[0]));
    if (!file->inode) return Errno::kInval;
    const uint32_t operation = s.a[1] & ~kNonBlock;
    if (operation == kRelease) {
        release_locks(*file->inode, file.get());
        return 0U;
    }
    if (operation != kShared && operation != kExclusive) return Errno::kInval;
    const LockKind kind = operation == kExclusive ? LockKind::exclusive : LockKind::shared;
    TRY(lock_range(file->inode, {file.get(), current_process().pid, kind, {}}, !(s.a[1] & kNonBlock)));
    return 0U;
}

constexpr Syscall kRows[] = {{143, "flock", sys_flock}};

}  // namespace

Result<uint32_t> fcntl_lock(File& file, uint32_t command, UserAddr at) {
    constexpr uint32_t kFirst = 5, kFirst64 = 12;  // F_GETLK, F_GETLK64; F_SETLK and F_SETLKW follow each
    if (command >= kFirst && command < kFirst + 3)
        return record_lock<int32_t>(file, static_cast<Request>(command - kFirst), at);
    if (command >= kFirst64 && command < kFirst64 + 3)
        return record_lock<int64_t>(file, static_cast<Request>(command - kFirst64), at);
    return Errno::kInval;
}

std::span<const Syscall> lock_syscalls() { return kRows; }

}  // namespace kernel
