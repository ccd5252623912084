// Memory of the running process, held in place for a device or for the kernel.
#pragma once

#include <span>

#include "core/ref.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

/// The frames of a range, in order. Ordinary pages are pinned: they neither move nor go while this lives.
/// Frames of a device's mapping belong to whoever mapped it and are kept through that.
class UserPages {
public:
    /// Errors: kInval no bytes or past the end of user space, kFault nothing there, no right to write, or two
    /// kinds of memory in one range; kNoMem.
    static Result<Unique<UserPages>> pin(UserAddr start, uint32_t bytes, bool write);
    UserPages() = default;
    ~UserPages();

    std::span<const Pfn> frames() const { return {frames_, count_}; }
    uint32_t offset() const { return offset_; }  ///< of the first byte in the first frame
    uint32_t bytes() const { return bytes_; }
    bool contiguous() const;
    /// A device's or an exporter's memory.
    bool foreign() const { return static_cast<bool>(keep_); }
    MemoryType type() const { return type_; }

private:
    Result<> pin_one(VirtAddr page, bool write);

    Pfn* frames_ = nullptr;
    uint32_t count_ = 0;
    uint32_t offset_ = 0;
    uint32_t bytes_ = 0;
    MemoryType type_ = MemoryType::cached;
    Ref<RefCounted> keep_;
};

}  // namespace kernel
