// Rows of the ioctl table, by subject.
#pragma once

#include <span>

#include "core/result.hpp"
#include "core/uaccess.hpp"
#include "drm/uapi.hpp"

namespace kernel::drm {

class DrmFile;

/// Who may call it (Linux's DRM_MASTER, DRM_RENDER_ALLOW).
enum class Access : uint8_t {
    card,       ///< anybody with the card's node open
    master,     ///< only the master
    everybody,  ///< on render nodes too
};

struct IoctlRow {
    uint32_t command;
    Access access;
    Result<> (*run)(DrmFile& file, void* argument);
};

inline constexpr uint32_t kLargestArgument = 128;

template <class Argument>
Argument argument_of(Result<> (*)(DrmFile&, Argument&));

/// A row for a function that works on a copy of the argument.
template <auto function>
constexpr IoctlRow row(uint32_t command, Access access) {
    using Argument = decltype(argument_of(function));
    static_assert(sizeof(Argument) <= kLargestArgument);
    return {command, access, [](DrmFile& f, void* a) { return function(f, *static_cast<Argument*>(a)); }};
}

std::span<const IoctlRow> core_ioctls();
std::span<const IoctlRow> gem_ioctls();
std::span<const IoctlRow> framebuffer_ioctls();
std::span<const IoctlRow> resource_ioctls();
std::span<const IoctlRow> property_ioctls();
std::span<const IoctlRow> legacy_ioctls();
std::span<const IoctlRow> atomic_ioctls();
std::span<const IoctlRow> vblank_ioctls();
std::span<const IoctlRow> g2d_ioctls();

/// Linux's way to return a list: as many items as the program has room for, and how many there are.
class UserList {
public:
    UserList(uint64_t to, uint32_t room) : to_{user_pointer(to)}, room_{room} {}
    template <class T>
    Result<> add(const T& item) {
        const uint32_t at = count_++;
        if (at >= room_) return Ok{};
        return put_user(to_ + at * static_cast<uint32_t>(sizeof item), item);
    }
    uint32_t count() const { return count_; }

private:
    UserAddr to_;
    uint32_t room_;
    uint32_t count_ = 0;
};

}  // namespace kernel::drm
