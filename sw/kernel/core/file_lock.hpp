// Advisory locks on files: record locks of processes (fcntl F_SETLK) and of open files (F_OFD_SETLK, flock).
#pragma once

#include <cstdint>

#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

struct File;
struct Inode;

/// Bytes [start, end); locks of one owner never conflict with each other, and a new one replaces them.
struct LockRange {
    uint64_t start = 0, end = ~uint64_t{0};
    bool overlaps(const LockRange& o) const { return start < o.end && o.start < end; }
};

enum class LockKind : uint8_t { shared, exclusive, none };

/// Who holds a lock: a process or an open file, compared by address and never followed. The two families of
/// calls do not see each other's locks (flock(2)).
struct LockOwner {
    const void* holder;
    uint32_t pid;  ///< what F_GETLK tells; -1 for open files
    enum class Family : uint8_t { record, whole_file } family = Family::record;
    bool by_process() const { return pid != kOpenFile; }
    static constexpr uint32_t kOpenFile = ~0U;
};

/// A lock that stands in the way of `kind`, for F_GETLK.
struct FoundLock {
    LockRange range;
    LockKind kind = LockKind::none;  ///< none: nothing does
    uint32_t pid = 0;
};
FoundLock conflicting_lock(const Inode& file, const LockOwner& owner, const LockRange& range, LockKind kind);

/// Takes, changes or (LockKind::none) gives up a range. Errors: kAgain another owner has it and `wait` is
/// false, kIntr, kNoMem; kDeadLk when processes would wait for each other's record locks in a circle (not
/// looked for among open files, as fcntl(2) says).
Result<> set_lock(const Inode& file, const LockOwner& owner, const LockRange& range, LockKind kind,
                  bool wait);

/// fcntl's commands on locks. Errors: kInval for other commands too.
Result<uint32_t> lock_command(File& file, uint32_t command, UserAddr at);

/// Gives up what `holder` has on `file`, or on all files when it is null: a descriptor was closed, or the
/// holder is gone.
void drop_locks(const Inode* file, const void* holder);

}  // namespace kernel
