#include "core/file_lock.hpp"

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/ref.hpp"
#include "core/wait.hpp"

namespace kernel {

namespace {

struct Lock {
    ListNode node;
    const Inode* file;
    LockOwner owner;
    LockRange range;
    LockKind kind;
};

/// A lock that a process waits for; on its thread's stack.
struct Wish {
    ListNode node;
    const Inode& file;
    const LockOwner& owner;
    const LockRange& range;
    LockKind kind;
};

/// Threads preempt each other, and so does the end of a file whose last reference an interrupt drops.
struct Locks {
    IrqLock lock;
    List<Lock, &Lock::node> list;
    List<Wish, &Wish::node> wishes;
    WaitQueue changed;
};

Locks& locks() {
    static Locks all;
    return all;
}

bool in_the_way(const Lock& l, const Inode& file, const LockOwner& owner, const LockRange& range,
                LockKind kind) {
    return l.file == &file && l.owner.family == owner.family && l.owner.holder != owner.holder &&
           l.range.overlaps(range) && (kind == LockKind::exclusive || l.kind == LockKind::exclusive);
}

const Lock* find(const Inode& file, const LockOwner& owner, const LockRange& range, LockKind kind) {
    if (kind == LockKind::none) return nullptr;
    for (const Lock& l : locks().list) {
        if (in_the_way(l, file, owner, range, kind)) return &l;
    }
    return nullptr;
}

const Wish* wish_of(const void* holder) {
    for (const Wish& w : locks().wishes) {
        if (w.owner.holder == holder) return &w;
    }
    return nullptr;
}

/// Whether who waits for `l` would wait for itself in the end. Longer chains than Linux follows are not.
bool would_deadlock(const Lock* l, const LockOwner& owner) {
    constexpr int kLongestChain = 10;
    for (int i = 0; i < kLongestChain && l; ++i) {
        if (l->owner.holder == owner.holder) return true;
        const Wish* next = wish_of(l->owner.holder);
        l = next ? find(next->file, next->owner, next->range, next->kind) : nullptr;
    }
    return false;
}

/// Waits, once, for `in_the_way` or any other lock to change.
Result<> wait_for(const Lock* in_the_way, Wish& wish) {
    const bool by_process = wish.owner.by_process();
    if (by_process && would_deadlock(in_the_way, wish.owner)) return Errno::kDeadLk;
    if (by_process) locks().wishes.push_back(wish);
    auto waited = wait_event(locks().changed,
                             [&] { return find(wish.file, wish.owner, wish.range, wish.kind) == nullptr; });
    wish.node.unlink();
    return waited;
}

/// Takes `range` out of one lock; what lies behind it becomes `spare`, when something does. True when nothing
/// is left before it.
bool cut(Lock& l, const LockRange& range, Unique<Lock>& spare) {
    if (l.range.end > range.end && l.range.start < range.start) {
        spare->file = l.file;
        spare->owner = l.owner;
        spare->kind = l.kind;
        spare->range = {range.end, l.range.end};
        locks().list.push_back(*spare.release());
    }
    if (l.range.start < range.start) {
        l.range.end = range.start;
        return false;
    }
    l.range.start = range.end;
    return l.range.start >= l.range.end;
}

/// Takes `range` out of everything the owner has. At most one lock reaches over both its ends: one spare is
/// enough.
void clear_range(const Inode& file, const LockOwner& owner, const LockRange& range, Unique<Lock>& spare) {
    for (auto it = locks().list.begin(); it != locks().list.end();) {
        Lock& l = *it;
        ++it;
        if (l.file != &file || l.owner.holder != owner.holder || l.owner.family != owner.family) continue;
        if (!l.range.overlaps(range) || !cut(l, range, spare)) continue;
        l.node.unlink();
        delete &l;
    }
}

}  // namespace

FoundLock conflicting_lock(const Inode& file, const LockOwner& owner, const LockRange& range, LockKind kind) {
    const IrqGuard guard{locks().lock};
    const Lock* l = find(file, owner, range, kind);
    return l ? FoundLock{l->range, l->kind, l->owner.pid} : FoundLock{};
}

Result<> set_lock(const Inode& file, const LockOwner& owner, const LockRange& range, LockKind kind,
                  bool wait) {
    auto fresh = TRY(make<Lock>()), spare = TRY(make<Lock>());
    const IrqGuard guard{locks().lock};
    while (const Lock* other = find(file, owner, range, kind)) {  // somebody else may have been faster
        if (!wait) return Errno::kAgain;
        Wish wish{{}, file, owner, range, kind};
        TRY(wait_for(other, wish));
    }
    clear_range(file, owner, range, spare);
    if (kind != LockKind::none) {
        fresh->file = &file;
        fresh->owner = owner;
        fresh->range = range;
        fresh->kind = kind;
        locks().list.push_back(*fresh.release());
    }
    locks().changed.wake_all();
    return Ok{};
}

void drop_locks(const Inode* file, const void* holder) {
    const IrqGuard guard{locks().lock};
    bool any = false;
    for (auto it = locks().list.begin(); it != locks().list.end();) {
        Lock& l = *it;
        ++it;
        if (l.owner.holder != holder || (file && l.file != file)) continue;
        l.node.unlink();
        delete &l;
        any = true;
    }
    if (any) locks().changed.wake_all();
}

}  // namespace kernel
