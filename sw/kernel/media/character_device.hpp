// Nodes in /dev of the media drivers, with what programs look for in /sys.
#pragma once

#include "core/vfs.hpp"

namespace kernel {

/// Of video nodes and sub-devices. Source: Linux's Documentation/admin-guide/devices.txt.
inline constexpr uint32_t kVideoMajor = 81;
/// Of media devices; Linux gives them one from the dynamic range.
inline constexpr uint32_t kMediaMajor = 250;

struct DeviceNumber {
    uint32_t major = 0, minor = 0;
};

/// Makes /dev/`name`, and /sys/dev/char/MAJOR:MINOR with `uevent`, by which programs tell what a node is, and
/// (when it belongs to the media device) `device/media0`. `context` goes to `open` and stays. All of it or
/// nothing. Errors: kNoMem.
Result<> add_character_device(DeviceNumber number, const char* name, Opener open, void* context,
                              bool in_media_device = false);
/// Takes all of it back, while nobody has the node open.
void remove_character_device(DeviceNumber number, const char* name);
/// Makes the folders of /sys in which they appear, before the first one. Errors: kNoMem.
Result<> make_sysfs_folders();

}  // namespace kernel
