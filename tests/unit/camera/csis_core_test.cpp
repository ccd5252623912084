// The MIPI receiver by hardware/fimc.md section 10.
#include "models/camera/csis_core.hpp"

#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::camera;

namespace {

constexpr FrameSize kSize{640, 480};
constexpr uint32_t kExynos4Interrupts = 0xF000'103F;

/// Set up for two lanes of RAW8, as Linux's driver does.
struct Link {
    CsisCore csis;
    std::string_view mistake;

    explicit Link(uint32_t max_lanes = 4) : csis{max_lanes} {
        csis.regs.write(CsisCore::kCtrl, 1U << 4);
        csis.regs.write(CsisCore::kDphyctrl, 12U << 27 | 7);  // clock and two lanes
        csis.regs.write(CsisCore::kConfig, uint32_t{kRaw8} << 2 | 1);
        csis.regs.write(CsisCore::kResol, kSize.width << 16 | kSize.height);
        csis.regs.write(CsisCore::kCtrl, 1U << 20 | 1U << 16);
        csis.regs.write(CsisCore::kIntmsk, kExynos4Interrupts);
        csis.regs.write(CsisCore::kCtrl, csis.regs.read(CsisCore::kCtrl) | 1);
    }
    bool begin(const SentFormat& sent = {kSize, kRaw8, 2}, bool powered = true) {
        mistake = {};
        return csis.begin_frame(sent, powered, mistake);
    }
    uint32_t source() { return csis.regs.read(CsisCore::kIntsrc); }
};

}  // namespace

TEST_CASE("csis: registers have their reset values and keep what they can be written", "[camera]") {
    struct Row {
        uint32_t offset, writable;
    };
    const Row rows[] = {{0x00, 0x8010'0101}, {0x04, 0xF800'001F}, {0x08, 0xFF}, {0x10, 0xF000'F03F},
                        {0x2C, ~0U},         {0x2000, 0},         {0x3FFC, 0}};
    for (const Row& row : rows) {
        INFO(row.offset);
        CsisCore csis;
        CHECK(csis.regs.read(row.offset) == 0);
        csis.regs.write(row.offset, row.writable);
        CHECK(csis.regs.read(row.offset) == row.writable);
        csis.regs.write(CsisCore::kCtrl, 1U << 4);
        CHECK(csis.regs.read(row.offset) == 0);
    }
}

TEST_CASE("csis: frames pass while it is on, has power and knows the format", "[camera]") {
    Link link;
    CHECK(link.begin());
    CHECK(link.mistake == "");
    CHECK(link.csis.passing());
    CHECK_FALSE(link.csis.irq());
    link.csis.end_frame();
    CHECK_FALSE(link.begin({kSize, kRaw8, 2}, false));  // no power
    CHECK(link.source() == 0);
    link.csis.regs.write(CsisCore::kCtrl, 0);
    CHECK_FALSE(link.begin());
    CHECK(link.source() == 0);
}

TEST_CASE("csis: settings count from UPDATE_SHADOW on", "[camera]") {
    Link link;
    link.csis.regs.write(CsisCore::kConfig, uint32_t{kRaw10} << 2 | 1);
    CHECK(link.begin());
    link.csis.regs.write(CsisCore::kCtrl, 1U << 16 | 1);
    CHECK_FALSE(link.begin());
    CHECK(link.begin({kSize, kRaw10, 2}));
}

TEST_CASE("csis: a format it does not know raises ERR_ID until a one is written", "[camera]") {
    Link link;
    CHECK_FALSE(link.begin({kSize, kRaw10, 2}));
    CHECK(link.mistake == "the data format is not what the camera sends");
    CHECK(link.source() == 1);
    CHECK(link.csis.irq());
    link.csis.regs.write(CsisCore::kIntmsk, 0);
    CHECK_FALSE(link.csis.irq());
    link.csis.regs.write(CsisCore::kIntmsk, kExynos4Interrupts);
    link.csis.regs.write(CsisCore::kIntsrc, 0);
    CHECK(link.csis.irq());
    link.csis.regs.write(CsisCore::kIntsrc, 1);
    CHECK_FALSE(link.csis.irq());
}

TEST_CASE("csis: lanes that differ from the camera's fail at the start of transmission", "[camera]") {
    Link link;
    CHECK_FALSE(link.begin({kSize, kRaw8, 4}));
    CHECK(link.source() == 0xF000);
    link.csis.regs.write(CsisCore::kIntsrc, ~0U);
    link.csis.regs.write(CsisCore::kDphyctrl, 3);  // one lane's receiver only
    CHECK_FALSE(link.begin());
    CHECK(link.source() == 0x3000);
    Link narrow{2};
    CHECK(narrow.begin());
    CHECK_FALSE(narrow.begin({kSize, kRaw8, 4}));
}

TEST_CASE("csis: a resolution that differs is reported and passes", "[camera]") {
    Link link;
    CHECK(link.begin({{320, 240}, kRaw8, 2}));
    CHECK(link.mistake == "the resolution is not what the camera sends");
}

TEST_CASE("csis: switched on in the middle of a frame, it has lost the start", "[camera]") {
    Link link;
    link.csis.regs.write(CsisCore::kCtrl, 0);
    CHECK_FALSE(link.begin());
    link.csis.regs.write(CsisCore::kCtrl, 1);
    link.csis.see_line();
    CHECK(link.source() == 1U << 5);
    link.csis.regs.write(CsisCore::kIntsrc, 1U << 5);
    link.csis.see_line();
    CHECK(link.source() == 0);  // once a frame
}

TEST_CASE("csis: embedded data go to the odd and the even buffer in turn", "[camera]") {
    Link link;
    const uint8_t bytes[] = {1, 2, 3, 4, 5};
    REQUIRE(link.begin());
    link.csis.embedded(bytes);
    CHECK(link.source() == 1U << 29);
    CHECK(link.csis.irq());
    CHECK(link.csis.regs.read(CsisCore::kPacketOdd) == 0x0403'0201);
    CHECK(link.csis.regs.read(CsisCore::kPacketOdd + 4) == 5);
    CHECK(link.csis.regs.read(CsisCore::kPacketEven) == 0);
    link.csis.end_frame();
    REQUIRE(link.begin());
    link.csis.embedded(bytes);
    CHECK(link.source() == (1U << 31 | 1U << 29));
    CHECK(link.csis.regs.read(CsisCore::kPacketEven) == 0x0403'0201);
}

TEST_CASE("csis: a frame that begins before the last one has ended tells of a lost end", "[camera]") {
    Link link;
    CHECK(link.begin());
    CHECK(link.source() == 0);
    CHECK(link.begin());  // without a frame end between them
    CHECK(link.source() == 1U << 4);
    CHECK(link.csis.irq());
    link.csis.regs.write(CsisCore::kIntsrc, 1U << 4);
    CHECK_FALSE(link.csis.irq());
    link.csis.end_frame();
    CHECK(link.begin());
    CHECK(link.source() == 0);
    link.csis.clock_lost();
    CHECK(link.begin());  // what the receiver did not follow has lost nothing
    CHECK(link.source() == 0);
}
