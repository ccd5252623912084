// Advisory locks on ranges of files: fcntl() (owned by a process) and flock() (owned by an open file).
#pragma once

#include "core/vfs.hpp"

namespace kernel {

/// Bytes first to last, both included; kWholeFile reaches to any end.
struct LockRange {
    uint64_t first = 0, last = ~uint64_t{0};
};
enum class LockKind : uint8_t { shared, exclusive };

struct FileLock {
    const void* owner = nullptr;
    uint32_t pid = 0;  ///< for F_GETLK
    LockKind kind = LockKind::shared;
    LockRange range;
};

/// A lock of somebody else that `wanted` would have to wait for; its copy.
Result<FileLock> conflicting_lock(const Inode& inode, const FileLock& wanted);
/// Takes the range, in place of what the owner held of it. Errors: kAgain where somebody else holds it and
/// `wait` is not set, kIntr, kNoMem. A cycle of waiting owners is not found.
Result<> lock_range(const Ref<Inode>& inode, const FileLock& wanted, bool wait);
Result<> unlock_range(const Inode& inode, const void* owner, LockRange range);
/// Everything the owner holds on the file.
void release_locks(const Inode& inode, const void* owner);

/// fcntl()'s F_GETLK, F_SETLK, F_SETLKW and their 64-bit forms. Errors: kInval for any other command.
Result<uint32_t> fcntl_lock(File& file, uint32_t command, UserAddr at);

}  // namespace kernel
