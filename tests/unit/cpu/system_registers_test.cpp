// CP15 and CP14 as software sees them. Expected values: hardware notes "CPU subsystem" sections 1 and 2; ARM
// ARM ARMv7-A, B3.5.4 (byte order of table walks), B4.1.112 (PAR), B4.2 (broadcast TLB maintenance).
#include <catch2/catch.hpp>

#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

constexpr uint32_t kVa = 0x8000'0000;

/// MRC/MCR p<cp>, opc1, r<t>, c<n>, c<m>, opc2 in A32.
constexpr uint32_t move(bool read, uint32_t cp, uint32_t opc1, uint32_t n, uint32_t m, uint32_t opc2,
                        uint32_t t) {
    return 0xEE00'0010 | opc1 << 21 | (read ? 1U << 20 : 0) | n << 16 | t << 12 | cp << 8 | opc2 << 5 | m;
}
constexpr uint32_t mrc(uint32_t opc1, uint32_t n, uint32_t m, uint32_t opc2, uint32_t t = 1) {
    return move(true, 15, opc1, n, m, opc2, t);
}

/// Two cores of one cluster on the same memory, with one page table.
struct Pair : Program {
    cpu::Core second{{.index = 1, .count = 2}, memory, monitors};
    Pair() {
        enable_mmu();
        second.system = core->system;
        second.drop_translations();
    }
    uint32_t load_on_second(uint32_t va) { return second.load<uint32_t>(va).value; }
};

}  // namespace

