#include "platform/board/image.hpp"

#include <elf.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "platform/config/diagnostics.hpp"

using namespace exysim;
using namespace exysim::board;

namespace {

constexpr PhysRange kRam{PhysAddr{0x4000'0000}, 64 << 20};

struct TemporaryFile {
    std::string name = "/tmp/exysim_image_test." + std::to_string(getpid());
    explicit TemporaryFile(const std::string& bytes) { std::ofstream{name, std::ios::binary} << bytes; }
    ~TemporaryFile() { std::filesystem::remove(name); }
};

/// An ELF file with one segment of 16 bytes at file offset 84.
struct TinyElf {
    Elf32_Ehdr header{};
    Elf32_Phdr segment{};
    TinyElf() {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS32;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = ET_EXEC;
        header.e_machine = EM_ARM;
        header.e_version = EV_CURRENT;
        header.e_entry = 0xC000'8004;
        header.e_phoff = sizeof header;
        header.e_ehsize = sizeof header;
        header.e_phentsize = sizeof segment;
        header.e_phnum = 1;
        segment = {PT_LOAD, sizeof header + sizeof segment, 0xC000'8000, 0x4000'8000, 16, 0x1000, PF_R | PF_X,
                   4};
    }
    std::string bytes() const {
        std::string all{reinterpret_cast<const char*>(&header), sizeof header};
        all.append(reinterpret_cast<const char*>(&segment), sizeof segment);
        return all + "0123456789abcdef";
    }
};

std::string refusal(const std::string& bytes, std::optional<PhysAddr> load_at = {}) {
    const TemporaryFile file{bytes};
    try {
        load_image(file.name, kRam, load_at);
    } catch (const config::ConfigError& e) {
        return std::string{e.what()}.substr(file.name.size() + 2);
    }
    return "none";
}

}  // namespace

TEST_CASE("image: ELF segments go to physical addresses and the entry follows", "[board]") {
    const TemporaryFile file{TinyElf{}.bytes()};
    const Image image = load_image(file.name, kRam);
    REQUIRE(image.segments.size() == 1);
    CHECK(image.kind == Image::Kind::elf);
    CHECK(image.segments[0].base == PhysAddr{0x4000'8000});
    CHECK(std::string(image.segments[0].bytes.begin(), image.segments[0].bytes.end()) == "0123456789abcdef");
    CHECK(image.segments[0].memory_size == 0x1000);
    CHECK(image.entry == PhysAddr{0x4000'8004});
    CHECK(image.end() == 0x4000'9000);
}

TEST_CASE("image: what is not for this machine is refused with the reason", "[board]") {
    TinyElf elf;
    elf.header.e_machine = EM_X86_64;
    CHECK(refusal(elf.bytes()) == "is an ELF file for another machine (number 62), expected ARM");
    elf = {};
    elf.header.e_type = ET_REL;
    CHECK(refusal(elf.bytes()) == "is an object file, not a linked program");
    elf = {};
    elf.segment.p_filesz = 17;
    elf.segment.p_memsz = 17;
    CHECK(refusal(elf.bytes()) == "is truncated: program segment 0 ends after the file");
    elf = {};
    elf.segment.p_type = PT_NOTE;
    CHECK(refusal(elf.bytes()) == "has nothing to load");
    elf = {};
    elf.segment.p_type = PT_INTERP;
    CHECK(refusal(elf.bytes()).find("is a dynamically linked program") == 0);
    elf = {};
    elf.segment.p_paddr = 0x3FFF'FFFC;
    CHECK(refusal(elf.bytes()) == "needs 0x3ffffffc..0x40000ffc, but memory is 0x40000000..0x44000000");
    CHECK(refusal(TinyElf{}.bytes(), PhysAddr{0x4000'0000}).find("is an ELF file and says itself") == 0);
    CHECK(refusal("") == "is empty");
    CHECK(refusal("\x7f"
                  "ELF")
              .find("is a damaged ELF file") == 0);
}

TEST_CASE("image: raw images go where told, else to Linux's place", "[board]") {
    const TemporaryFile file{"raw code"};
    CHECK(load_image(file.name, kRam).entry == PhysAddr{0x4000'8000});
    CHECK(load_image(file.name, kRam, PhysAddr{0x4010'0000}).segments[0].base == PhysAddr{0x4010'0000});
    CHECK(load_image(file.name, kRam).kind == Image::Kind::raw);
    CHECK(refusal("raw code", PhysAddr{0x43FF'FFFC}).find("needs 0x43fffffc") == 0);
}

TEST_CASE("image: a zImage is known by its magic number", "[board]") {
    std::string zimage(0x30, '\0');
    std::memcpy(zimage.data() + 0x24, "\x18\x28\x6f\x01", 4);
    const TemporaryFile file{zimage};
    CHECK(load_image(file.name, kRam).kind == Image::Kind::zimage);
}

TEST_CASE("image: missing files and folders", "[board]") {
    CHECK_THROWS_AS(load_image("/nonexistent", kRam), config::ConfigError);
    CHECK_THROWS_AS(load_image("/tmp", kRam), config::ConfigError);
}
