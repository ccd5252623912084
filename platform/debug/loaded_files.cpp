#include "platform/debug/loaded_files.hpp"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

namespace exysim::debug {

namespace {

namespace fs = std::filesystem;

constexpr uint32_t kPage = 4096, kMagic = 0x464C'457F;  // "\x7fELF"
constexpr uint32_t kFarthest = 32U << 20;               // bytes of code in front of an address
constexpr uint32_t kMostDynamic = 256, kMostName = 256;

/// A structure of whole words.
template <class T>
std::optional<T> read(uint32_t at, const ReadWord& guest) {
    static_assert(sizeof(T) % 4 == 0);
    std::array<uint32_t, sizeof(T) / 4> words{};
    for (uint32_t& word : words) {
        const auto value = guest(at);
        if (!value) return {};
        word = *value;
        at += 4;
    }
    T made;
    std::memcpy(&made, words.data(), sizeof made);
    return made;
}

std::string text_at(uint32_t at, const ReadWord& guest) {
    std::string text;
    for (; text.size() < kMostName; ++at) {
        const auto word = guest(at & ~3U);
        const char c = word ? static_cast<char>(*word >> 8 * (at & 3)) : '\0';
        if (c == '\0') break;
        text += c;
    }
    return text;
}

/// Of the dynamic section at `at`. The dynamic linker may have added the base to the addresses in it.
std::string soname(uint32_t at, uint32_t base, const ReadWord& guest) {
    uint32_t strings = 0;
    std::optional<uint32_t> name;
    for (uint32_t i = 0; i < kMostDynamic; ++i) {
        const auto entry = read<Elf32_Dyn>(at + i * static_cast<uint32_t>(sizeof(Elf32_Dyn)), guest);
        if (!entry || entry->d_tag == DT_NULL) break;
        if (entry->d_tag == DT_STRTAB) strings = entry->d_un.d_ptr;
        if (entry->d_tag == DT_SONAME) name = entry->d_un.d_val;
    }
    return name ? text_at((strings < base ? strings + base : strings) + *name, guest) : "";
}

}  // namespace

std::optional<LoadedFile> loaded_at(uint32_t base, const ReadWord& guest) {
    const auto header = read<Elf32_Ehdr>(base, guest);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_machine != EM_ARM)
        return {};
    LoadedFile made{base, 0, header->e_type == ET_EXEC, ""};
    const uint32_t shift = made.fixed ? 0 : base;
    for (uint32_t i = 0; i < header->e_phnum; ++i) {
        const uint32_t at = base + header->e_phoff + i * static_cast<uint32_t>(sizeof(Elf32_Phdr));
        const auto segment = read<Elf32_Phdr>(at, guest);
        if (segment && segment->p_type == PT_LOAD)
            made.bytes = std::max(made.bytes, segment->p_vaddr + shift + segment->p_memsz - base);
        if (segment && segment->p_type == PT_DYNAMIC)
            made.name = soname(segment->p_vaddr + shift, shift, guest);
    }
    return made;
}

std::optional<LoadedFile> loaded_around(uint32_t address, const ReadWord& guest) {
    const uint32_t last = address > kFarthest ? address - kFarthest : kPage;
    for (uint32_t at = address & ~(kPage - 1); at >= last; at -= kPage) {
        const auto found = guest(at) == kMagic ? loaded_at(at, guest) : std::nullopt;
        if (found) return address - found->base < found->bytes ? found : std::nullopt;
    }
    return {};
}

std::vector<LoadedFile> loaded_files(uint32_t end, const ReadWord& guest) {
    std::vector<LoadedFile> files;
    for (uint32_t at = kPage; at < end; at += kPage) {
        if (guest(at) != kMagic) continue;
        if (const auto file = loaded_at(at, guest)) files.push_back(*file);
    }
    return files;
}

bool begins_like(uint32_t base, const ReadWord& guest, const fs::path& file) {
    Elf32_Ehdr start{};
    std::ifstream in{file, std::ios::binary};
    const auto loaded = read<Elf32_Ehdr>(base, guest);
    return in.read(reinterpret_cast<char*>(&start), sizeof start) && loaded &&
           std::memcmp(&start, &*loaded, sizeof start) == 0;
}

fs::path find_below(const fs::path& root, const LoadedFile& loaded, const ReadWord& guest) {
    std::error_code error;
    fs::recursive_directory_iterator at{root, fs::directory_options::skip_permission_denied, error};
    for (; !error && at != fs::recursive_directory_iterator{}; at.increment(error)) {
        if (at->path().filename() == loaded.name && begins_like(loaded.base, guest, at->path()))
            return at->path();
    }
    return {};
}

}  // namespace exysim::debug
