// ELF structures as the System V ABI and elf.h have them, laid into a guest's memory by hand.
#include "platform/debug/loaded_files.hpp"

#include <elf.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <map>

using namespace exysim::debug;
namespace fs = std::filesystem;

namespace {

/// Memory of whole pages; what was never written is not mapped.
struct Guest {
    std::map<uint32_t, std::vector<uint8_t>> pages;
    void write(uint32_t at, const void* bytes, size_t size) {
        for (size_t i = 0; i < size; ++i, ++at) {
            auto& page = pages[at / 4096];
            page.resize(4096);
            page[at % 4096] = static_cast<const uint8_t*>(bytes)[i];
        }
    }
    ReadWord reader() const {
        return [this](uint32_t at) -> std::optional<uint32_t> {
            const auto page = pages.find(at / 4096);
            if (page == pages.end() || at % 4 != 0) return {};
            uint32_t word = 0;
            std::memcpy(&word, page->second.data() + at % 4096, sizeof word);
            return word;
        };
    }
};

Elf32_Ehdr header(uint16_t type, uint32_t entry) {
    Elf32_Ehdr e{};
    std::memcpy(e.e_ident, ELFMAG, SELFMAG);
    e.e_type = type;
    e.e_machine = EM_ARM;
    e.e_entry = entry;
    e.e_phoff = sizeof e;
    e.e_phnum = 2;
    return e;
}

/// A library called `name` at `base`; `relocated`: its dynamic section holds addresses, as glibc leaves it.
void load_library(Guest& guest, uint32_t base, const std::string& name, bool relocated) {
    const Elf32_Ehdr e = header(ET_DYN, 0x1234);
    Elf32_Phdr segments[2] = {};
    segments[0].p_type = PT_LOAD;
    segments[0].p_memsz = 0x2FF0;
    segments[1].p_type = PT_DYNAMIC;
    segments[1].p_vaddr = 0x1100;
    const uint32_t strings = 0x1200;
    const Elf32_Dyn dynamic[] = {
        {DT_STRTAB, {relocated ? base + strings : strings}}, {DT_SONAME, {5}}, {DT_NULL, {0}}};
    guest.write(base, &e, sizeof e);
    guest.write(base + e.e_phoff, segments, sizeof segments);
    guest.write(base + segments[1].p_vaddr, dynamic, sizeof dynamic);
    guest.write(base + strings + 5, name.c_str(), name.size() + 1);
    guest.write(base + 0x2FFF, "", 1);  // three pages
}

}  // namespace

TEST_CASE("loaded files: libraries are known by their own name, wherever they lie", "[debug]") {
    Guest guest;
    load_library(guest, 0xB6F0'0000, "libone.so.1", false);
    load_library(guest, 0x7654'3000, "libother.so", true);
    const Elf32_Ehdr program = header(ET_EXEC, 0x10200);
    guest.write(0x10000, &program, sizeof program);
    const auto files = loaded_files(0xC000'0000, guest.reader());
    REQUIRE(files.size() == 3);
    CHECK(files[0].base == 0x10000);
    CHECK(files[0].fixed);
    CHECK(files[0].name.empty());
    CHECK(files[1].name == "libother.so");
    CHECK_FALSE(files[1].fixed);
    CHECK(files[2].base == 0xB6F0'0000);
    CHECK(files[2].name == "libone.so.1");
}

TEST_CASE("loaded files: code belongs to the file whose segments it lies in", "[debug]") {
    Guest guest;
    load_library(guest, 0x4000'0000, "liba.so", false);
    load_library(guest, 0x4000'3000, "libb.so", false);
    guest.pages.erase(0x4000'5000 / 4096);  // nobody has touched it yet
    const ReadWord reader = guest.reader();
    CHECK(loaded_around(0x4000'2FEC, reader)->name == "liba.so");
    CHECK_FALSE(loaded_around(0x4000'2FF0, reader));  // behind its last byte
    CHECK(loaded_around(0x4000'3000, reader)->name == "libb.so");
    CHECK(loaded_around(0x4000'5123, reader)->name == "libb.so");
    CHECK_FALSE(loaded_around(0x4000'7000, reader));
    CHECK_FALSE(loaded_around(0x3FFF'F000, reader));
}

TEST_CASE("loaded files: what is no ELF file for ARM is none", "[debug]") {
    Guest guest;
    Elf32_Ehdr other = header(ET_DYN, 0);
    other.e_machine = EM_386;
    guest.write(0x1'0000, &other, sizeof other);
    CHECK_FALSE(loaded_at(0x1'0000, guest.reader()));
    CHECK_FALSE(loaded_at(0x2'0000, guest.reader()));
    guest.write(0x3'0000, ELFMAG, SELFMAG);  // no machine
    CHECK_FALSE(loaded_at(0x3'0000, guest.reader()));
}

TEST_CASE("loaded files: the file of a library is the one that begins like it", "[debug]") {
    const fs::path root = fs::temp_directory_path() / "loaded_files_test";
    fs::remove_all(root);
    fs::create_directories(root / "a");
    fs::create_directories(root / "b");
    Guest guest;
    load_library(guest, 0x4000'0000, "libx.so", false);
    const Elf32_Ehdr wrong = header(ET_DYN, 0x9999), right = header(ET_DYN, 0x1234);
    std::ofstream{root / "a" / "libx.so"}.write(reinterpret_cast<const char*>(&wrong), sizeof wrong);
    const auto loaded = loaded_at(0x4000'0000, guest.reader());
    REQUIRE(loaded);
    CHECK(find_below(root, *loaded, guest.reader()).empty());
    std::ofstream{root / "b" / "libx.so"}.write(reinterpret_cast<const char*>(&right), sizeof right);
    CHECK(find_below(root, *loaded, guest.reader()) == root / "b" / "libx.so");
    CHECK(find_below("/nonexistent", *loaded, guest.reader()).empty());
    CHECK_FALSE(begins_like(0x5000'0000, guest.reader(), root / "b" / "libx.so"));
}
