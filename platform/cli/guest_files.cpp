#include "platform/cli/guest_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "platform/board/cpio.hpp"
#include "platform/cli/places.hpp"
#include "platform/config/diagnostics.hpp"

namespace exysim::cli {

namespace {
constexpr const char* kBootArguments = "console=ttySAC0,115200n8";
namespace fs = std::filesystem;

/// One entry of the root folder; devices, pipes and sockets are left out.
void add_root_entry(board::CpioArchive& archive, const fs::directory_entry& entry, const std::string& guest) {
    if (entry.is_symlink()) {
        archive.add_link(guest, fs::read_symlink(entry.path()).string());
    } else if (entry.is_directory()) {
        archive.add_folder(guest);
    } else if (entry.is_regular_file()) {
        const bool executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
        archive.add_file(guest, board::read_bytes(entry.path().string()), executable);
    }
}

/// In the order of names, so that equal folders give equal archives.
void add_root(board::CpioArchive& archive, const std::string& root) {
    std::vector<fs::directory_entry> entries;
    try {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator{root})
            entries.push_back(entry);
        std::sort(entries.begin(), entries.end());
        for (const fs::directory_entry& entry : entries)
            add_root_entry(archive, entry, (fs::path{"/"} / entry.path().lexically_relative(root)).string());
    } catch (const fs::filesystem_error& error) {
        throw config::ConfigError{fmt::format("--root {}: {}", root, error.code().message())};
    }
}
}  // namespace

GuestFile parse_guest_file(const std::string& option) {
    const size_t colon = option.rfind(':');
    GuestFile file{option.substr(0, colon), colon == std::string::npos ? option : option.substr(colon + 1)};
    if (colon != std::string::npos && !file.guest.starts_with('/')) {
        throw config::ConfigError{
            fmt::format("--file {}: '{}' is not an absolute path in the guest", option, file.guest)};
    }
    return file;
}

board::ExecCommand guest_command(const std::string& path, const std::vector<std::string>& arguments,
                                 const std::vector<std::string>& environment) {
    board::ExecCommand command{
        path, {fs::path{path}.filename().string()}, {"PATH=/usr/bin:/bin:/usr/sbin:/sbin"}};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.env.insert(command.env.end(), environment.begin(), environment.end());
    return command;
}

std::string guest_place(const std::string& program) {
    return "/bin/" + fs::path{program}.filename().string();
}

board::Boot builtin_boot(const std::string& guest_dir, PhysRange ram, const std::vector<GuestFile>& files,
                         const std::string& root) {
    board::Boot boot;
    boot.image = board::load_image(guest_file(guest_dir, "kernel.elf"), ram);
    board::CpioArchive archive;
    archive.add_file("/init", board::read_bytes(guest_file(guest_dir, "init")), true);
    for (const GuestFile& file : files)
        archive.add_file(file.guest, board::read_bytes(file.host), file.executable);
    if (!root.empty()) add_root(archive, root);
    boot.initrd = archive.finish();
    boot.arguments = kBootArguments;
    return boot;
}

}  // namespace exysim::cli
