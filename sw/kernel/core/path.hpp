// Path arguments of system calls.
#pragma once

#include "core/process.hpp"
#include "core/uaccess.hpp"

namespace kernel {

inline constexpr uint32_t kMostPath = 256;
inline constexpr int32_t kAtCwd = -100;                            // AT_FDCWD
inline constexpr uint32_t kEmptyPath = 0x1000, kNoFollow = 0x100;  // AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW

struct Path {
    char text[kMostPath];
};
inline Result<Path> get_path(UserAddr at) {
    Path p;
    TRY(copy_string_from_user(p.text, kMostPath, at));
    return p;
}

/// The directory that relative paths of the *at() calls start from.
inline Result<Ref<Inode>> base_of(int32_t fd) {
    if (fd == kAtCwd) return current_process().directory;
    auto file = TRY(file_of(static_cast<uint32_t>(fd)));
    if (!file->inode) return Errno::kNotDir;
    return file->inode;
}

inline LastLink last_link(uint32_t flags) { return flags & kNoFollow ? LastLink::keep : LastLink::follow; }

/// What an *at() call names: the path, or with AT_EMPTY_PATH and "" (or no path at all) the descriptor
/// itself.
inline Result<Ref<Inode>> inode_at(int32_t base, UserAddr path_at, uint32_t flags) {
    if (path_at.value == 0 || ((flags & kEmptyPath) && TRY(get_user<char>(path_at)) == 0)) {
        auto file = TRY(file_of(static_cast<uint32_t>(base)));
        if (!file->inode) return Errno::kBadF;
        return file->inode;
    }
    Path path = TRY(get_path(path_at));
    return resolve(Text{path.text}, TRY(base_of(base)), last_link(flags));
}

}  // namespace kernel
