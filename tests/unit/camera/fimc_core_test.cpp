// Capture by the rules of hardware/fimc.md, sections 0 to 3 and 8.
#include "models/camera/fimc_core.hpp"

#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::camera;
using namespace exysim::camera::fimc;

namespace {

constexpr FrameSize kSize{640, 480};
constexpr uint32_t kSwReset_ = 1U << 31, kIrqClear_ = 1U << 19, kCaptureOn = 3U << 30;

/// Set up for capture as Linux's driver does, slot n at 0x100000 * (n + 1).
struct Capture {
    FimcCore fimc;

    Capture() {
        RegisterBank& r = fimc.regs;
        r.write(kCigctrl, r.read(kCigctrl) | kSwReset_ | 1U << 20);
        r.write(kCigctrl, r.read(kCigctrl) & ~kSwReset_);
        r.write(kCifcntseq, 0xF);
        r.write(kCisrcfmt, 1U << 31 | kSize.width << 16 | kSize.height);
        r.write(kCitrgfmt, kSize.width << 16 | kSize.height);
        r.write(kOrgosize, kSize.height << 16 | kSize.width);
        r.write(kCioctrl, 1U << 3);
        for (uint32_t slot = 0; slot < 4; ++slot) {
            r.write(kCioysa + 4 * slot, 0x10'0000 * (slot + 1));
            r.write(kCiocbsa + 4 * slot, 0x10'0000 * (slot + 1) + kSize.width * kSize.height);
        }
        r.write(kCiimgcpt, kCaptureOn);
    }
    FrameDecision begin() { return fimc.begin_frame(kSize); }
    void acknowledge() { fimc.regs.write(kCigctrl, fimc.regs.read(kCigctrl) | kIrqClear_); }
    uint32_t present() { return fimc.regs.read(kCistatus2) & 0x3F; }
    uint32_t before() { return fimc.regs.read(kCistatus2) >> 7 & 0x3F; }
    uint32_t status() { return fimc.regs.read(kCistatus); }
};

}  // namespace

TEST_CASE("fimc: drivers that never enable the interrupt get it all the same", "[camera]") {
    FimcCore fimc;
    CHECK((fimc.regs.read(kCigctrl) & 1U << 16) != 0);
    fimc.regs.write(kCigctrl, fimc.regs.read(kCigctrl) | kSwReset_ | 1U << 20);
    fimc.regs.write(kCigctrl, fimc.regs.read(kCigctrl) & ~kSwReset_);
    CHECK((fimc.regs.read(kCigctrl) & (1U << 16 | 1U << 20)) == (1U << 16 | 1U << 20));
}

TEST_CASE("fimc: the interrupt comes at the start of each frame and names the slots", "[camera]") {
    Capture c;
    CHECK_FALSE(c.fimc.irq());
    REQUIRE(c.begin().area);
    CHECK(c.fimc.irq());
    CHECK(c.present() == 1);
    CHECK(c.before() == 0);  // nothing is complete yet
    c.acknowledge();
    CHECK_FALSE(c.fimc.irq());
    c.fimc.end_frame();
    CHECK_FALSE(c.fimc.irq());  // the end of a frame is silent while capture goes on
    CHECK((c.status() >> 17 & 1) == 1);
    REQUIRE(c.begin().area);
    CHECK(c.fimc.irq());
    CHECK(c.present() == 2);
    CHECK(c.before() == 1);
}

TEST_CASE("fimc: frames go round the ring of enabled slots", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCifcntseq, 0b1011);
    std::vector<uint32_t> bases;
    for (int i = 0; i < 5; ++i) {
        bases.push_back(c.begin().area->y.value);
        c.fimc.end_frame();
    }
    CHECK(bases == std::vector<uint32_t>{0x10'0000, 0x20'0000, 0x40'0000, 0x10'0000, 0x20'0000});
}

TEST_CASE("fimc: slots from the fifth on have their addresses elsewhere", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCifcntseq, 1U << 4 | 1U << 31);
    c.fimc.regs.write(0x200, 0x7000'0000);           // CIOYSA5
    c.fimc.regs.write(0x200 + 27 * 4, 0x7100'0000);  // CIOYSA32
    c.fimc.regs.write(0x270 + 27 * 4, 0x7200'0000);  // CIOCBSA32
    CHECK(c.begin().area->y.value == 0x7000'0000);
    c.fimc.end_frame();
    const auto last = c.begin().area;
    CHECK(last->y.value == 0x7100'0000);
    CHECK(last->cb.value == 0x7200'0000);
}

TEST_CASE("fimc: without a slot or without capture nothing is written", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCifcntseq, 0);
    CHECK_FALSE(c.begin().area);
    CHECK(c.begin().drop_reason == "no buffer");
    CHECK_FALSE(c.fimc.irq());
    c.fimc.regs.write(kCifcntseq, 0xF);
    c.fimc.regs.write(kCiimgcpt, 1U << 31);  // not the scaler's path
    CHECK_FALSE(c.begin().area);
}

TEST_CASE("fimc: disabling capture ends with the frame in progress and one last interrupt", "[camera]") {
    Capture c;
    (void)c.begin();
    c.acknowledge();
    c.fimc.regs.write(kCiimgcpt, 0);
    CHECK((c.status() >> 21 & 3) == 3);  // the shadow still says so
    c.fimc.end_frame();
    CHECK(c.fimc.irq());
    CHECK((c.status() >> 16 & 3) == 3);  // FRAMEEND and LASTCAPTUREEND
    CHECK((c.status() >> 21 & 3) == 0);
    c.acknowledge();
    CHECK_FALSE(c.begin().area);
    CHECK_FALSE(c.fimc.irq());
}

TEST_CASE("fimc: the ring goes on where it was, only a reset begins anew", "[camera]") {
    Capture c;
    for (int i = 0; i < 2; ++i) {
        (void)c.begin();
        c.fimc.end_frame();
    }
    c.fimc.regs.write(kCiimgcpt, 0);
    c.fimc.regs.write(kCiimgcpt, kCaptureOn);
    CHECK(c.begin().area->y.value == 0x30'0000);
    const uint64_t resets = c.fimc.resets();
    Capture again;
    CHECK(again.begin().area->y.value == 0x10'0000);
    c.fimc.regs.write(kCigctrl, kSwReset_);
    CHECK(c.fimc.resets() == resets + 1);
}

TEST_CASE("fimc: an overflow shows until it is cleared through CIWDOFST", "[camera]") {
    Capture c;
    (void)c.begin();
    c.acknowledge();
    c.fimc.overflow();
    CHECK(c.status() >> 29 == 7);
    CHECK_FALSE(c.fimc.irq());  // IRQ_OVFEN is off
    c.fimc.regs.write(kCiwdofst, 1U << 31 | 1U << 30 | 1U << 15);
    CHECK(c.status() >> 29 == 1);
    c.fimc.regs.write(kCiwdofst, 1U << 31 | 1U << 14);
    CHECK(c.status() >> 29 == 0);
    c.fimc.regs.write(kCigctrl, c.fimc.regs.read(kCigctrl) | 1U << 22);
    c.fimc.overflow();
    CHECK(c.fimc.irq());
}

TEST_CASE("fimc: the window offsets crop on all four sides", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCiwdofst, 1U << 31 | 64U << 16 | 20);
    c.fimc.regs.write(kCiwdofst2, 32U << 16 | 10);
    c.fimc.regs.write(kCitrgfmt, (640U - 96) << 16 | (480 - 30));
    const FrameDecision d = c.begin();
    REQUIRE(d.area);
    CHECK(d.crop_left == 64);
    CHECK(d.crop_top == 20);
    CHECK(d.area->size == FrameSize{544, 450});
    CHECK(d.area->canvas_width == 640);
}

TEST_CASE("fimc: settings that cannot be done are said, not ignored", "[camera]") {
    struct Row {
        uint32_t reg, value;
        const char* mistake;
    };
    const Row rows[] = {
        {kCisrcfmt, 1U << 31 | 320U << 16 | 240, "the source size is not what the camera sends"},
        {kCitrgfmt, 320U << 16 | 240, "scaling is not modelled yet"},
        {kCitrgfmt, 3U << 29 | 640U << 16 | 480, "RGB output is not modelled yet"},
        {kCitrgfmt, 640U << 16 | 1U << 14 | 480, "rotation and flips are not modelled yet"},
        {kMsctrl, 1U << 3, "memory-to-memory operation is not modelled yet"},
        {kCiwdofst, 1U << 31 | 640U << 16, "the window offsets leave nothing of the source"},
    };
    for (const Row& row : rows) {
        Capture c;
        c.fimc.regs.write(row.reg, row.value);
        const FrameDecision d = c.begin();
        CHECK_FALSE(d.area);
        CHECK(d.mistake == row.mistake);
        CHECK_FALSE(c.fimc.irq());
    }
}

TEST_CASE("fimc: a picture past its canvas is written and reported", "[camera]") {
    Capture c;
    c.fimc.regs.write(kOrgosize, 400U << 16 | 640);
    const FrameDecision d = c.begin();
    CHECK(d.area);
    CHECK(d.mistake == "the picture reaches past its canvas");
}
