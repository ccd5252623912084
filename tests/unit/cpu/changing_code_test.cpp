// Code that changes: the architectural sequences make the new instructions visible (ARM ARM A3.5.4, B3.10).
#include <catch2/catch.hpp>

#include "tests/unit/cpu/machine_fixture.hpp"

using namespace exysim;
using namespace exysim::cpu;
using namespace exysim::test;

namespace {

constexpr uint32_t kVa = 0x8000'0000, kPages = 0x4000'2000;
constexpr uint32_t kMov1 = 0xE3A0'0001, kMov2 = 0xE3A0'0002, kReturn = 0xE12F'FF1E;  // mov r0,#n; bx lr

}  // namespace

TEST_CASE("changing code: a store, clean and invalidate by address, DSB, ISB: the new instruction runs",
          "[cpu]") {
    Program p;
    p.enable_mmu();
    p.load_words(kData, {kMov1, kReturn});
    p.core->r[5] = kData;
    p.core->r[6] = kMov2;
    // blx r5; mov r7,r0; str r6,[r5]; DCCMVAU r5; dsb; ICIMVAU r5; BPIALL; dsb; isb; blx r5
    Core& core = p.a32({0xE12F'FF35, 0xE1A0'7000, 0xE585'6000, 0xEE07'5F3B, 0xF57F'F04F, 0xEE07'5F35,
                        0xEE07'0FD5, 0xF57F'F04F, 0xF57F'F06F, 0xE12F'FF35});
    CHECK(core.r[7] == 1);
    CHECK(core.r[0] == 2);
}

TEST_CASE("changing code: ICIALLU does for all, and a loop may rewrite itself many times", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.load_words(kData, {0xE280'0001, kReturn});  // add r0,r0,#1
    p.core->r[0] = 0;
    p.core->r[5] = kData;
    p.core->r[6] = 0xE280'0001;
    p.core->r[8] = 50;
    // loop: blx r5; eor r6,r6,#2; str r6,[r5]; dsb; ICIALLU; dsb; isb; subs r8,r8,#1; bne loop
    Core& core = p.a32({0xE12F'FF35, 0xE226'6002, 0xE585'6000, 0xF57F'F04F, 0xEE07'0F15, 0xF57F'F04F,
                        0xF57F'F06F, 0xE258'8001, 0x1AFF'FFF6});
    CHECK(core.r[0] == 25 * 1 + 25 * 3);
}

TEST_CASE("changing code: a page mapped anew after TLBIMVA runs its own code", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.load_words(kPages, {kMov1, kReturn});
    p.load_words(kPages + 0x1000, {kMov2, kReturn});
    constexpr uint32_t kAttributes = 3U << 4 | 3U << 2 | 2;
    p.map_page(kVa, kPages | kAttributes);
    p.core->r[5] = kVa;
    p.core->r[6] = kSecondLevel;
    p.core->r[8] = (kPages + 0x1000) | kAttributes;
    // blx r5; mov r7,r0; str r8,[r6]; dsb; TLBIMVA r5; dsb; isb; blx r5
    Core& core = p.a32({0xE12F'FF35, 0xE1A0'7000, 0xE586'8000, 0xF57F'F04F, 0xEE08'5F37, 0xF57F'F04F,
                        0xF57F'F06F, 0xE12F'FF35});
    CHECK(core.r[7] == 1);
    CHECK(core.r[0] == 2);
}

TEST_CASE("changing code: one page at two addresses, in A32 and in Thumb", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.load_words(kPages, {kMov1, kReturn});
    p.load_halfwords(kPages + 0x100, {0x2007, 0x4770});  // movs r0,#7; bx lr
    p.map_page(kVa, kPages | 3U << 4 | 3U << 2 | 2);
    p.core->r[5] = kVa;
    p.core->r[6] = kPages;
    p.core->r[7] = kVa + 0x101;
    // blx r5; mov r8,r0; blx r6; add r8,r8,r0; blx r7; add r8,r8,r0
    CHECK(p.a32({0xE12F'FF35, 0xE1A0'8000, 0xE12F'FF36, 0xE088'8000, 0xE12F'FF37, 0xE088'8000}).r[8] == 9);
}

TEST_CASE("changing code: a change of ASID alone brings another program to the same address", "[cpu]") {
    Program p;
    p.enable_mmu();
    p.load_words(kPages, {kMov1, kReturn});
    p.load_words(kPages + 0x1000, {kMov2, kReturn});
    constexpr uint32_t kAttributes = 1U << 11 | 3U << 4 | 3U << 2 | 2;  // not global
    p.map_page(kVa, kPages | kAttributes);
    p.core->r[4] = 5;
    p.core->r[5] = kVa;
    p.core->r[6] = kSecondLevel;
    p.core->r[8] = (kPages + 0x1000) | kAttributes;
    // blx r5; mov r7,r0; str r8,[r6]; dsb; CONTEXTIDR = r4; isb; blx r5
    Core& core =
        p.a32({0xE12F'FF35, 0xE1A0'7000, 0xE586'8000, 0xF57F'F04F, 0xEE0D'4F30, 0xF57F'F06F, 0xE12F'FF35});
    CHECK(core.r[7] == 1);
    CHECK(core.r[0] == 2);
}
