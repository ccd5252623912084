// Registers and interrupts. Expectations: hardware/fimg2d.md sections 1 and 6.
#include "models/gpu/g2d_core.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace exysim;
using namespace exysim::gpu;

namespace {

struct Bench {
    G2dCore core;
    std::string said;
    explicit Bench(Version version) : core{version} {
        core.mistake = [this](std::string_view what, uint32_t, uint32_t) { said = what; };
    }
    uint32_t operator[](uint32_t offset) { return core.regs.read(offset); }
    void write(uint32_t offset, uint32_t value) { core.regs.write(offset, value); }
};

}  // namespace

TEST_CASE("g2d: command registers are zero out of reset but for rounding", "[gpu]") {
    for (const Version version : {Version::v3, Version::v4_1}) {
        Bench b{version};
        for (uint32_t offset = 0x100; offset <= 0x880; offset += 4) {
            if (!b.core.regs.knows(offset)) continue;
            CHECK(b.core.regs.word(offset) == (offset == 0x10C ? 0x33U : 0U));
        }
        CHECK(b[0x010] == 1);  // idle
        CHECK(b[0x00C] == 0);
    }
}

TEST_CASE("g2d: every command register stores what its fields say", "[gpu]") {
    const auto check = [](Version version, std::span<const Field> map) {
        Bench b{version};
        for (const Field& f : map) {
            if (f.access != Access::rw || f.offset < 0x104) continue;
            for (uint32_t i = 0; i < f.count; ++i) {
                b.write(f.at(i), ~0U);
                CHECK((b[f.at(i)] & f.mask()) == f.mask());
                b.write(f.at(i), 0);
                CHECK(b[f.at(i)] == 0);
            }
        }
        CHECK(b.said.empty());
    };
    check(Version::v3, reg::kMap3);
    check(Version::v4_1, reg::kMap4);
}

TEST_CASE("g2d: what one version has alone the other reports", "[gpu]") {
    for (const uint32_t offset : {0x080U, 0x10CU, 0x32CU, 0x70CU}) {
        CHECK_FALSE(Bench{Version::v3}.core.regs.knows(offset));
        CHECK(Bench{Version::v4_1}.core.regs.knows(offset));
    }
    CHECK(Bench{Version::v3}.core.regs.knows(0x018));
    CHECK_FALSE(Bench{Version::v4_1}.core.regs.knows(0x018));
}

TEST_CASE("g2d: a blit raises bit 0, masked by INTEN, cleared by a written one", "[gpu]") {
    for (const Version version : {Version::v3, Version::v4_1}) {
        Bench b{version};
        b.write(0x100, 1);
        CHECK(b.core.take_work() == Work::blit);
        CHECK(b[0x010] == 0);
        b.core.end_blit();
        CHECK(b[0x010] == 1);
        CHECK(b[0x00C] == 1);
        CHECK_FALSE(b.core.irq());
        b.write(0x004, 1);
        CHECK(b.core.irq());
        b.write(0x00C, 0);
        CHECK(b.core.irq());
        b.write(0x00C, 1);
        CHECK_FALSE(b.core.irq());
    }
}

TEST_CASE("g2d: starting a running engine is ignored and reported", "[gpu]") {
    Bench b{Version::v3};
    b.write(0x100, 1);
    REQUIRE(b.core.take_work() == Work::blit);
    b.write(0x100, 1);
    CHECK(b.core.take_work() == Work::none);
    CHECK(b.said == "started while the engine runs");
    b.write(0x614, 0xCCCC);
    CHECK(b.said == "command register written while the engine runs");
}

