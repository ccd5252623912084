// inotify: programs that watch files and directories hear what others do with them (inotify(7)).
#pragma once

#include <cstdint>

#include "core/string.hpp"

namespace kernel {

struct Inode;

/// IN_* of linux/inotify.h.
enum Notice : uint32_t {
    kNoticeAccess = 0x1,
    kNoticeModify = 0x2,
    kNoticeAttributes = 0x4,
    kNoticeCloseWrite = 0x8,
    kNoticeCloseOther = 0x10,
    kNoticeOpen = 0x20,
    kNoticeMovedFrom = 0x40,
    kNoticeMovedTo = 0x80,
    kNoticeCreate = 0x100,
    kNoticeDelete = 0x200,
    kNoticeDeleteSelf = 0x400,
    kNoticeMoveSelf = 0x800,
};

/// Something happened to `inode`: for who watches it and, with its name, for who watches its directory. In
/// any context; costs two tests where nobody watches.
void notify(Inode& inode, Notice what);
/// A name came to or left `directory`. `child` is what it names.
void notify_entry(Inode& directory, Text name, const Inode& child, Notice what, uint32_t cookie = 0);
/// A name moved: both directories hear of it with a cookie of its own.
void notify_moved(Inode& from, Text old_name, Inode& to, Text new_name, Inode& child);
/// A name of `inode` is gone. With its last one all watches of it end.
void notify_unlinked(Inode& directory, Text name, Inode& inode);

}  // namespace kernel
