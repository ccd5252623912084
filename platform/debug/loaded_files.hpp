// ELF files as the guest's dynamic linker has put them into memory: found there, without the linker's help.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "platform/debug/unwind_tables.hpp"

namespace exysim::debug {

struct LoadedFile {
    uint32_t base;     ///< where its first page lies
    uint32_t bytes;    ///< from there to the end of its last segment
    bool fixed;        ///< at the addresses it was linked for
    std::string name;  ///< DT_SONAME; empty for programs
};

/// The file whose first page begins at `base`; nothing if none does.
std::optional<LoadedFile> loaded_at(uint32_t base, const ReadWord& guest);
/// The file that has `address` within its segments. Pages that nobody has touched yet may be missing between.
std::optional<LoadedFile> loaded_around(uint32_t address, const ReadWord& guest);
/// All of a process, whose half of the addresses ends at `end`.
std::vector<LoadedFile> loaded_files(uint32_t end, const ReadWord& guest);

/// Whether `file` begins as what lies in memory at `base` does.
bool begins_like(uint32_t base, const ReadWord& guest, const std::filesystem::path& file);
/// The first file of that name below `root` that begins so; empty if there is none.
std::filesystem::path find_below(const std::filesystem::path& root, const LoadedFile& loaded,
                                 const ReadWord& guest);

}  // namespace exysim::debug