TEST_CASE("g2d: SOFT_RESET stops everything, SFRCLEAR spares what is below 0x100", "[gpu]") {
    Bench b{Version::v4_1};
    b.write(0x004, 0x8);
    b.write(0x080, 0x4000'0000);
    b.write(0x614, 0xCCCC);
    b.write(0x10C, 0x10);
    b.write(0x000, 2);
    CHECK(b[0x614] == 0);
    CHECK(b[0x10C] == 0x33);
    CHECK(b[0x004] == 0x8);
    CHECK(b[0x080] == 0x4000'0000);
    b.write(0x084, 1);
    CHECK(b.core.busy());
    b.write(0x000, 3);
    CHECK_FALSE(b.core.busy());
    CHECK(b.core.take_work() == Work::none);
    CHECK(b[0x004] == 0);
    CHECK(b[0x080] == 0);
    CHECK(b.core.resets() == 1);
}

TEST_CASE("g2d: in a list the register after SFRCLEAR is lost", "[gpu]") {
    Bench b{Version::v4_1};
    b.write(0x084, 1);
    b.core.begin_lists();
    b.core.list_write(0x000, 2);
    b.core.list_write(0x304, 0x1234'0000);
    CHECK(b[0x304] == 0);
    b.core.list_write(0x304, 0x1234'0000);
    CHECK(b[0x304] == 0x1234'0000);
    CHECK(b.core.list_write(0x100, 1) == G2dCore::Step::blit);
    CHECK(b.said.empty());
}

TEST_CASE("g2d: lists count, hold and end as their registers say", "[gpu]") {
    Bench b{Version::v4_1};
    b.write(0x080, 0x4100'0000);
    b.write(0x004, 0xA);  // GCF, ACF
    b.write(0x084, 1);
    REQUIRE(b.core.take_work() == Work::lists);
    CHECK(b.core.begin_lists().value == 0x4100'0000);
    b.core.list_write(0x090, 2);  // LIST_HOLD
    CHECK(b.core.list_write(0x100, 1) == G2dCore::Step::blit);
    b.core.end_list_blit();
    CHECK_FALSE(b.core.irq());
    b.core.end_list();
    CHECK(b[0x00C] == 2);
    CHECK(b.core.irq());
    CHECK(b.core.holding());
    CHECK(b[0x08C] == (1U << 17 | 1U << 1));
    b.write(0x00C, 2);
    b.write(0x090, 0);
    b.write(0x084, 2);  // CONTINUE
    CHECK_FALSE(b.core.holding());
    CHECK(b.core.more_lists(0x4100'0400));
    b.core.end_list();
    CHECK_FALSE(b.core.holding());
    CHECK_FALSE(b.core.more_lists(0));
    b.core.end_lists();
    CHECK(b[0x00C] == 0xA);
    CHECK((b[0x08C] & 1) == 1);
    CHECK(b[0x08C] >> 17 == 2);
    CHECK_FALSE(b.core.busy());
    b.write(0x00C, 0xF);
    CHECK_FALSE(b.core.irq());
}

TEST_CASE("g2d: a hold after each blit waits for CONTINUE unless the start says otherwise", "[gpu]") {
    Bench b{Version::v4_1};
    b.write(0x090, 1);
    b.write(0x084, 1);
    b.core.begin_lists();
    b.core.list_write(0x100, 1);
    b.core.end_list_blit();
    CHECK(b.core.holding());
    CHECK(b[0x00C] == 1);
    b.write(0x084, 2);
    b.core.list_write(0x100, 2);
    b.core.end_list_blit();
    CHECK_FALSE(b.core.holding());
    b.core.list_write(0x090, 4);  // USER_HOLD
    CHECK(b.core.holding());
    CHECK(b[0x00C] == 5);
    b.write(0x084, 2);
    b.write(0x084, 2);
    CHECK(b.said == "CONTINUE without a list on hold");
}

TEST_CASE("g2d: EXE_LIST_NUM and HALT end a chain early", "[gpu]") {
    Bench b{Version::v4_1};
    b.write(0x088, 1);
    b.write(0x084, 1);
    b.core.begin_lists();
    CHECK(b.core.more_lists(0x4000'0000));
    b.core.end_list();
    CHECK_FALSE(b.core.more_lists(0x4000'0000));
    b.write(0x084, 4);
    CHECK(b.core.halted());
    b.core.end_lists();
    CHECK((b[0x08C] & 1) == 0);
    CHECK(b[0x00C] == 0);
}

TEST_CASE("g2d: what is switched on and not modelled is named with its register and value", "[gpu]") {
    struct Case {
        Version version;
        uint32_t command, offset, value;
        const char* what;
    };
    constexpr uint32_t kRopMask = 1, kAlphaMask = 2;
    constexpr Case kCases[] = {
        {Version::v3, 0, 0x104, 1U << 24, "colour expansion is not modelled"},
        {Version::v4_1, 0, 0x104, 1U << 3, "dithering is not modelled"},
        {Version::v4_1, 0, 0x104, 1U << 18, "colour keys on YCbCr are not modelled"},
        {Version::v4_1, 1U << 20, 0x108, 1U << 22, "WinCE SRC_OVER is not modelled"},
        {Version::v4_1, kAlphaMask, 0x530, 7, "the gamma of Windows CE's fonts is not modelled"},
        {Version::v4_1, kAlphaMask, 0x530, 3U << 8, "reserved mask type"},
        {Version::v4_1, kRopMask, 0x534, 4, "reserved repeat mode of the mask"},
        {Version::v4_1, 0, 0x800, 0x1020'3040, "gamma is not modelled"},
        {Version::v4_1, 0, 0x87C, 1, "gamma is not modelled"},
        {Version::v4_1, 0, 0x880, 1, "gamma is not modelled"},
    };
    for (const Case& c : kCases) {
        INFO(c.what << " in " << c.offset);
        G2dCore core{c.version};
        std::string said;
        core.mistake = [&](std::string_view what, uint32_t offset, uint32_t value) {
            said += std::string{what} + " " + std::to_string(offset) + " " + std::to_string(value) + ";";
        };
        const auto settings = [&] {
            core.regs.write(0x30C, 1), core.regs.write(0x40C, 1);
            core.regs.write(0x314, 2U << 16 | 8), core.regs.write(0x414, 2U << 16 | 8);
            core.regs.write(0x504, 1U << 16 | 1);
            core.regs.write(0x614, 0xF0F0);  // the pattern
            core.regs.write(0x104, c.command);
        };
        settings();
        CHECK_FALSE(core.blit().nothing_to_do);
        CHECK(said.empty());
        core.regs.write(c.offset, c.value);
        CHECK_FALSE(core.blit().nothing_to_do);
        CHECK(said ==
              std::string{c.what} + " " + std::to_string(c.offset) + " " + std::to_string(c.value) + ";");
    }
}

TEST_CASE("g2d: what a blit does not use is not reported", "[gpu]") {
    Bench b{Version::v4_1};
    b.write(0x40C, 1), b.write(0x414, 2U << 16 | 8), b.write(0x30C, 1), b.write(0x314, 2U << 16 | 8);
    b.write(0x614, 0xCCCC);
    b.write(0x200, 1U << 4 | 1U << 8);  // neither pattern nor mask takes part
    b.write(0x530, 7), b.write(0x534, 4);
    (void)b.core.blit();
    CHECK(b.said.empty());
    b.write(0x104, 1U << 28 | 2);  // a fill ignores all else
    b.write(0x800, 1);
    (void)b.core.blit();
    CHECK(b.said.empty());
    b.write(0x100, 4);
    CHECK(b.said == "CASESEL is not modelled");
}
