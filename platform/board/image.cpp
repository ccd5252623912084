#include "platform/board/image.hpp"

#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

#include "platform/config/diagnostics.hpp"

namespace exysim::board {

namespace {

using config::ConfigError;

constexpr uint32_t kTextOffset = 0x8000;  // Linux's place behind the start of RAM
constexpr size_t kZimageMagicAt = 0x24;
constexpr uint32_t kZimageMagic = 0x016F'2818;

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
    throw ConfigError{fmt::format("{}: {}", file, why)};
}

/// An ELF file in memory, checked to be a 32-bit little-endian ARM one.
class ElfFile {
public:
    ElfFile(const std::string& file, std::vector<uint8_t> bytes) : file_{file}, bytes_{std::move(bytes)} {
        elf_version(EV_CURRENT);
        elf_.reset(elf_memory(reinterpret_cast<char*>(bytes_.data()), bytes_.size()));
        if (!elf_ || elf_kind(elf_.get()) != ELF_K_ELF || !gelf_getehdr(elf_.get(), &header_)) {
            refuse(file, "is a damaged ELF file");
        }
        check_machine();
        read_segments();
    }
    const GElf_Ehdr& header() const { return header_; }
    const std::vector<GElf_Phdr>& segments() const { return segments_; }
    bool has(uint32_t type) const {
        return std::any_of(segments_.begin(), segments_.end(),
                           [&](const GElf_Phdr& s) { return s.p_type == type; });
    }
    std::vector<uint8_t> contents(const GElf_Phdr& segment) const {
        const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(segment.p_offset);
        return {begin, begin + static_cast<std::ptrdiff_t>(segment.p_filesz)};
    }

private:
    void check_machine() const {
        if (header_.e_machine != EM_ARM) {
            refuse(file_, fmt::format("is an ELF file for another machine (number {}), expected ARM",
                                      header_.e_machine));
        }
        const bool shape = header_.e_ident[EI_CLASS] == ELFCLASS32 && header_.e_ident[EI_DATA] == ELFDATA2LSB;
        if (!shape) refuse(file_, "is not a 32-bit little-endian ELF file");
        if (header_.e_type != ET_EXEC && header_.e_type != ET_DYN) {
            refuse(file_, "is an object file, not a linked program");
        }
    }
    void read_segments() {
        size_t count = 0;
        if (elf_getphdrnum(elf_.get(), &count) != 0) refuse(file_, "is a damaged ELF file");
        for (size_t i = 0; i < count; ++i) {
            GElf_Phdr segment;
            const bool whole = gelf_getphdr(elf_.get(), static_cast<int>(i), &segment) &&
                               segment.p_offset <= bytes_.size() &&
                               segment.p_filesz <= bytes_.size() - segment.p_offset;
            if (!whole) refuse(file_, fmt::format("is truncated: program segment {} ends after the file", i));
            segments_.push_back(segment);
        }
    }

    struct End {
        void operator()(Elf* elf) const { elf_end(elf); }
    };
    std::string file_;
    std::vector<uint8_t> bytes_;
    std::unique_ptr<Elf, End> elf_;
    GElf_Ehdr header_{};
    std::vector<GElf_Phdr> segments_;
};

bool is_elf(const std::vector<uint8_t>& bytes) {
    return bytes.size() >= SELFMAG && std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0;
}

bool is_zimage(const std::vector<uint8_t>& bytes) {
    if (bytes.size() < kZimageMagicAt + 4) return false;
    uint32_t magic = 0;
    std::memcpy(&magic, bytes.data() + kZimageMagicAt, sizeof magic);  // little-endian, as is the host
    return magic == kZimageMagic;
}

/// The physical address of the entry: files linked to run at virtual addresses name a virtual one.
PhysAddr physical_entry(const ElfFile& elf) {
    const uint64_t entry = elf.header().e_entry & ~uint64_t{1};
    for (const GElf_Phdr& s : elf.segments()) {
        const bool inside = s.p_type == PT_LOAD && entry >= s.p_vaddr && entry - s.p_vaddr < s.p_memsz;
        if (inside) return PhysAddr{static_cast<uint32_t>(elf.header().e_entry - s.p_vaddr + s.p_paddr)};
    }
    return PhysAddr{static_cast<uint32_t>(elf.header().e_entry)};
}

Image from_elf(const std::string& file, std::vector<uint8_t> bytes) {
    const ElfFile elf{file, std::move(bytes)};
    if (elf.has(PT_INTERP))
        refuse(file, "is a dynamically linked program, not a machine image; see `exysim exec`");
    Image image{Image::Kind::elf, {}, physical_entry(elf)};
    for (const GElf_Phdr& s : elf.segments()) {
        if (s.p_type != PT_LOAD || s.p_memsz == 0) continue;
        if (s.p_memsz < s.p_filesz)
            refuse(file, "is a damaged ELF file: a segment is smaller than its contents");
        image.segments.push_back({PhysAddr{static_cast<uint32_t>(s.p_paddr)}, elf.contents(s), s.p_memsz});
    }
    if (image.segments.empty()) refuse(file, "has nothing to load");
    return image;
}

void check_fits(const std::string& file, const Image& image, PhysRange ram) {
    for (const Image::Segment& s : image.segments) {
        const uint64_t end = s.base.value + s.memory_size;
        if (s.base >= ram.base && end <= ram.end()) continue;
        refuse(file, fmt::format("needs {:#x}..{:#x}, but memory is {:#x}..{:#x}", s.base.value, end,
                                 ram.base.value, ram.end()));
    }
}

}  // namespace

uint64_t Image::end() const {
    uint64_t last = 0;
    for (const Segment& s : segments) last = std::max(last, s.base.value + s.memory_size);
    return last;
}

std::vector<uint8_t> read_bytes(const std::string& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) refuse(file, "is a folder");
    std::ifstream in{file, std::ios::binary};
    if (!in) refuse(file, "cannot be read: " + std::generic_category().message(errno));
    return {std::istreambuf_iterator<char>{in}, {}};
}

Image load_image(const std::string& file, PhysRange ram, std::optional<PhysAddr> load_at) {
    std::vector<uint8_t> bytes = read_bytes(file);
    if (bytes.empty()) refuse(file, "is empty");
    Image image;
    if (is_elf(bytes)) {
        if (load_at) refuse(file, "is an ELF file and says itself where it goes; --load is for raw images");
        image = from_elf(file, std::move(bytes));
    } else {
        image.kind = is_zimage(bytes) ? Image::Kind::zimage : Image::Kind::raw;
        image.entry = load_at.value_or(ram.base + kTextOffset);
        const uint64_t size = bytes.size();
        image.segments.push_back({image.entry, std::move(bytes), size});
    }
    check_fits(file, image, ram);
    return image;
}

void check_program(const std::string& file, bool with_libraries) {
    std::vector<uint8_t> bytes = read_bytes(file);
    if (!is_elf(bytes)) refuse(file, "is not an ELF program");
    const ElfFile elf{file, std::move(bytes)};
    if (elf.has(PT_INTERP) && !with_libraries) {
        refuse(file,
               "is dynamically linked: give the folder with its libraries (--root), or link it with -static");
    }
}

}  // namespace exysim::board
