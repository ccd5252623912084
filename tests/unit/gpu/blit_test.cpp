// Single blits with results that can be worked out by hand. Expectations: hardware/fimg2d.md sections 2 to 5.
#include <catch2/catch.hpp>
#include <cstring>
#include <map>

#include "models/gpu/blitter.hpp"
#include "models/gpu/g2d_core.hpp"
#include "tests/unit/gpu/memory.hpp"

using namespace exysim;
using namespace exysim::gpu;

namespace {

constexpr uint32_t kSource = 0x1000, kDestination = 0x8000, kStride = 64;

struct Bench {
    G2dCore core;
    test::VectorMemory memory{0x10000};
    std::string said;

    /// Pictures of XRGB or ARGB words, `width` by `height` in the corner of both.
    Bench(Version version, uint32_t mode, uint32_t width, uint32_t height) : core{version} {
        core.mistake = [this](std::string_view what, uint32_t, uint32_t) { said = what; };
        set({{0x304, kSource}, {0x308, kStride}, {0x30C, mode}, {0x310, 0}, {0x314, height << 16 | width}});
        set({{0x404, kDestination},
             {0x408, kStride},
             {0x40C, mode},
             {0x410, 0},
             {0x414, height << 16 | width}});
        set({{0x614, 0xCCCC}});
    }
    void set(const std::map<uint32_t, uint32_t>& registers) {
        for (const auto& [offset, value] : registers) core.regs.write(offset, value);
    }
    void put(uint32_t base, uint32_t x, uint32_t y, uint32_t word) {
        std::memcpy(&memory.bytes[base + y * kStride + x * 4], &word, 4);
    }
    uint32_t get(uint32_t x, uint32_t y) {
        uint32_t word;
        std::memcpy(&word, &memory.bytes[kDestination + y * kStride + x * 4], 4);
        return word;
    }
    bool run() {
        Blitter blitter;
        return blitter.run(core.blit(), memory);
    }
};

/// A picture of three by two with its pixels numbered: 1 2 3 / 4 5 6.
struct Numbered : Bench {
    Numbered(Version version, bool turned) : Bench{version, 1, 3, 2} {
        if (turned) set({{0x414, 3U << 16 | 2}});
        for (uint32_t i = 0; i < 6; ++i) put(kSource, i % 3, i / 3, i + 1);
    }
};

std::string picture(Bench& b, uint32_t width, uint32_t height) {
    std::string text;
    for (uint32_t y = 0; y < height; ++y) {
        for (uint32_t x = 0; x < width; ++x) text += std::to_string(b.get(x, y));
        if (y + 1 < height) text += '/';
    }
    return text;
}

}  // namespace

TEST_CASE("g2d: mirrors and turns as the drivers program them", "[gpu]") {
    struct Row {
        Version version;
        uint32_t rotate, src, dst;
        bool turned;
        const char* expected;
    };
    const Row rows[] = {
        // version 3: 90, 180, 270, X-flip, Y-flip of section 5; 90 is clockwise
        {Version::v3, 1, 0, 0, true, "41/52/63"},
        {Version::v3, 0, 0, 3, false, "654/321"},
        {Version::v3, 1, 0, 3, true, "36/25/14"},
        {Version::v3, 0, 0, 2, false, "456/123"},
        {Version::v3, 0, 0, 1, false, "321/654"},
        // 4.1: 90, 180, 270, X-flip, Y-flip
        {Version::v4_1, 1, 0, 3, true, "41/52/63"},
        {Version::v4_1, 0, 0, 3, false, "654/321"},
        {Version::v4_1, 1, 0, 0, true, "36/25/14"},
        {Version::v4_1, 0, 0, 2, false, "456/123"},
        {Version::v4_1, 0, 0, 1, false, "321/654"},
        // s5p-g2d: hflip | vflip << 1 on the source; both sides cancel out
        {Version::v3, 0, 1, 0, false, "321/654"},
        {Version::v3, 0, 2, 0, false, "456/123"},
        {Version::v3, 0, 3, 3, false, "123/456"},
    };
    for (const Row& row : rows) {
        Numbered b{row.version, row.turned};
        b.set({{0x200, row.rotate}, {0x204, row.src}, {0x208, row.dst}});
        REQUIRE(b.run());
        CHECK(picture(b, row.turned ? 2 : 3, row.turned ? 3 : 2) == row.expected);
        CHECK(b.said.empty());
    }
}

