// A process's memory where a device finds it: pinned, in one piece of device addresses.
#pragma once

#include "dma/dma_device.hpp"
#include "dma/scatter_list.hpp"
#include "mm/user_pages.hpp"

namespace kernel {

/// Mapped while it lives. Neither making nor ending it touches caches: give() before the device works on the
/// bytes, take() when it has done. Cached memory needs both, other memory take() alone: after a device that
/// sees the caches, whose bytes leave level 2.
class UserMapping : public RefCounted {
public:
    /// `direction` is what the device does. Errors: kFault not in one piece for the device; kInval, kNoMem,
    /// kNoSpc.
    static Result<Ref<UserMapping>> create(const DmaDevice& device, Unique<UserPages> pages,
                                           DmaDirection direction);
    UserMapping(const DmaDevice& device, Unique<UserPages> pages, DmaDirection direction)
        : device_{device}, pages_{std::move(pages)}, direction_{direction} {}
    ~UserMapping() override;

    /// Errors: none for what create() made.
    Result<> give();
    /// Any context.
    Result<> take();
    bool cached() const { return pages_->type() == MemoryType::cached; }

    Iova iova() const { return list_.entries().front().device; }
    uint32_t bytes() const { return pages_->bytes(); }

private:
    DmaDevice device_;
    Unique<UserPages> pages_;
    DmaDirection direction_;
    SgTable list_;
};

}  // namespace kernel
