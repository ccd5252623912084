#include "dmabuf/fence.hpp"

#include "core/time.hpp"

namespace kernel {

WaitQueue& Fence::any_signalled() {
    static WaitQueue queue;
    return queue;
}

void Fence::signal(int error) {
    IrqLock lock;
    const IrqGuard guard{lock};
    if (signalled_) return;
    error_ = error;
    timestamp_ns_ = now_ns();
    signalled_ = true;
    any_signalled().wake_all();
}

void FenceList::drop_signalled() {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count_; ++i) {
        if (fences_[i]->signalled()) continue;
        if (kept != i) fences_[kept] = std::move(fences_[i]);
        ++kept;
    }
    for (uint32_t i = kept; i < count_; ++i) fences_[i] = {};
    count_ = kept;
}

Result<> FenceList::add(const Ref<Fence>& fence) {
    for (uint32_t i = 0; i < count_; ++i) {
        if (fences_[i].get() == fence.get()) return Ok{};
    }
    if (count_ == kMost) drop_signalled();
    if (count_ == kMost) return Errno::kNoSpc;
    fences_[count_++] = fence;
    return Ok{};
}

Result<> FenceList::add_all(const FenceList& others) {
    for (uint32_t i = 0; i < others.count_; ++i) TRY(add(others.fences_[i]));
    return Ok{};
}

bool FenceList::all_signalled() const {
    for (uint32_t i = 0; i < count_; ++i) {
        if (!fences_[i]->signalled()) return false;
    }
    return true;
}

int FenceList::status() const {
    int status = 1;
    for (uint32_t i = 0; i < count_; ++i) {
        const int one = fences_[i]->status();
        if (one < 0) return one;
        if (one == 0) status = 0;
    }
    return status;
}

Result<> FenceSet::add(const Ref<Fence>& fence, FenceUse use) {
    const MutexGuard guard{lock_};
    return (use == FenceUse::write ? writers_ : readers_).add(fence);
}

Result<FenceList> FenceSet::to_wait_for(FenceUse use) const {
    const MutexGuard guard{lock_};
    FenceList list;
    TRY(list.add_all(writers_));
    if (use == FenceUse::write) TRY(list.add_all(readers_));
    return list;
}

}  // namespace kernel
