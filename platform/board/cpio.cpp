#include "platform/board/cpio.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exysim::board {

namespace {
constexpr uint32_t kFolder = 0040755;
constexpr uint32_t kFile = 0100644;
constexpr uint32_t kProgram = 0100755;
constexpr uint32_t kLink = 0120777;
constexpr std::string_view kTrailer = "TRAILER!!!";

std::string_view without_leading_slashes(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    return path;
}
}  // namespace

void CpioArchive::add_file(std::string_view path, std::span<const uint8_t> contents, bool executable) {
    path = without_leading_slashes(path);
    add_folders(path);
    add_entry(path, executable ? kProgram : kFile, contents);
}

void CpioArchive::add_link(std::string_view path, std::string_view target) {
    path = without_leading_slashes(path);
    add_folders(path);
    add_entry(path, kLink, {reinterpret_cast<const uint8_t*>(target.data()), target.size()});
}

void CpioArchive::add_folder(std::string_view path) {
    add_folders(std::string{without_leading_slashes(path)} + "/");
}

std::vector<uint8_t> CpioArchive::finish() {
    add_entry(kTrailer, 0, {});
    return std::move(bytes_);
}

void CpioArchive::add_folders(std::string_view path) {
    for (size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        const std::string folder{path.substr(0, slash)};
        if (std::find(folders_.begin(), folders_.end(), folder) != folders_.end()) continue;
        add_entry(folder, kFolder, {});
        folders_.push_back(folder);
    }
}

/// Header of 13 eight-digit hexadecimal numbers, name with its NUL, contents; each part padded to 4 bytes.
void CpioArchive::add_entry(std::string_view name, uint32_t mode, std::span<const uint8_t> contents) {
    const auto pad = [this] { bytes_.resize((bytes_.size() + 3) & ~size_t{3}); };
    const uint32_t inode = name == kTrailer ? 0 : next_inode_++;
    const uint32_t links = mode == kFolder ? 2 : 1;
    const uint32_t fields[] = {inode,
                               mode,
                               0,
                               0,
                               links,
                               0,
                               static_cast<uint32_t>(contents.size()),
                               0,
                               0,
                               0,
                               0,
                               static_cast<uint32_t>(name.size() + 1),
                               0};
    std::string header = "070701";
    for (const uint32_t field : fields) header += fmt::format("{:08x}", field);
    bytes_.insert(bytes_.end(), header.begin(), header.end());
    bytes_.insert(bytes_.end(), name.begin(), name.end());
    bytes_.push_back(0);
    pad();
    bytes_.insert(bytes_.end(), contents.begin(), contents.end());
    pad();
}

}  // namespace exysim::board
