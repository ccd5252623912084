// System calls on advisory locks: fcntl's commands and flock.
#include "core/file_lock.hpp"
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

constexpr int16_t kReadLock = 0, kWriteLock = 1, kUnlock = 2;  // F_RDLCK, F_WRLCK, F_UNLCK

/// struct flock and struct flock64 of asm-generic/fcntl.h.
struct UserLock32 {
    int16_t type, whence;
    int32_t start, length, pid;
};
struct UserLock64 {
    int16_t type, whence;
    int64_t start, length;
    int32_t pid;
};
static_assert(sizeof(UserLock64) == 32);

/// The bytes that whence, start and length mean: 0 is up to the end of everything, negative is backwards.
Result<LockRange> range_of(File& file, const UserLock64& l) {
    int64_t base = 0;
    if (l.whence == 1) base = static_cast<int64_t>(file.position);
    if (l.whence == 2) base = static_cast<int64_t>(TRY(file.status()).size);
    if (l.whence < 0 || l.whence > 2) return Errno::kInval;
    const int64_t start = base + l.start + (l.length < 0 ? l.length : 0);
    const int64_t length = l.length < 0 ? -l.length : l.length;
    if (start < 0 || length < 0) return Errno::kInval;
    const auto from = static_cast<uint64_t>(start);
    return LockRange{from, length == 0 ? ~uint64_t{0} : from + static_cast<uint64_t>(length)};
}

Result<LockKind> kind_of(const File& file, int16_t type) {
    switch (type) {
        case kReadLock:
            if (!file.readable()) return Errno::kBadF;
            return LockKind::shared;
        case kWriteLock:
            if (!file.writable()) return Errno::kBadF;
            return LockKind::exclusive;
        case kUnlock:
            return LockKind::none;
        default:
            return Errno::kInval;
    }
}

/// What F_GETLK leaves in the caller's structure.
void tell(UserLock64& l, const FoundLock& found) {
    if (found.kind == LockKind::none) {
        l.type = kUnlock;
        return;
    }
    const bool to_the_end = found.range.end == ~uint64_t{0};
    l.type = found.kind == LockKind::exclusive ? kWriteLock : kReadLock;
    l.whence = 0;
    l.start = static_cast<int64_t>(found.range.start);
    l.length = to_the_end ? 0 : static_cast<int64_t>(found.range.end - found.range.start);
    l.pid = static_cast<int32_t>(found.pid);
}

enum class LockCommand : uint8_t { get, set, set_wait };

Result<> run(File& file, LockCommand command, bool of_file, UserLock64& l) {
    if (!file.inode) return Errno::kInval;
    const LockRange range = TRY(range_of(file, l));
    Process& me = current_process();
    const LockOwner owner = of_file ? LockOwner{&file, LockOwner::kOpenFile} : LockOwner{&me, me.pid};
    if (command != LockCommand::get)
        return set_lock(*file.inode, owner, range, TRY(kind_of(file, l.type)),
                        command == LockCommand::set_wait);
    if (l.type != kReadLock && l.type != kWriteLock) return Errno::kInval;
    const LockKind asked = l.type == kWriteLock ? LockKind::exclusive : LockKind::shared;
    tell(l, conflicting_lock(*file.inode, owner, range, asked));
    return Ok{};
}

template <class UserLock>
Result<uint32_t> run_for_user(File& file, LockCommand command, bool of_file, UserAddr at) {
    auto user = TRY(get_user<UserLock>(at));
    UserLock64 l{user.type, user.whence, user.start, user.length, user.pid};
    TRY(run(file, command, of_file, l));
    if (command != LockCommand::get) return 0U;
    using Offset = decltype(user.start);
    user = {l.type, l.whence, static_cast<Offset>(l.start), static_cast<Offset>(l.length), l.pid};
    TRY(put_user(at, user));
    return 0U;
}

Result<uint32_t> sys_flock(Args s) {
    constexpr uint32_t kShared = 1, kExclusive = 2, kNoWait = 4, kDrop = 8;  // LOCK_*
    auto file = TRY(file_of(s.a[0]));
    if (!file->inode) return Errno::kInval;
    const uint32_t operation = s.a[1] & ~kNoWait;
    if (operation != kShared && operation != kExclusive && operation != kDrop) return Errno::kInval;
    const LockKind kind = operation == kShared      ? LockKind::shared
                          : operation == kExclusive ? LockKind::exclusive
                                                    : LockKind::none;
    const LockOwner owner{file.get(), LockOwner::kOpenFile, LockOwner::Family::whole_file};
    TRY(set_lock(*file->inode, owner, {}, kind, !(s.a[1] & kNoWait)));
    return 0U;
}

constexpr Syscall kRows[] = {{143, "flock", sys_flock}};

}  // namespace

Result<uint32_t> lock_command(File& file, uint32_t command, UserAddr at) {
    constexpr uint32_t kGet = 5, kGet64 = 12,
                       kGetOfFile = 36;  // F_GETLK, F_GETLK64, F_OFD_GETLK; F_SETLK(W) follow
    const auto nth = [](uint32_t n) { return static_cast<LockCommand>(n); };
    if (command >= kGet && command < kGet + 3)
        return run_for_user<UserLock32>(file, nth(command - kGet), false, at);
    if (command >= kGet64 && command < kGet64 + 3)
        return run_for_user<UserLock64>(file, nth(command - kGet64), false, at);
    if (command >= kGetOfFile && command < kGetOfFile + 3)
        return run_for_user<UserLock64>(file, nth(command - kGetOfFile), true, at);
    return Errno::kInval;
}

std::span<const Syscall> lock_syscalls() { return kRows; }

}  // namespace kernel