TEST_CASE("cp15: identification registers are those of the chip", "[cpu]") {
    struct Row {
        uint32_t opc1, m, opc2, value;
    };
    const Row rows[] = {
        {0, 0, 0, 0x412F'C091}, {0, 0, 1, 0x8333'8003}, {0, 0, 2, 0},           {0, 0, 3, 0x0000'0402},
        {0, 0, 5, 0x8000'0900}, {0, 1, 0, 0x0000'1231}, {0, 1, 1, 0x0000'0011}, {0, 1, 2, 0x0001'0444},
        {0, 1, 3, 0},           {0, 1, 4, 0x0010'0103}, {0, 1, 5, 0x2000'0000}, {0, 1, 6, 0x0123'0000},
        {0, 1, 7, 0x0010'2111}, {0, 2, 0, 0x0010'1111}, {0, 2, 1, 0x1311'2111}, {0, 2, 2, 0x2123'2041},
        {0, 2, 3, 0x1111'2131}, {0, 2, 4, 0x0001'1142}, {1, 0, 0, 0x701F'E019}, {1, 0, 1, 0x0920'0003},
    };
    for (const Row& row : rows) {
        Program p;
        INFO("c0 opc1 " << row.opc1 << " CRm " << row.m << " opc2 " << row.opc2);
        CHECK(p.a32({mrc(row.opc1, 0, row.m, row.opc2)}).r[1] == row.value);
        CHECK(p.vector() == 0);
    }
    Program p;
    CHECK(p.a32({0xE3A0'2001, move(false, 15, 2, 0, 0, 0, 2), mrc(1, 0, 0, 0)}).r[1] == 0x201F'E019);
    CHECK(p.a32({mrc(4, 15, 0, 0)}).r[1] == 0x1050'0000);  // CBAR
    CHECK(p.a32({mrc(0, 1, 0, 0)}).r[1] == 0x00C5'0078);   // SCTLR out of reset
}

TEST_CASE("cp15: what does not exist is UNDEFINED, and user mode sees only its own", "[cpu]") {
    for (const uint32_t word :
         {mrc(0, 0, 3, 0) /* reserved ID space is not mapped here */, mrc(3, 1, 0, 0),
          mrc(0, 14, 0, 0) /* generic timer */, move(false, 15, 0, 0, 0, 0, 1) /* MIDR */}) {
        Program p;
        p.a32({word});
        CHECK(p.vector() == 0x04);
    }
    Program user;
    user.core->set_cpsr(0x10);
    user.core->system.tpidruro = 0x1234;
    CHECK(user.a32({mrc(0, 13, 0, 3)}).r[1] == 0x1234);
    user.core->set_cpsr(0x10);
    user.a32({move(false, 15, 0, 13, 0, 3, 1)});  // TPIDRURO is read-only there
    CHECK(user.vector() == 0x04);
    user.core->set_cpsr(0x10);
    user.a32({mrc(0, 1, 0, 0)});
    CHECK(user.vector() == 0x04);
}

TEST_CASE("cp14: debug is absent: DBGDIDR and its kin read zero, Jazelle is trivial", "[cpu]") {
    const uint32_t reads[] = {move(true, 14, 0, 0, 0, 0, 1), move(true, 14, 0, 0, 1, 0, 1),
                              move(true, 14, 0, 1, 0, 0, 1), move(true, 14, 0, 2, 0, 0, 1),
                              move(true, 14, 0, 1, 1, 4, 1), move(true, 14, 7, 0, 0, 0, 1)};
    for (const uint32_t word : reads) {
        Program p;
        p.core->r[1] = 7;
        CHECK(p.a32({word}).r[1] == 0);
        CHECK(p.vector() == 0);
    }
    Program p;
    p.a32({move(true, 14, 0, 0, 2, 0, 1)});
    CHECK(p.vector() == 0x04);
}

TEST_CASE("cp15: SCTLR.EE makes table walks big-endian", "[cpu]") {
    Program p;
    p.enable_mmu();
    for (uint32_t mib = 0; mib < 4096; ++mib)
        p.memory.set_word(kTable + 4 * mib, __builtin_bswap32(p.memory.word(kTable + 4 * mib)));
    p.core->system.sctlr |= sctlr::kEe;
    p.core->drop_translations();
    p.core->r[0] = kData;
    p.memory.set_word(kData, 0x0102'0304);
    CHECK(p.a32({0xE590'1000}).r[1] == 0x0102'0304);  // CPSR.E is clear: data are little-endian
    p.a32({0xEF00'0000});
    CHECK(p.vector() == 0x08);
    CHECK((p.core->control & psr::kE) != 0);  // exceptions take E from EE
}

TEST_CASE("cp15: PAR shows attributes, supersections and faults", "[cpu]") {
    Program p;
    p.enable_mmu();
    const uint32_t ats1cpr = move(false, 15, 0, 7, 8, 0, 0), par = mrc(0, 7, 4, 0);
    p.core->r[0] = kVa + 0x12'3456;
    p.map_section(kVa + 0x10'0000,
                  0x4020'0000 | 1U << 16 | 1U << 12 | 3U << 10 | 3U << 2 | 2);  // WBWA, shareable
    CHECK((p.a32({ats1cpr, par}).r[1] & 0xFFFF'FBFF) == (0x4022'3000 | 1U << 7 | 5U << 4 | 1U << 2));
    p.map_section(kVa + 0x10'0000,
                  0x4100'0000 | 1U << 18 | 3U << 10 | 1U << 2 | 2);  // supersection of Device
    CHECK((p.a32({ats1cpr, par}).r[1] & 0xFF00'007F) == (0x4100'0000 | 3U << 4 | 1U << 1));
    p.map_section(kVa + 0x10'0000, 0);
    CHECK((p.a32({ats1cpr, par}).r[1] & 0x7F) == (0b00101 << 1 | 1));
    p.map_section(kVa + 0x10'0000, 0x4020'0000 | 3U << 5 | 3U << 10 | 2);  // domain 3: no access
    CHECK((p.a32({ats1cpr, par}).r[1] & 0x7F) == (0b01001 << 1 | 1));
    CHECK(p.core->system.dfsr == 0);  // no abort, whatever the answer
    p.map_section(kVa + 0x10'0000, 0x2000'0000 | 1);
    p.a32({ats1cpr});
    CHECK(p.vector() == 0x10);  // the walk itself fails: that is an abort
    CHECK((p.core->system.dfsr & 0x40F) == 0b01110);
}

TEST_CASE("cp15: PAR.NOS follows PRRR with TEX remap", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.core->system.sctlr |= sctlr::kTre;
    p.core->system.prrr = 0xFF0A'81A8;
    p.core->system.nmrr = 0x40E0'40E0;
    p.core->r[0] = kVa;
    p.map_section(kVa, 0x4020'0000 | 1U << 16 | 1U << 12 | 3U << 10 | 3U << 2 | 2);
    const uint32_t ats1cpr = move(false, 15, 0, 7, 8, 0, 0), par = mrc(0, 7, 4, 0);
    CHECK((p.a32({ats1cpr, par}).r[1] & 1U << 10) != 0);
    p.core->system.prrr = 0x000A'81A8;
    p.core->drop_translations();
    CHECK((p.a32({ats1cpr, par}).r[1] & 1U << 10) == 0);
}

TEST_CASE("cp15: invalidating any address of a supersection forgets all of it", "[cpu]") {
    Program p;
    p.enable_mmu();
    for (uint32_t i = 0; i < 16; ++i)
        p.memory.set_word(kTable + ((kVa >> 20) + i) * 4, 0x4000'0000 | 1U << 18 | 3U << 10 | 3U << 2 | 2);
    p.core->r[0] = kVa + 0x2000;
    p.core->r[2] = kVa + 0xF0'0000;
    CHECK(p.a32({0xE590'1000}).r[1] == 0);
    CHECK(p.vector() == 0);
    for (uint32_t i = 0; i < 16; ++i) p.memory.set_word(kTable + ((kVa >> 20) + i) * 4, 0);
    p.a32({0xEE08'2F37, 0xE590'1000});  // TLBIMVA r2; ldr r1,[r0]
    CHECK(p.vector() == 0x10);
}

TEST_CASE("cp15: the inner-shareable forms of TLB maintenance reach the other cores, the plain ones do not",
          "[cpu]") {
    // TLBIALL, TLBIMVA, TLBIASID, TLBIMVAA and their IS forms, opc2 0 to 3.
    for (uint32_t opc2 = 0; opc2 < 4; ++opc2) {
        for (const bool shared : {false, true}) {
            Pair p;
            p.map_page(kVa, 0x4000'2000 | 3U << 4 | 3U << 2 | 2);
            p.second.drop_translations();
            p.memory.set_word(kData, 1);
            p.memory.set_word(kData + 0x1000, 2);
            CHECK(p.load_on_second(kVa) == 1);
            p.memory.set_word(kSecondLevel, 0x4000'3000 | 3U << 4 | 3U << 2 | 2);
            CHECK(p.load_on_second(kVa) == 1);  // still in its TLB
            p.core->r[0] = kVa;
            p.a32({move(false, 15, 0, 8, shared ? 3 : 7, opc2, 0)});
            INFO("opc2 " << opc2 << " shared " << shared);
            CHECK(p.load_on_second(kVa) == (shared ? 2U : 1U));
        }
    }
}

TEST_CASE("exclusives: a store that crosses into a reserved granule breaks the reservation", "[cpu]") {
    Pair p;
    CHECK(p.second.load_slow(kData + 0x20, 4, Core::kExclusive).ok);
    CHECK(p.core->store<uint32_t>(kData + 0x1E, 0x1122'3344));  // bytes 1E to 21
    const auto outcome = p.second.store_exclusive(kData + 0x20, 5, 4);
    CHECK(outcome.ok);
    CHECK(outcome.value == 1);
    CHECK(p.second.load_slow(kData + 0x20, 4, Core::kExclusive).ok);
    CHECK(p.core->store<uint32_t>(kData + 0x1C, 7));  // the granule below
    CHECK(p.second.store_exclusive(kData + 0x20, 5, 4).value == 0);
}
