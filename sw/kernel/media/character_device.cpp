#include "media/character_device.hpp"

#include "core/log.hpp"
#include "core/string.hpp"

namespace kernel {

namespace {

Result<Ref<Inode>> folder_in(const Ref<Inode>& parent, Text name) {
    if (auto there = parent->lookup(name)) return there;
    auto fresh = TRY(make_directory());
    TRY(parent->link(name, fresh));
    return fresh;
}

Result<Ref<Inode>> folder_at(Text first, Text second) {
    return folder_in(TRY(folder_in(TRY(folder_in(root_directory(), "sys")), first)), second);
}

/// /sys/devices/virtual/NAME, and the link to it by which programs find a name for a number.
Result<Ref<Inode>> sysfs_folder(DeviceNumber number, const char* name) {
    const Ref<Inode> folder = TRY(folder_in(TRY(folder_at("devices", "virtual")), name));
    char link[16], target[64];
    format_text(link, sizeof link, "%u:%u", number.major, number.minor);
    format_text(target, sizeof target, "../../devices/virtual/%s", name);
    TRY(TRY(folder_at("dev", "char"))->link(Text{link}, TRY(make_symbolic_link(Text{target}))));
    return folder;
}

Result<> add_event_file(const Ref<Inode>& folder, DeviceNumber number, const char* name) {
    constexpr uint32_t kBytes = 64;
    char* text = new (std::nothrow) char[kBytes];  // stays, as the node does
    if (!text) return Errno::kNoMem;
    const int used =
        format_text(text, kBytes, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\n", number.major, number.minor, name);
    return folder->link("uevent", TRY(make_fixed_file(text, static_cast<uint32_t>(used), 0444)));
}

}  // namespace

Result<> add_character_device(DeviceNumber number, const char* name, Opener open, void* context,
                              bool in_media_device) {
    TRY(device_directory()->link(name,
                                 TRY(make_device_node(open, context, number.major << 8 | number.minor))));
    const Ref<Inode> folder = TRY(sysfs_folder(number, name));
    TRY(add_event_file(folder, number, name));
    if (!in_media_device) return Ok{};
    const Ref<Inode> device = TRY(folder_in(folder, "device"));
    TRY(folder_in(device, "media0"));
    return Ok{};
}

}  // namespace kernel
