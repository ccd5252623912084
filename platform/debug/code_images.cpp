#include "platform/debug/code_images.hpp"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace exysim::debug {

namespace {

/// Calls `visit(header, first byte)` for every segment of the file.
template <class Visit>
void for_each_segment(const std::string& file, Visit visit) {
    elf_version(EV_CURRENT);
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    Elf* elf = elf_begin(fd, ELF_C_READ, nullptr);
    size_t size = 0, count = 0;
    const char* bytes = elf_rawfile(elf, &size);
    if (elf_kind(elf) == ELF_K_ELF && bytes && elf_getphdrnum(elf, &count) == 0) {
        for (size_t i = 0; i < count; ++i) {
            GElf_Phdr header;
            const bool good =
                gelf_getphdr(elf, static_cast<int>(i), &header) && header.p_offset + header.p_filesz <= size;
            if (good) visit(header, bytes + header.p_offset);
        }
    }
    elf_end(elf);
    ::close(fd);
}

constexpr uint32_t kPage = 4096, kUserEnd = 0xC000'0000;  // libraries lie below
constexpr size_t kMostStrange = 4096;

}  // namespace

CodeImage::CodeImage(std::string name, const std::string& file, uint32_t base)
    : name_{std::move(name)}, file_{file}, base_{base}, functions_{file, base} {
    std::optional<GElf_Phdr> tables;
    uint32_t code = 0, code_end = 0;
    for_each_segment(file, [&](const GElf_Phdr& header, const char* bytes) {
        if (header.p_type == PT_ARM_EXIDX) tables = header;
        if (header.p_type != PT_LOAD) return;
        const uint32_t begin = base + static_cast<uint32_t>(header.p_vaddr);
        segments_.push_back({begin, {bytes, bytes + header.p_filesz}});
        if (!(header.p_flags & PF_X)) return;
        code = begin;
        code_end = begin + static_cast<uint32_t>(header.p_filesz);
    });
    if (tables) use_tables(static_cast<uint32_t>(tables->p_vaddr), static_cast<uint32_t>(tables->p_filesz));
    const std::vector<uint32_t> begins = unwind_ ? unwind_->functions() : std::vector<uint32_t>{};
    const bool dynamic = base != 0;  // code of linkage has no names
    if (dynamic || functions_.stripped()) functions_.name_rest(begins, code, code_end, name_, base);
}

void CodeImage::use_tables(uint32_t first, uint32_t bytes) {
    unwind_.emplace(base_ + first, bytes, [this](uint32_t address) { return word(address); });
}

std::optional<uint32_t> CodeImage::word(uint32_t address) const {
    for (const Segment& s : segments_) {
        uint32_t word = 0;
        if (address < s.address || address - s.address + uint64_t{sizeof word} > s.bytes.size()) continue;
        std::memcpy(&word, s.bytes.data() + (address - s.address), sizeof word);
        return word;
    }
    return {};
}

const CodeImage* CodeImages::owner(uint32_t address, const ReadWord& guest) {
    const CodeImage* found = known(address, guest);
    if (found || address >= kUserEnd || strange_.contains(address / kPage)) return found;
    if (add_loaded(address, guest)) {
        strange_.clear();
        return known(address, guest);
    }
    if (strange_.size() < kMostStrange) strange_.insert(address / kPage);
    return nullptr;
}

bool CodeImages::add_loaded(uint32_t address, const ReadWord& guest) {
    const auto loaded = loaded_around(address, guest);
    if (!loaded || loaded->fixed) return false;
    const std::string file = file_of(*loaded, guest);
    const bool again = std::any_of(images_.begin(), images_.end(), [&](const auto& image) {
        return image->base() == loaded->base && image->file() == file;
    });
    if (file.empty() || again) return false;
    const std::string name = std::filesystem::path{file}.filename().string();
    images_.push_back(std::make_unique<CodeImage>(name, file, loaded->base));
    return true;
}

/// A library's below the folders; a program is one of those that are known.
std::string CodeImages::file_of(const LoadedFile& loaded, const ReadWord& guest) const {
    for (const std::string& folder : folders_) {
        const std::string found = loaded.name.empty() ? "" : find_below(folder, loaded, guest).string();
        if (!found.empty()) return found;
    }
    for (const auto& image : images_) {
        if (loaded.name.empty() && begins_like(loaded.base, guest, image->file())) return image->file();
    }
    return "";
}

const CodeImage* CodeImages::known(uint32_t address, const ReadWord& guest) const {
    const uint32_t at = address & ~3U;
    const auto running = guest(at);
    if (!running) return nullptr;
    for (const auto& image : images_) {
        if (image->word(at) == running && image->functions().find(address)) return image.get();
    }
    return nullptr;
}

std::optional<uint32_t> CodeImages::address_of(const std::string& function) const {
    for (const auto& image : images_) {
        if (const Function* found = image->functions().named(function)) return found->begin;
    }
    return {};
}

}  // namespace exysim::debug
