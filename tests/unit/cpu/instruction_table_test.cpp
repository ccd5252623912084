// The instruction tables themselves: no two rows claim the same word without an order between them, no row is
// unreachable, and known encodings are found under their names.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "models/cpu/instruction_table.hpp"

using namespace exysim::cpu;

namespace {

const InstructionSet* sets[] = {&a32(), &t16(), &t32()};

/// Some row stands for exactly the words that fit both.
bool intersection_is_a_row(const InstructionSet& set, const Encoding& a, const Encoding& b) {
    return std::any_of(set.encodings().begin(), set.encodings().end(), [&](const Encoding& c) {
        return c.mask == (a.mask | b.mask) && c.matches(a.value | b.value);
    });
}

std::string name_of(const InstructionSet& set, uint32_t bits) {
    const Encoding* e = set.find(bits);
    return e != nullptr ? e->row->name : "-";
}

}  // namespace

TEST_CASE("instruction table: two rows meet only if one refines the other", "[cpu]") {
    for (const InstructionSet* set : sets) {
        const auto all = set->encodings();
        for (size_t i = 0; i < all.size(); ++i) {
            for (size_t j = i + 1; j < all.size(); ++j) {
                const Encoding &a = all[i], &b = all[j];
                if (!a.meets(b)) continue;
                const bool ordered = a.refines(b) || b.refines(a) || intersection_is_a_row(*set, a, b);
                INFO(a.row->name << " " << a.row->pattern << " and " << b.row->name << " " << b.row->pattern);
                CHECK(ordered);
            }
        }
    }
}

TEST_CASE("instruction table: every row is found by some word", "[cpu]") {
    std::mt19937 random{1};
    for (const InstructionSet* set : sets) {
        for (const Encoding& e : set->encodings()) {
            bool found = false;
            for (int tries = 0; tries < 5000 && !found; ++tries) {
                uint32_t word = (random() & ~e.mask) | e.value;
                if (e.conditional) word = (word & 0x0FFF'FFFF) | 0xE000'0000;
                if (set->kind() == InstructionSet::Kind::t16) word &= 0xFFFF;
                found = set->find(word) == &e;
            }
            INFO(e.row->name << " " << e.row->pattern);
            CHECK(found);
        }
    }
}

TEST_CASE("instruction table: the look-up agrees with a search of all rows", "[cpu]") {
    std::mt19937 random{2};
    for (const InstructionSet* set : sets) {
        for (int n = 0; n < 100'000; ++n) {
            uint32_t word = random();
            if (set->kind() == InstructionSet::Kind::t16) word &= 0xFFFF;
            if (set->kind() == InstructionSet::Kind::t32) word |= 0xE000'0000;
            const auto fits = [&](const Encoding& e) {
                return e.matches(word) && !(e.conditional && word >> 28 == 15);
            };
            const auto all = set->encodings();  // most specific first
            const auto expected = std::find_if(all.begin(), all.end(), fits);
            const Encoding* found = set->find(word);
            REQUIRE((expected == all.end() ? nullptr : &*expected) == found);
        }
    }
}

TEST_CASE("instruction table: fields are the bits of their letters, joined", "[cpu]") {
    const Row row{"SBFX-like", "cccc0111101wwwwwddddlllll101nnnn", nullptr};
    const Encoding e{row};
    const Fields f{e, 0xE7A7'2253};  // sbfx r2, r3, #4, #8 (GNU as)
    CHECK(f('w') == 7);
    CHECK(f('d') == 2);
    CHECK(f('l') == 4);
    CHECK(f('n') == 3);
    const Row split{"T32 imm", "11110i0SSSSSnnnn0iiiddddiiiiiiii", nullptr};
    const Encoding s{split};
    CHECK(Fields{s, 0xF400'7055}('i') == 0xF55);
    CHECK(Fields{s, 0xF400'7055}('z') == 0);
    CHECK(Fields{s, 0}.width('i') == 12);
}

// Words from GNU as 2.40 (arm-linux-gnueabihf), each beside its source line.
TEST_CASE("instruction table: assembled instructions are found under their names", "[cpu]") {
    struct Known {
        uint32_t word;
        const char* name;
    };
    const Known in_a32[] = {
        {0xE0A1'0002, "ADC (reg)"},     // adc r0, r1, r2
        {0xE1A0'0211, "MOV (rsr)"},     // lsl r0, r1, r2
        {0xE320'F003, "WFI"},           // wfi
        {0xE12F'FF1E, "BX"},            // bx lr
        {0xE6FF'0071, "UXTH"},          // uxth r0, r1
        {0xE7C3'001F, "BFC"},           // bfc r0, #0, #4
        {0xE750'F211, "SMMUL"},         // smmul r0, r1, r2
        {0xE190'1F9F, "LDREX"},         // ldrex r1, [r0]
        {0xF57F'F05F, "DMB"},           // dmb sy
        {0xF10C'0080, "CPS"},           // cpsid i
        {0xF8BD'0A00, "RFE"},           // rfeia sp!
        {0xE8FD'8000, "LDM (return)"},  // ldm sp!, {pc}^
        {0xE16F'0F11, "CLZ"},           // clz r0, r1
        {0xE4F0'1004, "LDRBT (imm)"},   // ldrbt r1, [r0], #4
        {0xE0C0'20D8, "LDRD (imm)"},    // ldrd r2, r3, [r0], #8
        {0xEE11'0F10, "MRC"},           // mrc p15, 0, r0, c1, c0, 0
        {0xE310'0001, "TST (imm)"},     // tst r0, #1
        {0xF5D0'F000, "PLD (imm)"},     // pld [r0]
    };
    for (const Known& k : in_a32) {
        INFO(std::hex << k.word);
        CHECK(name_of(a32(), k.word) == k.name);
    }
    const Known in_t32[] = {
        {0xF1A0'0001, "SUB (imm)"},   // sub.w r0, r0, #1
        {0xF240'1023, "MOVW"},        // movw r0, #0x123
        {0xE8BD'8010, "LDM"},         // pop.w {r4, pc}
        {0xF85D'4B04, "LDR (imm8)"},  // ldr r4, [sp], #4
        {0xE8D0'F001, "TBB"},         // tbb [r0, r1]
        {0xF3BF'8F5F, "DMB"},         // dmb sy
        {0xFA0F'F081, "SXTH"},        // sxth.w r0, r1
        {0xFBA2'0103, "UMULL"},       // umull r0, r1, r2, r3
        {0xEE11'0F10, "MRC"},         // mrc p15, 0, r0, c1, c0, 0
        {0xF000'B800, "B"},           // b.w
    };
    for (const Known& k : in_t32) {
        INFO(std::hex << k.word);
        CHECK(name_of(t32(), k.word) == k.name);
    }
    CHECK(name_of(t16(), 0xBF18) == "IT");          // it ne
    CHECK(name_of(t16(), 0xBF00) == "NOP (hint)");  // nop
    CHECK(name_of(t16(), 0xDF00) == "SVC");         // svc 0
    CHECK(name_of(t16(), 0xDE01) == "UDF");         // udf #1
    CHECK(name_of(t16(), 0x4770) == "BX");          // bx lr
}
