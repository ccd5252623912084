// Translation and its faults. Expected values: ARM ARM ARMv7-A, B3.5 (descriptors), B3.7 (permissions), B3.13
// (fault status encodings).
#include <catch2/catch.hpp>

#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

constexpr uint32_t kVa = 0x8000'0000;                             // not mapped by enable_mmu()
constexpr uint32_t kSmall = 0x4000'2000 | 3U << 4 | 3U << 2 | 2;  // small page at kData, AP = 011

Fault translate(Program& p, uint32_t va, cpu::Access access, bool privileged = true) {
    return p.core->mmu.translate(VirtAddr{va}, access, privileged).fault;
}
uint32_t physical(Program& p, uint32_t va) { return p.core->mmu.translate_unchecked(VirtAddr{va}).pa.value; }

}  // namespace

TEST_CASE("mmu: sections, supersections, large and small pages translate to their sizes", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_section(kVa, 0x4010'0000 | 3U << 10 | 2);
    CHECK(physical(p, kVa + 0xA'BCDE) == 0x401A'BCDE);
    p.map_section(kVa, 0x4100'0000 | 1U << 18 | 3U << 10 | 2);
    CHECK(physical(p, kVa + 0xB'CDEF) == 0x410B'CDEF);
    p.map_page(kVa, kSmall);
    CHECK(physical(p, kVa + 0xABC) == kData + 0xABC);
    p.map_page(kVa, 0x4003'0000 | 3U << 4 | 1);
    CHECK(physical(p, kVa + 0x0ABC) == 0x4003'0ABC);
}

TEST_CASE("mmu: TTBCR.N divides the address space between the two tables", "[cpu]") {
    Program p;
    p.enable_mmu();
    constexpr uint32_t kOther = 0x4001'0000;
    p.core->system.ttbcr = 1;
    p.core->system.ttbr1 = kOther;
    p.memory.set_word(kOther + (0xC00U << 2), 0x4020'0000 | 3U << 10 | 2);
    CHECK(physical(p, 0x4000'0123) == 0x4000'0123);  // by TTBR0
    CHECK(physical(p, 0xC000'0123) == 0x4020'0123);  // by TTBR1, full index
    p.core->system.ttbcr = 1 | 1U << 5;              // PD1: no walks by TTBR1
    CHECK(translate(p, 0xC000'0000, cpu::Access::read) == Fault::translation_section);
}

TEST_CASE("mmu: access permissions", "[cpu]") {
    struct Row {
        uint32_t ap;  // APX:AP
        bool privileged_read, privileged_write, user_read, user_write;
    };
    // Table B3-8, SCTLR.AFE = 0.
    const Row rows[] = {{0b000, false, false, false, false}, {0b001, true, true, false, false},
                        {0b010, true, true, true, false},    {0b011, true, true, true, true},
                        {0b101, true, false, false, false},  {0b110, true, false, true, false},
                        {0b111, true, false, true, false}};
    Program p;
    p.enable_mmu();
    for (const Row& row : rows) {
        INFO("AP " << row.ap);
        p.map_section(kVa, 0x4010'0000 | (row.ap >> 2) << 15 | (row.ap & 3) << 10 | 2);
        const auto allowed = [&](cpu::Access a, bool privileged) {
            return translate(p, kVa, a, privileged) == Fault::none;
        };
        CHECK(allowed(cpu::Access::read, true) == row.privileged_read);
        CHECK(allowed(cpu::Access::write, true) == row.privileged_write);
        CHECK(allowed(cpu::Access::read, false) == row.user_read);
        CHECK(allowed(cpu::Access::write, false) == row.user_write);
        CHECK(allowed(cpu::Access::fetch, false) == row.user_read);
    }
}

TEST_CASE("mmu: with SCTLR.AFE bit 0 of AP is the access flag", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.core->system.sctlr |= sctlr::kAfe;
    p.map_section(kVa, 0x4010'0000 | 2U << 10 | 2);
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::access_flag_section);
    p.map_section(kVa, 0x4010'0000 | 3U << 10 | 2);
    CHECK(translate(p, kVa, cpu::Access::write, false) == Fault::none);
    p.map_section(kVa, 0x4010'0000 | 1U << 10 | 2);
    CHECK(translate(p, kVa, cpu::Access::read, false) == Fault::permission_section);
    CHECK(translate(p, kVa, cpu::Access::write, true) == Fault::none);
    p.map_page(kVa, 0x4000'2000 | 2U << 4 | 2);
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::access_flag_page);
}

TEST_CASE("mmu: domains decide before permissions", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_section(kVa, 0x4010'0000 | 5U << 5 | 2);  // domain 5, AP = 000, no execute restriction
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::domain_section);
    p.core->system.dacr = 1 | 2U << 10;  // reserved value: no access
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::domain_section);
    p.core->system.dacr = 1 | 1U << 10;
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::permission_section);
    p.core->system.dacr = 1 | 3U << 10;  // manager: nothing is checked
    CHECK(translate(p, kVa, cpu::Access::write, false) == Fault::none);
    p.core->system.dacr = 0;
    p.map_page(kVa, kSmall);
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::domain_page);
}

TEST_CASE("mmu: execute-never stops fetches only", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_section(kVa, 0x4010'0000 | 3U << 10 | 1U << 4 | 2);
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::none);
    CHECK(translate(p, kVa, cpu::Access::fetch) == Fault::permission_section);
    p.map_page(kVa, kSmall | 1);
    CHECK(translate(p, kVa, cpu::Access::fetch) == Fault::permission_page);
}

TEST_CASE("mmu: TEX remap with the values Linux programs gives Linux's memory types", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.core->system.sctlr |= sctlr::kTre;
    p.core->system.prrr = 0xFF0A'81A8;
    p.core->system.nmrr = 0x40E0'40E0;
    const auto type = [&](uint32_t tex0, uint32_t c, uint32_t b) {
        p.map_page(kVa, (kSmall & ~0xCU) | tex0 << 6 | c << 3 | b << 2);
        return p.core->mmu.translate_unchecked(VirtAddr{kVa});
    };
    CHECK(type(0, 0, 0).type == MemoryType::strongly_ordered);
    CHECK(type(0, 0, 1).type == MemoryType::normal);  // write-combining
    CHECK(type(0, 0, 1).inner == 0);
    CHECK(type(0, 1, 1).inner == 3);  // write-back
    CHECK(type(1, 0, 0).type == MemoryType::device);
    CHECK(type(1, 1, 1).type == MemoryType::normal);
    CHECK(type(1, 1, 1).inner == 1);  // write-back, write-allocate
}

TEST_CASE("mmu: a data abort reports address, status, domain and direction", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.core->r[0] = kVa + 0x24;
    p.core->r[1] = 0x55;
    Core& core = p.a32({0xE320'F000, 0xE5A0'1004});  // nop; str r1, [r0, #4]!
    CHECK(p.vector() == 0x10);
    CHECK(core.system.dfsr == (1U << 11 | 0b00101));  // write, section translation fault
    CHECK(core.system.dfar == kVa + 0x28);
    CHECK(core.r[14] == kCode + 4 + 8);
    CHECK(core.r[0] == kVa + 0x24);  // base restored
    CHECK(core.mode() == Mode::abort);
    CHECK((core.control & psr::kI) != 0);
}

TEST_CASE("mmu: a fault in the middle of LDM leaves the base", "[cpu]") {
    for (const uint32_t instruction :
         {0xE8B0'003EU /* ldm r0!, {r1-r5} */, 0xE890'003FU /* ldm r0, {r0-r5} */,
          0xE8B0'00AAU /* ldm r0!, {r1,r3,r5,r7} */, 0xE890'00ABU /* ldm r0, {r0,r1,r3,r5,r7} */}) {
        INFO(std::hex << instruction);
        Program p;
        p.enable_mmu();
        p.map_page(kVa, kSmall);
        p.core->r[0] = kVa + 0xFF8;
        Core& core = p.a32({instruction});  // the third word is on a page that is not mapped
        CHECK(p.vector() == 0x10);
        CHECK(core.system.dfsr == 0b00111);  // page translation, domain 0
        CHECK(core.system.dfar == kVa + 0x1000);
        CHECK(core.r[0] == kVa + 0xFF8);
    }
}

TEST_CASE("mmu: fetching from an unmapped page is a prefetch abort at that address", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.core->r[0] = kVa + 0x40;
    Core& core = p.a32({0xE12F'FF10});  // bx r0
    CHECK(p.vector() == 0x0C);
    CHECK(core.system.ifsr == 0b00101);
    CHECK(core.system.ifar == kVa + 0x40);
    CHECK(core.r[14] == kVa + 0x44);
}

TEST_CASE("mmu: a T32 instruction across a page boundary faults on its second page", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_page(kVa, kSmall);
    p.load_halfwords(kData + 0xFFE, {0xF04F});  // first half of mov.w r0, #0
    Core& core = p.go(kVa + 0xFFE, true);
    CHECK(p.vector() == 0x0C);
    CHECK(core.system.ifar == kVa + 0x1000);
    CHECK(core.r[14] == kVa + 0xFFE + 4);
}

TEST_CASE("mmu: unaligned words are allowed in Normal memory unless SCTLR.A is set", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.memory.set_word(kData, 0x4433'2211);
    p.memory.set_word(kData + 4, 0x8877'6655);
    p.core->r[0] = kData + 1;
    CHECK(p.a32({0xE590'1000}).r[1] == 0x5544'3322);
    CHECK(p.vector() == 0);

    p.core->system.sctlr |= sctlr::kA;
    p.core->drop_translations();
    Core& core = p.a32({0xE590'1000});
    CHECK(p.vector() == 0x10);
    CHECK(core.system.dfsr == 0b00001);
    CHECK(core.system.dfar == kData + 1);
}

TEST_CASE("mmu: LDM, LDRD and LDREX demand alignment always, and Device memory for every access", "[cpu]") {
    for (const uint32_t instruction : {0xE890'0006U /* ldm r0,{r1,r2} */, 0xE1C0'20D0U /* ldrd r2,r3,[r0] */,
                                       0xE190'1F9FU /* ldrex r1,[r0] */}) {
        Program p;
        p.enable_mmu();
        p.core->r[0] = kData + 2;
        Core& core = p.a32({instruction});
        CHECK(p.vector() == 0x10);
        CHECK(core.system.dfsr == 0b00001);
    }
    Program p;
    p.enable_mmu();
    p.map_section(kVa, 0x4000'0000 | 3U << 10 | 1U << 2 | 2);  // shared Device
    p.core->r[0] = kVa + 0x2002;
    CHECK(p.a32({0xE590'1000}).system.dfsr == 0b00001);
}

TEST_CASE("mmu: a word across two pages reads from both", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_page(kVa, kSmall);
    p.map_page(kVa + 0x1000, (kSmall & 0xFFF) | 0x4000'3000);
    p.load(0x4000'2FFE, std::initializer_list<uint8_t>{0x11, 0x22});
    p.load(0x4000'3000, std::initializer_list<uint8_t>{0x33, 0x44});
    p.core->r[0] = kVa + 0xFFE;
    CHECK(p.a32({0xE590'1000}).r[1] == 0x4433'2211);
    p.core->r[0] = kVa + 0x1FFE;  // the second page is not mapped: nothing is written
    p.core->r[1] = 0xAABB'CCDD;
    Core& core = p.a32({0xE580'1000});
    CHECK(p.vector() == 0x10);
    CHECK(core.system.dfar == kVa + 0x2000);
    CHECK(p.memory.word(0x4000'3FFC) == 0);
}

TEST_CASE("mmu: translations are remembered until they are invalidated, by address and all", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_page(kVa, kSmall);
    p.memory.set_word(kData, 1);
    p.memory.set_word(0x4000'3000, 2);
    p.core->r[0] = kVa;
    // ldr r1,[r0]; mcr p15,0,r0,c8,c7,1 (TLBIMVA); the table is changed by hand between two runs
    CHECK(p.a32({0xE590'1000}).r[1] == 1);
    p.memory.set_word(kSecondLevel, (kSmall & 0xFFF) | 0x4000'3000);
    CHECK(p.a32({0xEE08'0F37, 0xE590'1000}).r[1] == 2);
    p.memory.set_word(kSecondLevel, kSmall);
    CHECK(p.a32({0xEE08'0F17, 0xE590'1000}).r[1] == 1);  // TLBIALL
    p.map_section(kVa, 0x4000'0000 | 0x1000 | 3U << 10 | 3U << 2 | 2);
    p.core->r[0] = kVa + 0x2000;
    CHECK(p.a32({0xE590'1000}).r[1] == 1);
    p.memory.set_word(kTable + (kVa >> 20) * 4, 0);
    p.core->r[2] = kVa + 0x5000;  // another page of the same section
    p.a32({0xEE08'2F37, 0xE590'1000});
    CHECK(p.vector() == 0x10);
}

TEST_CASE("mmu: ASIDs keep non-global mappings apart", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_page(kVa, kSmall | 1U << 11);
    p.memory.set_word(kData, 1);
    p.memory.set_word(0x4000'3000, 2);
    p.core->r[0] = kVa;
    p.core->r[2] = 7;
    CHECK(p.a32({0xE590'1000}).r[1] == 1);
    p.memory.set_word(kSecondLevel, (kSmall & 0xFFF) | 0x4000'3000 | 1U << 11);
    CHECK(p.a32({0xEE0D'2F30, 0xE590'1000}).r[1] == 2);  // CONTEXTIDR = 7
}

TEST_CASE("mmu: LDRT uses user permissions in a privileged mode", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_section(kVa, 0x4000'0000 | 1U << 10 | 3U << 2 | 2);  // AP = 001: privileged only
    p.core->r[0] = kVa + 0x2000;
    p.a32({0xE590'1000, 0xE4B0'1000});  // ldr r1,[r0]; ldrt r1,[r0],#0
    CHECK(p.vector() == 0x10);
    CHECK(p.core->system.dfsr == 0b01101);
    CHECK(p.core->r[14] == kCode + 4 + 8);
}

TEST_CASE("mmu: ATS1CPR and ATS1CUW answer in PAR", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_page(kVa, (kSmall & ~0x30U) | 1U << 4);
    p.core->r[0] = kVa + 0x123;
    Core& ok = p.a32({0xEE07'0F18, 0xEE17'1F14});  // ATS1CPR; mrc PAR
    CHECK((ok.r[1] & 0xFFFF'F001) == kData);
    Core& no = p.a32({0xEE07'0F78, 0xEE17'1F14});  // ATS1CUW
    CHECK((no.r[1] & 0x7F) == (0b01111 << 1 | 1));
}

TEST_CASE("mmu: an unreadable table is an external abort on the walk", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.map_section(kVa, 0x2000'0000 | 1);  // second level where nothing is
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::walk_external_second);
    p.core->system.ttbr0 = 0x2000'0000;
    CHECK(translate(p, kVa, cpu::Access::read) == Fault::walk_external_first);
}
