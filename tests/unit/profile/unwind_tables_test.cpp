// Expected registers: worked out by hand from IHI 0038 section 9.3, table 4.
#include "platform/debug/unwind_tables.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace exysim::debug;

namespace {

constexpr uint32_t kIndex = 0x8000, kTable = 0x9000, kCode = 0x1000, kStack = 0x20000;

uint32_t prel31(uint32_t from, uint32_t to) { return (to - from) & 0x7FFF'FFFF; }

struct Program {
    std::map<uint32_t, uint32_t> words;
    ReadWord reader() {
        return [this](uint32_t at) -> std::optional<uint32_t> {
            const auto found = words.find(at);
            return found == words.end() ? std::nullopt : std::optional{found->second};
        };
    }
    /// One function at kCode with this word in the index, the end of the code 0x100 bytes later.
    UnwindTables tables(uint32_t word) {
        words[kIndex] = prel31(kIndex, kCode);
        words[kIndex + 4] = word;
        words[kIndex + 8] = prel31(kIndex + 8, kCode + 0x100);
        words[kIndex + 12] = 1;  // cannot unwind
        return {kIndex, 16, reader()};
    }
};

/// Word n of the stack holds 0xA0000000 + n.
std::optional<uint32_t> stack_word(uint32_t at) {
    if (at < kStack || at % 4 != 0) return {};
    return 0xA000'0000 + (at - kStack) / 4;
}

FrameRegisters frame() {
    FrameRegisters r{};
    for (uint32_t n = 0; n < r.size(); ++n) r[n] = 0x100 + n;
    r[13] = kStack;
    r[14] = 0x5555;
    return r;
}

FrameRegisters unwound(uint32_t word) {
    Program p;
    FrameRegisters r = frame();
    REQUIRE(p.tables(word).step(kCode + 8, r, stack_word));
    return r;
}

}  // namespace

TEST_CASE("unwinding: the index's own short form pops what the prologue pushed", "[debug]") {
    const FrameRegisters r = unwound(0x8001'A8B0);  // vsp += 8, pop {r4, lr}, finish
    CHECK(r[4] == 0xA000'0002);
    CHECK(r[14] == 0xA000'0003);
    CHECK(r[15] == 0xA000'0003);
    CHECK(r[13] == kStack + 16);
    CHECK(r[5] == 0x105);
}

TEST_CASE("unwinding: ranges, masks, the frame pointer and the link register", "[debug]") {
    const FrameRegisters range = unwound(0x80AF'B0B0);  // pop {r4-r11, lr}
    CHECK(range[11] == 0xA000'0007);
    CHECK(range[15] == 0xA000'0008);
    const FrameRegisters mask = unwound(0x8088'80B0);  // pop {r11, pc}: mask 0x880 from r4 on
    CHECK(mask[11] == 0xA000'0000);
    CHECK(mask[15] == 0xA000'0001);
    CHECK(mask[14] == 0x5555);
    const FrameRegisters leaf = unwound(0x80B0'B0B0);
    CHECK(leaf[15] == 0x5555);
    CHECK(leaf[13] == kStack);
    const FrameRegisters down = unwound(0x8043'B0B0);  // vsp -= 16
    CHECK(down[13] == kStack - 16);
}

TEST_CASE("unwinding: floating-point registers move the stack pointer alone", "[debug]") {
    CHECK(unwound(0x80B3'83B0)[13] == kStack + 36);  // FSTMFDX d8-d11: four doubles and a word
    CHECK(unwound(0x80C9'83B0)[13] == kStack + 32);  // FSTMFDD d8-d11
    CHECK(unwound(0x80BA'B0B0)[13] == kStack + 28);  // d8-d10 by FSTMFDX
    CHECK(unwound(0x80D2'B0B0)[13] == kStack + 24);  // by FSTMFDD
    CHECK(unwound(0x80B2'04B0)[13] == kStack + 0x204 + 16);
}

TEST_CASE("unwinding: long forms continue in the table, personality routines have their data behind",
          "[debug]") {
    Program p;
    FrameRegisters r = frame();
    p.words[kTable] = 0x8101'9BB1;      // long form, one more word: vsp = r11, pop {...
    p.words[kTable + 4] = 0x0FA8'B0B0;  // r0-r3}, pop {r4, lr}
    r[11] = kStack + 40;
    REQUIRE(p.tables(prel31(kIndex + 4, kTable)).step(kCode, r, stack_word));
    CHECK(r[0] == 0xA000'000A);
    CHECK(r[3] == 0xA000'000D);
    CHECK(r[15] == 0xA000'000F);
    Program cxx;
    cxx.words[kTable] = prel31(kTable, 0x400);
    cxx.words[kTable + 4] = 0x0002'A9B0;  // vsp += 12, pop {r4, r5, lr}
    r = frame();
    REQUIRE(cxx.tables(prel31(kIndex + 4, kTable)).step(kCode + 0xFF, r, stack_word));
    CHECK(r[15] == 0xA000'0005);
    CHECK(r[13] == kStack + 24);
}

TEST_CASE("unwinding: what cannot be followed leaves the frame as it was", "[debug]") {
    const FrameRegisters before = frame();
    for (const uint32_t word : {0x8080'00B0U, 0x809D'B0B0U, 0x809F'B0B0U, 0x80B1'00B0U, 0x80B1'10B0U,
                                0x80C0'B0B0U, 0x80B4'B0B0U, 0x80FF'B0B0U, 0x8100'B0B0U, 1U}) {
        Program p;
        FrameRegisters r = before;
        CHECK_FALSE(p.tables(word).step(kCode, r, stack_word));
        CHECK(r == before);
    }
    Program p;
    FrameRegisters r = before;
    const UnwindTables tables = p.tables(0x80A8'B0B0);
    CHECK_FALSE(tables.step(kCode - 4, r, stack_word));      // before the first function
    CHECK_FALSE(tables.step(kCode + 0x100, r, stack_word));  // behind the last one
    r[13] = 0x10;                                            // a stack that is not there
    CHECK_FALSE(tables.step(kCode, r, stack_word));
    CHECK_FALSE(UnwindTables{}.step(kCode, r, stack_word));
}