TEST_CASE("g2d: doubling and halving by nearest pixel", "[gpu]") {
    for (const Version version : {Version::v3, Version::v4_1}) {
        Numbered b{version, false};
        b.set({{0x414, 4U << 16 | 6}});
        if (version == Version::v3) b.set({{0x104, 1U << 4}});
        if (version == Version::v4_1) b.set({{0x328, 1}, {0x32C, 0x8000}, {0x330, 0x8000}});
        REQUIRE(b.run());
        CHECK(picture(b, 6, 4) == "112233/112233/445566/445566");
    }
}

TEST_CASE("g2d: bilinear meets in the middle and ends at the edge", "[gpu]") {
    Bench b{Version::v4_1, 1, 2, 1};
    b.put(kSource, 0, 0, 0x0000'0000);
    b.put(kSource, 1, 0, 0xFF80'4020);
    b.set({{0x414, 1U << 16 | 4}, {0x328, 2}, {0x32C, 0x8000}, {0x330, 0x1'0000}});
    REQUIRE(b.run());
    CHECK(b.get(0, 0) == 0);
    CHECK(b.get(1, 0) == 0x8040'2010);  // 127.5 rounds up
    CHECK(b.get(2, 0) == 0xFF80'4020);
    CHECK(b.get(3, 0) == 0xFF80'4020);
}

TEST_CASE("g2d: bilinear that ignores the boundary takes what the repeat mode puts behind it", "[gpu]") {
    const std::pair<uint32_t, uint32_t> rows[] = {
        // the last pixel, and the middle between it and its neighbour
        {0, 0x8040'2010},  // repeat: the first one, of zeros
        {1, 0x8888'8848},  // pad: 0x1090D070
        {2, 0xFF80'4020},  // reflect: itself
        {3, 0xFF80'4020},  // clamp: itself
        {4, 0x8040'2010},  // none: nothing
    };
    for (const auto& [repeat, expected] : rows) {
        Bench b{Version::v4_1, 1, 2, 1};
        b.put(kSource, 0, 0, 0x0000'0000);
        b.put(kSource, 1, 0, 0xFF80'4020);
        b.put(kSource, 2, 0, 0xFFFF'FFFF);  // behind the rectangle in memory
        b.set({{0x414, 1U << 16 | 4}, {0x328, 3}, {0x32C, 0x8000}, {0x330, 0x1'0000}});
        b.set({{0x31C, repeat}, {0x320, 0x1090'D070}});
        REQUIRE(b.run());
        CHECK(b.get(2, 0) == 0xFF80'4020);
        CHECK(b.get(3, 0) == expected);
    }
}

TEST_CASE("g2d: raster operations by their codes", "[gpu]") {
    constexpr uint32_t s = 0xFF12'3456, d = 0xFFA5'5AC3, p = 0xFF0F'F0FF;
    const std::pair<uint32_t, uint32_t> rows[] = {
        {0xCC, s},     {0x33, ~s},    {0xF0, p},     {0xAA, d},     {0x55, ~d},
        {0x66, s ^ d}, {0x88, s & d}, {0xEE, s | d}, {0x5A, p ^ d}, {0xCA, (p & s) | (~p & d)},
    };
    for (const auto& [code, expected] : rows) {
        Bench b{Version::v3, 1, 1, 1};
        b.put(kSource, 0, 0, s);
        b.put(kDestination, 0, 0, d);
        b.set({{0x614, code}, {0x610, 1}, {0x700, p}});
        REQUIRE(b.run());
        CHECK(b.get(0, 0) == expected);
    }
}

TEST_CASE("g2d: the Porter-Duff operators on premultiplied colour", "[gpu]") {
    constexpr uint32_t kOne = 0, kZero = 1, kSa = 2, kDa = 4, kInvSrc = 1U << 16, kInvDst = 1U << 18;
    struct Row {
        uint32_t source, destination, inverts;
        double (*fa)(double),
            (*fb)(double);  // of the other's alpha: source times fa(da) + destination times fb(sa)
    };
    const auto one = [](double) { return 1.0; };
    const auto zero = [](double) { return 0.0; };
    const auto same = [](double a) { return a; };
    const auto inverse = [](double a) { return 1 - a; };
    const Row rows[] = {
        {kOne, kSa, kInvDst, one, inverse},               // SRC_OVER
        {kDa, kOne, kInvSrc, inverse, one},               // DST_OVER
        {kDa, kZero, 0, same, zero},                      // SRC_IN
        {kZero, kSa, 0, zero, same},                      // DST_IN
        {kDa, kZero, kInvSrc, inverse, zero},             // SRC_OUT
        {kZero, kSa, kInvDst, zero, inverse},             // DST_OUT
        {kDa, kSa, kInvDst, same, inverse},               // SRC_ATOP
        {kDa, kSa, kInvSrc, inverse, same},               // DST_ATOP
        {kDa, kSa, kInvSrc | kInvDst, inverse, inverse},  // XOR
        {kOne, kOne, 0, one, one},                        // ADD
        {kZero, kZero, 0, zero, zero},                    // CLEAR
    };
    constexpr uint32_t s = 0x8040'2060, d = 0xC0A0'1050;
    for (const Row& row : rows) {
        Bench b{Version::v4_1, 1, 1, 1};
        b.put(kSource, 0, 0, s);
        b.put(kDestination, 0, 0, d);
        b.set({{0x104, 1U << 20}, {0x108, row.source | row.destination << 8 | row.inverts}, {0x10C, 0x33}});
        REQUIRE(b.run());
        for (unsigned i = 0; i < 4; ++i) {
            const double expected = std::min(
                channel(s, i) * row.fa(channel(d, 3) / 255.0) + channel(d, i) * row.fb(channel(s, 3) / 255.0),
                255.0);
            CHECK(std::abs(channel(b.get(0, 0), i) - expected) <= 0.51);
        }
    }
}

TEST_CASE("g2d: a fill paints the destination in its own format and nothing outside", "[gpu]") {
    Bench b{Version::v4_1, 2, 4, 3};  // RGB565
    b.set({{0x104, 1U << 28}, {0x70C, 0x1234}});
    REQUIRE(b.run());
    CHECK(b.memory.written_bytes == 4 * 3 * 2);
    CHECK(b.memory.read_bytes == 0);
    CHECK(b.get(0, 0) == 0x1234'1234);
    CHECK(b.get(2, 0) == 0);
}

TEST_CASE("g2d: the clip window cuts and an empty one draws nothing", "[gpu]") {
    Numbered b{Version::v3, false};
    b.set({{0x104, 1U << 8}, {0x600, 0U << 16 | 1}, {0x604, 2U << 16 | 2}});
    REQUIRE(b.run());
    CHECK(picture(b, 3, 2) == "020/050");
    Numbered empty{Version::v3, false};
    empty.set({{0x104, 1U << 8}, {0x600, 5}, {0x604, 2U << 16 | 7}});
    REQUIRE(empty.run());
    CHECK(empty.memory.written_bytes == 0);
}

TEST_CASE("g2d: the mask begins at its rectangle's corner", "[gpu]") {
    Numbered b{Version::v4_1, false};
    b.set({{0x104, 1}, {0x614, 0x00CC}});  // masked pixels become black
    b.set({{0x520, 0x4000}, {0x524, 16}, {0x528, 1U << 16 | 6}, {0x52C, 3U << 16 | 9}});
    b.memory.bytes[0x4010] = 0xFD;  // row 1: of pixels 6, 7, 8 the second is masked
    b.memory.bytes[0x4020] = 0xFE;  // row 2: the first and the third
    b.memory.bytes[0x4021] = 0x80;
    REQUIRE(b.run());
    CHECK(b.said.empty());
    CHECK(picture(b, 3, 2) == "103/050");
}

TEST_CASE("g2d: a mask of each format lets through what it says", "[gpu]") {
    struct Row {
        uint32_t mode, mask, expected;
    };
    // a mask pixel of one, half (128 of 255 to nearest) or nothing, on white; blending rounds to nearest
    const Row rows[] = {
        {0, 0x80, 0xFFFF'FFFF},                           // a bit, the highest first
        {0, 0x7F, 0},                                     //
        {1, 0x8F, 0x8888'8888},                           // four bits, the upper first: 8 widens to 0x88
        {2, 0x80, 0x8080'8080},                           // a byte
        {6, 0x8040'2010, 0x8080'8080},                    // 8888: its alpha for all channels,
        {6 | 1 << 8, 0x8040'2010, 0x8040'2010},           // its channels,
        {6 | 2 << 8, 0x8040'2010, 0x8040'2010},           //
        {6 | 1 << 8 | 1 << 4, 0x8040'2010, 0x1080'4020},  // in R-G-B-A order
        {3 | 1 << 8, 0xF800, 0xFFFF'0000},                // 565 has no alpha,
        {3, 0xF800, 0xFFFF'FFFF},                         // which is one
        {4, 0x8000, 0xFFFF'FFFF},                         // 1555
        {5 | 1 << 8, 0x8421, 0x8844'2211},                // 4444
    };
    for (const Row& row : rows) {
        Bench b{Version::v4_1, 1, 1, 1};
        b.put(kSource, 0, 0, 0xFFFF'FFFF);
        b.put(0x4000, 0, 0, row.mask);
        b.set({{0x104, 2}, {0x10C, 3}, {0x520, 0x4000}, {0x524, 16}, {0x530, row.mode}});
        REQUIRE(b.run());
        INFO(row.mode << " " << row.mask);
        CHECK(b.get(0, 0) == row.expected);
        CHECK(b.said.empty());
    }
}

TEST_CASE("g2d: a mask turns, mirrors, repeats and scales as the source does", "[gpu]") {
    struct Row {
        uint32_t rotate, directions, destination, size, repeat, scale, step;
        const char* expected;
    };
    constexpr uint32_t kWhole = 2U << 16 | 3;
    // The mask is 100 / 011; what it selects becomes 0.
    const Row rows[] = {
        {0, 0, 0, kWhole, 0, 0, 0, "023/400"},
        {0, 0x10, 0, kWhole, 0, 0, 0, "120/006"},
        {0, 0x20, 0, kWhole, 0, 0, 0, "100/056"},
        {0, 0, 3, kWhole, 0, 0, 0, "004/320"},        // the destination's directions mirror the source too
        {0, 0, 0, 1U << 16 | 1, 0, 0, 0, "000/000"},  // one selecting pixel, repeated,
        {0, 0, 0, 1U << 16 | 1, 1, 0, 0, "023/456"},  // padded with nothing,
        {0, 0, 0, 1U << 16 | 2, 2, 0, 0, "023/056"},  // 10 reflected to 100,
        {0, 0, 0, 1U << 16 | 2, 3, 0, 0, "023/056"},  // or its last pixel goes on
        {0, 0, 0, kWhole, 0, 1, 0x8000, "003/006"},   // twice as large: 110 / 110
        {0x100, 0, 0, 3U << 16 | 2, 0, 0, 0, "103/056"},  // of 10 / 01 / 00: a quarter against the clock
    };
    for (const Row& row : rows) {
        Numbered b{Version::v4_1, false};
        b.set({{0x104, 1}, {0x614, 0x00CC}, {0x520, 0x4000}, {0x524, 16}, {0x200, row.rotate}});
        b.set({{0x204, row.directions}, {0x208, row.destination}, {0x52C, row.size}, {0x534, row.repeat}});
        b.set({{0x53C, row.scale}, {0x540, row.step}, {0x544, row.step}});
        b.memory.bytes[0x4000] = 0x80;
        b.memory.bytes[0x4010] = 0x60;
        REQUIRE(b.run());
        INFO(row.rotate << " " << row.directions << " " << row.size << " " << row.repeat);
        CHECK(picture(b, 3, 2) == row.expected);
        CHECK(b.said.empty());
    }
}

TEST_CASE("g2d: a pattern turns as the source does", "[gpu]") {
    for (const Version version : {Version::v3, Version::v4_1}) {
        Numbered b{version, true};
        b.set({{0x614, 0xF0}, {0x200, 0x11}, {0x500, kSource}, {0x504, 2U << 16 | 3}});
        b.set({{0x508, 1}, {0x510, kStride}});
        REQUIRE(b.run());
        CHECK(picture(b, 2, 3) == (version == Version::v3 ? "41/52/63" : "36/25/14"));
        CHECK(b.said.empty());
    }
}

TEST_CASE("g2d: the global colour lies above the global alpha", "[gpu]") {
    Bench b{Version::v4_1, 1, 1, 1};
    b.put(kSource, 0, 0, 0xFFFF'FFFF);
    b.set({{0x104, 1U << 20}, {0x108, 7 | 1 << 8}, {0x10C, 3}, {0x618, 0x1122'3344}});
    REQUIRE(b.run());
    CHECK(b.get(0, 0) == 0x4411'2233);
}

TEST_CASE("g2d: settings that make no picture end at once and are named", "[gpu]") {
    Numbered b{Version::v3, false};
    b.set({{0x414, 0}});
    CHECK(b.run());
    CHECK(b.said == "empty destination rectangle");
    Numbered mode{Version::v4_1, false};
    mode.set({{0x30C, 13}});
    CHECK(mode.run());
    CHECK(mode.said == "reserved colour mode");
    CHECK(mode.memory.written_bytes == 0);
}

TEST_CASE("g2d: memory that fails ends the blit", "[gpu]") {
    Numbered b{Version::v3, false};
    b.set({{0x304, 0x2'0000}});
    CHECK_FALSE(b.run());
    CHECK(b.memory.written_bytes == 0);
}
