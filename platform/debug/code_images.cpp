#include "platform/debug/code_images.hpp"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <unistd.h>

#include <cstring>

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

}  // namespace

CodeImage::CodeImage(std::string name, const std::string& file)
    : name_{std::move(name)}, file_{file}, functions_{file} {
    std::optional<GElf_Phdr> tables;
    for_each_segment(file, [&](const GElf_Phdr& header, const char* bytes) {
        if (header.p_type == PT_ARM_EXIDX) tables = header;
        if (header.p_type != PT_LOAD) return;
        segments_.push_back({static_cast<uint32_t>(header.p_vaddr), {bytes, bytes + header.p_filesz}});
    });
    if (!tables) return;
    unwind_.emplace(static_cast<uint32_t>(tables->p_vaddr), static_cast<uint32_t>(tables->p_filesz),
                    [this](uint32_t address) { return word(address); });
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

const CodeImage* CodeImages::owner(uint32_t address, const ReadWord& guest) const {
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
