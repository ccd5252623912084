#include "media/character_device.hpp"

#include "core/log.hpp"
#include "core/rollback.hpp"
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

void link_name(char (&to)[16], DeviceNumber number) {
    format_text(to, sizeof to, "%u:%u", number.major, number.minor);
}

/// /sys/devices/virtual/NAME, and the link to it by which programs find a name for a number.
Result<Ref<Inode>> sysfs_folder(DeviceNumber number, const char* name) {
    const Ref<Inode> folder = TRY(folder_in(TRY(folder_at("devices", "virtual")), name));
    char link[16], target[64];
    link_name(link, number);
    format_text(target, sizeof target, "../../devices/virtual/%s", name);
    TRY(TRY(folder_at("dev", "char"))->link(Text{link}, TRY(make_symbolic_link(Text{target}))));
    return folder;
}

Result<> add_event_file(const Ref<Inode>& folder, DeviceNumber number, const char* name) {
    char text[64];
    const int used =
        format_text(text, sizeof text, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\n", number.major, number.minor, name);
    return folder->link("uevent", TRY(make_text_file({text, static_cast<size_t>(used)})));
}

Result<> make_all(DeviceNumber number, const char* name, Opener open, void* context, bool in_media_device) {
    TRY(device_directory()->link(name,
                                 TRY(make_device_node(open, context, number.major << 8 | number.minor))));
    const Ref<Inode> folder = TRY(sysfs_folder(number, name));
    TRY(add_event_file(folder, number, name));
    if (!in_media_device) return Ok{};
    const Ref<Inode> device = TRY(folder_in(folder, "device"));
    TRY(folder_in(device, "media0"));
    return Ok{};
}

void remove_from(Result<Ref<Inode>> folder, Text name) {
    if (folder) (void)folder.value()->detach(name);
}

}  // namespace

Result<> make_sysfs_folders() {
    Rollback all{[] {
        remove_from(root_directory()->lookup("sys"), "devices");
        remove_from(root_directory()->lookup("sys"), "dev");
    }};
    TRY(folder_at("devices", "virtual"));
    TRY(folder_at("dev", "char"));
    all.cancel();
    return Ok{};
}

Result<> add_character_device(DeviceNumber number, const char* name, Opener open, void* context,
                              bool in_media_device) {
    auto made = make_all(number, name, open, context, in_media_device);
    if (!made) remove_character_device(number, name);
    return made;
}

void remove_character_device(DeviceNumber number, const char* name) {
    char link[16];
    link_name(link, number);
    remove_from(device_directory(), name);
    remove_from(folder_at("dev", "char"), link);
    remove_from(folder_at("devices", "virtual"), name);
}

}  // namespace kernel
