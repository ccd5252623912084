#include "core/file_lock.hpp"

#include "core/list.hpp"
#include "core/wait.hpp"

namespace kernel {

namespace {

struct HeldLock {
    ListNode node;
    Ref<Inode> inode;
    FileLock lock;
};

List<HeldLock, &HeldLock::node>& held() {
    static List<HeldLock, &HeldLock::node> locks;
    return locks;
}
WaitQueue& released() {
    static WaitQueue queue;
    return queue;
}

bool overlap(LockRange a, LockRange b) { return a.first <= b.last && b.first <= a.last; }

HeldLock* conflict(const Inode& inode, const FileLock& wanted) {
    for (HeldLock& h : held()) {
        const bool both_read = h.lock.kind == LockKind::shared && wanted.kind == LockKind::shared;
        if (h.inode.get() == &inode && h.lock.owner != wanted.owner && !both_read &&
            overlap(h.lock.range, wanted.range))
            return &h;
    }
    return nullptr;
}

HeldLock* own_overlapping(const Inode& inode, const void* owner, LockRange range) {
    for (HeldLock& h : held()) {
        if (h.inode.get() == &inode && h.lock.owner == owner && overlap(h.lock.range, range)) return &h;
    }
    return nullptr;
}

/// Takes `range` out of the lock, which may leave a piece before it, one behind it (in `spare`), or nothing.
void cut(HeldLock& h, LockRange range, Unique<HeldLock>& spare) {
    LockRange& r = h.lock.range;
    const bool before = r.first<range.first, behind = r.last> range.last;
    if (before && behind) {
        spare->inode = h.inode;
        spare->lock = h.lock;
        spare->lock.range.first = range.last + 1;
        held().push_back(*spare.release());
        r.last = range.first - 1;
    } else if (before) {
        r.last = range.first - 1;
    } else if (behind) {
        r.first = range.last + 1;
    } else {
        h.node.unlink();
        delete &h;
    }
}

}  // namespace

Result<FileLock> conflicting_lock(const Inode& inode, const FileLock& wanted) {
    if (const HeldLock* h = conflict(inode, wanted)) return h->lock;
    return Errno::kNoEnt;
}

Result<> unlock_range(const Inode& inode, const void* owner, LockRange range) {
    Unique<HeldLock> spare = TRY(make<HeldLock>());  // only one of the locks can be cut in two
    while (HeldLock* h = own_overlapping(inode, owner, range)) cut(*h, range, spare);
    released().wake_all();
    return Ok{};
}

Result<> lock_range(const Ref<Inode>& inode, const FileLock& wanted, bool wait) {
    Unique<HeldLock> mine = TRY(make<HeldLock>());
    mine->inode = inode;
    mine->lock = wanted;
    const auto free = [&] { return conflict(*inode, wanted) == nullptr; };
    if (!free() && !wait) return Errno::kAgain;
    TRY(wait_event(released(), free));
    TRY(unlock_range(*inode, wanted.owner, wanted.range));
    held().push_back(*mine.release());
    return Ok{};
}

void release_locks(const Inode& inode, const void* owner) {
    bool any = false;
    while (HeldLock* h = own_overlapping(inode, owner, {})) {
        h->node.unlink();
        delete h;
        any = true;
    }
    if (any) released().wake_all();
}

}  // namespace kernel
