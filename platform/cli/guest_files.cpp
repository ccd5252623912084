#include "platform/cli/guest_files.hpp"

#include <fmt/format.h>

#include "platform/board/cpio.hpp"
#include "platform/cli/places.hpp"
#include "platform/config/diagnostics.hpp"

namespace exysim::cli {

namespace {
constexpr const char* kBootArguments = "console=ttySAC0,115200n8";
}

GuestFile parse_guest_file(const std::string& option) {
    const size_t colon = option.rfind(':');
    GuestFile file{option.substr(0, colon), colon == std::string::npos ? option : option.substr(colon + 1)};
    if (colon != std::string::npos && !file.guest.starts_with('/')) {
        throw config::ConfigError{
            fmt::format("--file {}: '{}' is not an absolute path in the guest", option, file.guest)};
    }
    return file;
}

board::Boot builtin_boot(const std::string& guest_dir, PhysRange ram, const std::vector<GuestFile>& files) {
    board::Boot boot;
    boot.image = board::load_image(guest_file(guest_dir, "kernel.elf"), ram);
    board::CpioArchive archive;
    archive.add_file("/init", board::read_bytes(guest_file(guest_dir, "init")), true);
    for (const GuestFile& file : files)
        archive.add_file(file.guest, board::read_bytes(file.host), file.executable);
    boot.initrd = archive.finish();
    boot.arguments = kBootArguments;
    return boot;
}

}  // namespace exysim::cli
