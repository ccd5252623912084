// An initial file system in the "newc" format that Linux unpacks.
// Source: Linux's documentation of the initramfs buffer format (early-userspace/buffer-format).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exysim::board {

/// Builds the archive in memory. Times, owners and device numbers are zero, so equal contents give equal
/// bytes.
class CpioArchive {
public:
    /// A regular file; folders on the way are made. `path` is absolute ("/bin/runner").
    void add_file(std::string_view path, std::span<const uint8_t> contents, bool executable);
    /// A symbolic link.
    void add_link(std::string_view path, std::string_view target);
    /// An empty folder.
    void add_folder(std::string_view path);
    /// The archive with its trailer.
    std::vector<uint8_t> finish();

private:
    void add_folders(std::string_view path);
    void add_entry(std::string_view name, uint32_t mode, std::span<const uint8_t> contents);

    std::vector<uint8_t> bytes_;
    std::vector<std::string> folders_;
    uint32_t next_inode_ = 1;
};

}  // namespace exysim::board
