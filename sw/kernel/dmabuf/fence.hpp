// Fences: "this work is done", to be waited for explicitly. A fence is signalled once; sets of them say who
// still reads or writes a buffer; a sync_file makes them a descriptor.
#pragma once

#include "core/file.hpp"
#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/ref.hpp"
#include "core/wait.hpp"

namespace kernel {

class Fence : public RefCounted {
public:
    /// Names as SYNC_IOC_FILE_INFO shows them; both stay as long as the fence.
    Fence(const char* driver, const char* timeline) : driver_{driver} { copy_text(timeline_, timeline); }

    /// Once, in any context. `error` is 0 or a negative errno.
    void signal(int error = 0);
    bool signalled() const { return signalled_; }
    /// 0 active, 1 done, below 0 failed.
    int status() const { return !signalled_ ? 0 : error_ ? error_ : 1; }
    uint64_t timestamp_ns() const { return timestamp_ns_; }
    const char* driver() const { return driver_; }
    const char* timeline() const { return timeline_; }

    /// Woken whenever any fence is signalled.
    static WaitQueue& any_signalled();

private:
    const char* driver_;
    char timeline_[32];
    bool signalled_ = false;
    int error_ = 0;
    uint64_t timestamp_ns_ = 0;
};

/// Fences, each once; those that are done go when room is needed.
class FenceList {
public:
    static constexpr uint32_t kMost = 16;
    /// Errors: kNoSpc when that many are active.
    Result<> add(const Ref<Fence>& fence);
    Result<> add_all(const FenceList& others);
    bool all_signalled() const;
    uint32_t count() const { return count_; }
    Fence& at(uint32_t i) const { return *fences_[i]; }
    /// The first failure, or 1 when all are done, or 0.
    int status() const;

private:
    void drop_signalled();
    Ref<Fence> fences_[kMost];
    uint32_t count_ = 0;
};

enum class FenceUse : uint8_t { read, write };

/// The users of a buffer.
class FenceSet {
public:
    Result<> add(const Ref<Fence>& fence, FenceUse use);
    /// What somebody who wants to read (write) has to wait for: the writers (everybody). Errors: kNoSpc.
    Result<FenceList> to_wait_for(FenceUse use) const;
    bool idle_for(FenceUse use) const {
        return writers_.all_signalled() && (use == FenceUse::read || readers_.all_signalled());
    }

private:
    mutable Mutex lock_;
    FenceList readers_, writers_;
};

/// A descriptor that polls readable once all are done. Errors: kMFile, kNoMem.
Result<uint32_t> install_sync_file(const FenceList& fences, const char* name, bool close_on_exec);
/// The fences behind a descriptor of the running process. Errors: kBadF, kInval for another kind of file.
Result<FenceList> fences_of(uint32_t fd);

}  // namespace kernel
