#include "mm/user_pages.hpp"

#include "core/process.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"

namespace kernel {

Result<> UserPages::pin_one(VirtAddr page, bool write) {
    AddressSpace& space = *current_process().space;
    if (count_ == 0 || !foreign()) {
        if (auto pinned = space.pin(page, write)) {
            frames_[count_++] = page_to_pfn(pinned.value());
            return Ok{};
        }
        if (count_ != 0) return Errno::kFault;
    }
    auto frame = TRY(space.device_frame(page, write));
    if (count_ != 0 && frame.keep.get() != keep_.get()) return Errno::kFault;
    frames_[count_] = frame.pfn;
    type_ = frame.type;
    keep_ = std::move(frame.keep);
    ++count_;
    return Ok{};
}

Result<Unique<UserPages>> UserPages::pin(UserAddr start, uint32_t bytes, bool write) {
    if (bytes == 0) return Errno::kInval;
    if (start.value >= kUserTop || bytes > kUserTop - start.value) return Errno::kFault;
    auto made = TRY(make<UserPages>());
    made->offset_ = start.value % kPageSize;
    made->bytes_ = bytes;
    const uint32_t wanted = pages_for(made->offset_ + bytes);
    made->frames_ = new (std::nothrow) Pfn[wanted];
    if (!made->frames_) return Errno::kNoMem;
    const uint32_t first = align_down(start.value, kPageSize);
    for (uint32_t i = 0; i < wanted; ++i) TRY(made->pin_one(VirtAddr{first + i * kPageSize}, write));
    return made;
}

UserPages::~UserPages() {
    if (!foreign()) {
        for (const Pfn pfn : frames()) page_unpin(pfn_to_page(pfn));
    }
    delete[] frames_;
}

bool UserPages::contiguous() const {
    for (uint32_t i = 1; i < count_; ++i) {
        if (frames_[i].value != frames_[0].value + i) return false;
    }
    return true;
}

}  // namespace kernel
