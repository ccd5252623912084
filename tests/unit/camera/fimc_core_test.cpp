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
        r.write(kCiscpreratio, 10U << 28 | 1U << 16 | 1);
        r.write(kCiscpredst, kSize.width << 16 | kSize.height);
        r.write(kCiscctrl, 3U << 29 | 256U << 16 | 1U << 15 | 256);
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
    REQUIRE(c.begin());
    CHECK(c.fimc.irq());
    CHECK(c.present() == 1);
    CHECK(c.before() == 0);  // nothing is complete yet
    c.acknowledge();
    CHECK_FALSE(c.fimc.irq());
    c.fimc.end_frame();
    CHECK_FALSE(c.fimc.irq());  // the end of a frame is silent while capture goes on
    CHECK((c.status() >> 17 & 1) == 1);
    REQUIRE(c.begin());
    CHECK(c.fimc.irq());
    CHECK(c.present() == 2);
    CHECK(c.before() == 1);
}

TEST_CASE("fimc: frames go round the ring of enabled slots", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCifcntseq, 0b1011);
    std::vector<uint32_t> bases;
    for (int i = 0; i < 5; ++i) {
        bases.push_back(c.begin().area().base[0].value);
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
    CHECK(c.begin().area().base[0].value == 0x7000'0000);
    c.fimc.end_frame();
    const OutputArea last = c.begin().area();
    CHECK(last.base[0].value == 0x7100'0000);
    CHECK(last.base[1].value == 0x7200'0000);
}

TEST_CASE("fimc: without a slot or without capture nothing is written", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCifcntseq, 0);
    CHECK_FALSE(c.begin());
    CHECK(c.begin().drop_reason == "no buffer");
    CHECK_FALSE(c.fimc.irq());
    c.fimc.regs.write(kCifcntseq, 0xF);
    c.fimc.regs.write(kCiimgcpt, 1U << 31);  // not the scaler's path
    CHECK_FALSE(c.begin());
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
    CHECK_FALSE(c.begin());
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
    CHECK(c.begin().area().base[0].value == 0x30'0000);
    const uint64_t resets = c.fimc.resets();
    Capture again;
    CHECK(again.begin().area().base[0].value == 0x10'0000);
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
    c.fimc.regs.write(kCiscpredst, (640U - 96) << 16 | (480 - 30));
    const FrameDecision d = c.begin();
    REQUIRE(d);
    CHECK(d.crop_left == 64);
    CHECK(d.crop_top == 20);
    CHECK(d.area().size == FrameSize{544, 450});
    CHECK(d.area().canvas == kSize);
}

TEST_CASE("fimc: settings that cannot be done are said, not ignored", "[camera]") {
    struct Row {
        uint32_t reg, value;
        const char* mistake;
    };
    const Row rows[] = {
        {kCisrcfmt, 1U << 31 | 320U << 16 | 240, "the source size is not what the camera sends"},
        {kCitrgfmt, 480, "the target has no size"},
        {kCiscctrl, 1U << 26, "output to the LCD FIFO is not modelled"},
        {kCiexten, 1U << 22, "4:4:4 output is not modelled"},
        {kCiwdofst, 1U << 31 | 640U << 16, "the window offsets leave nothing of the source"},
    };
    for (const Row& row : rows) {
        Capture c;
        c.fimc.regs.write(row.reg, row.value);
        const FrameDecision d = c.begin();
        CHECK_FALSE(d);
        CHECK(d.mistake == row.mistake);
        CHECK_FALSE(c.fimc.irq());
    }
}

TEST_CASE("fimc: XRGB8888 with its extension bit, as Linux's DRM driver has it, is 32 bits a pixel",
          "[camera]") {
    Capture c;
    c.fimc.regs.write(kCitrgfmt, 3U << 29 | c.fimc.regs.read(kCitrgfmt));
    c.fimc.regs.write(kCiscctrl, c.fimc.regs.read(kCiscctrl) | 1U << 10 | 2U << 11);
    const FrameDecision d = c.begin();
    REQUIRE(d);
    CHECK(d.mistake.empty());
    CHECK(d.area().layout.kind == PixelLayout::Kind::rgb888);
}

TEST_CASE("fimc: a picture past its canvas is written and reported", "[camera]") {
    Capture c;
    c.fimc.regs.write(kOrgosize, 400U << 16 | 640);
    const FrameDecision d = c.begin();
    CHECK(d);
    CHECK(d.mistake == "the picture reaches past its canvas");
}

TEST_CASE("fimc: settings that go wrong are carried out and reported", "[camera]") {
    struct Row {
        uint32_t reg, value;
        const char* mistake;
    };
    const Row rows[] = {
        {kOrgosize, 400U << 16 | 640, "the picture reaches past its canvas"},
        {kCitrgfmt, 639U << 16 | 480, "the size is odd where chroma is subsampled"},
        {kCiscpredst, 700U << 16 | 480, "the prescaler reads past the source"},
        {kCiscpreratio, 10U << 28, "the prescaler is not set up"},
        {kCiscctrl, 511U << 16 | 256, "the main scaler reads past the prescaled picture"},
        {kCiimgeff, 1U << 30 | 7U << 26, "the image effect is a reserved one"},
        {kCiscctrl, 1U << 31, ""},
        {kCitrgfmt, 3U << 29 | 640U << 16 | 480, ""},
    };
    for (const Row& row : rows) {
        INFO(row.mistake);
        Capture c;
        c.fimc.regs.write(row.reg, row.value);
        const FrameDecision d = c.begin();
        CHECK(d);
        CHECK(d.mistake == row.mistake);
        CHECK(c.fimc.irq());
    }
}

TEST_CASE("fimc: sizes that differ without a scaler are reported", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCiscctrl, 1U << 31);
    c.fimc.regs.write(kCitrgfmt, 320U << 16 | 240);
    CHECK(c.begin().mistake == "sizes differ though the scaler is bypassed");
}

TEST_CASE("fimc: CIGCTRL selects the camera port", "[camera]") {
    FimcCore fimc;
    CHECK(fimc.selected() == CameraPort::itu_a);  // the reset value
    fimc.regs.write(kCigctrl, 1U << 16);
    CHECK(fimc.selected() == CameraPort::itu_b);
    fimc.regs.write(kCigctrl, 1U << 3 | 1U << 7);
    CHECK(fimc.selected() == CameraPort::mipi_0);
    fimc.regs.write(kCigctrl, 1U << 3);
    CHECK(fimc.selected() == CameraPort::mipi_1);
    for (const uint32_t other : {0U, 1U << 10, 1U << 3, 1U << 29}) {
        fimc.regs.write(kCigctrl, 1U << 6 | other);
        CHECK(fimc.selected() == CameraPort::writeback);
    }
}

TEST_CASE("fimc: frame control takes the frames that its sequence names", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCicptseq, 0b1101);
    c.fimc.regs.write(kCiimgcpt, 0);
    c.fimc.regs.write(kCiimgcpt, kCaptureOn | 1U << 25);
    std::vector<bool> taken;
    for (int i = 0; i < 5; ++i) {
        const FrameDecision d = c.begin();
        taken.push_back(static_cast<bool>(d));
        if (!d) CHECK(d.drop_reason == "not in the capture sequence");
        c.fimc.end_frame();
    }
    CHECK(taken == std::vector<bool>{true, false, true, true, false});
}

TEST_CASE("fimc: frame control in count mode takes so many and no more", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCiimgcpt, 0);
    c.fimc.regs.write(kCiimgcpt, kCaptureOn | 1U << 25 | 1U << 18 | 2U << 10);
    int taken = 0;
    for (int i = 0; i < 5; ++i) {
        taken += static_cast<bool>(c.begin());
        c.fimc.end_frame();
    }
    CHECK(taken == 2);
    c.fimc.regs.write(kCiimgcpt, 0);
    c.fimc.regs.write(kCiimgcpt, kCaptureOn | 1U << 25 | 1U << 18 | 2U << 10);  // enabling counts anew
    CHECK(c.begin());
}

TEST_CASE("fimc: the status word follows the raster", "[camera]") {
    Capture c;
    (void)c.begin();
    CHECK((c.status() >> 28 & 1) == 1);  // VSYNC
    CHECK((c.status() >> 20 & 1) == 1);  // VSYNC_A
    c.fimc.begin_lines();
    CHECK((c.status() >> 28 & 1) == 0);
    CHECK((c.status() >> 15 & 1) == 1);  // VVALID_A
    c.fimc.end_frame();
    CHECK((c.status() >> 15 & 1) == 0);
}

namespace {
/// Set up for a copy of 64 x 48 NV12 in memory.
struct Copy {
    FimcCore fimc;
    Copy() {
        RegisterBank& r = fimc.regs;
        r.write(kCifcntseq, 0xF);
        r.write(kOrgisize, 48U << 16 | 64);
        r.write(kCirealIsize, 48U << 16 | 64);
        r.write(kCitrgfmt, 64U << 16 | 48);
        r.write(kOrgosize, 48U << 16 | 64);
        r.write(kCioctrl, 1U << 3);
        r.write(kCiscctrl, 1U << 31);
        r.write(kMsctrl, 1U << 15 | 1U << 3);
    }
    void start() { fimc.regs.write(kMsctrl, fimc.regs.read(kMsctrl) | 1); }
    uint32_t status() { return fimc.regs.read(kCistatus); }
};
}  // namespace

TEST_CASE("fimc: a job begins when ENVID rises and capture is enabled, in either order", "[camera]") {
    Copy first;
    first.start();
    CHECK_FALSE(first.fimc.job_waiting());
    first.fimc.regs.write(kCiimgcpt, 1U << 31);
    CHECK(first.fimc.job_waiting());
    Copy second;
    second.fimc.regs.write(kCiimgcpt, 1U << 31);
    CHECK_FALSE(second.fimc.job_waiting());
    second.start();
    CHECK(second.fimc.job_waiting());
    CHECK((second.status() >> 8 & 1) == 1);
}

TEST_CASE("fimc: a job's end clears ENVID, sets FRAMEEND and raises the interrupt once", "[camera]") {
    Copy c;
    c.fimc.regs.write(kCiimgcpt, 1U << 31);
    c.start();
    REQUIRE(c.fimc.begin_job().pipeline);
    CHECK_FALSE(c.fimc.job_waiting());
    CHECK_FALSE(c.fimc.irq());
    c.fimc.end_job();
    CHECK(c.fimc.irq());
    CHECK((c.fimc.regs.read(kMsctrl) & 1) == 0);
    CHECK((c.status() >> 17 & 1) == 1);
    CHECK((c.status() >> 8 & 1) == 0);
    CHECK((c.fimc.regs.read(kCistatus2) & 0x3F) == 1);
    c.fimc.regs.write(kCigctrl, c.fimc.regs.read(kCigctrl) | 1U << 19);
    CHECK_FALSE(c.fimc.irq());
    c.fimc.regs.write(kCistatus, 0);
    CHECK((c.status() >> 17 & 1) == 0);
    c.start();  // and again
    CHECK(c.fimc.job_waiting());
}

TEST_CASE("fimc: the end of a job is silent when its interrupt is gated or masked", "[camera]") {
    for (const uint32_t control : {1U << 18 | 1U << 16, 0U}) {
        Copy c;
        c.fimc.regs.write(kCigctrl, control);
        c.fimc.regs.write(kCiimgcpt, 1U << 31);
        c.start();
        REQUIRE(c.fimc.begin_job().pipeline);
        c.fimc.end_job();
        CHECK_FALSE(c.fimc.irq());
    }
}

TEST_CASE("fimc: a reset forgets a job that waits", "[camera]") {
    Copy c;
    c.fimc.regs.write(kCiimgcpt, 1U << 31);
    c.start();
    c.fimc.regs.write(kCigctrl, kSwReset_);
    CHECK_FALSE(c.fimc.job_waiting());
    CHECK((c.status() >> 8 & 1) == 0);
}

TEST_CASE("fimc: an instance without rotators says so and does not rotate", "[camera]") {
    const FimcAbilities third{1920, 8192, 1366, false};
    FimcCore fimc{third};
    fimc.regs.write(kCifcntseq, 1);
    fimc.regs.write(kCisrcfmt, 1U << 31 | 64U << 16 | 64);
    fimc.regs.write(kCitrgfmt, 64U << 16 | 1U << 13 | 64);
    fimc.regs.write(kOrgosize, 64U << 16 | 64);
    fimc.regs.write(kCiscctrl, 1U << 31);
    fimc.regs.write(kCiimgcpt, 1U << 31);
    const FrameDecision d = fimc.begin_frame(FrameSize{64, 64});
    REQUIRE(d);
    CHECK(d.mistake == "this instance has no rotator");
    CHECK_FALSE(d.area().rotate);
}

TEST_CASE("fimc: MIPI data need their type in CSIIMGFMT, raw ones CAM_JPEG", "[camera]") {
    Capture c;
    c.fimc.regs.write(kCigctrl, 1U << 16 | 1U << 3 | 1U << 7);
    const SentFormat raw{kSize, kRaw8};
    CHECK(c.fimc.begin_frame(raw).mistake == "CSIIMGFMT is not the data type that the camera sends");
    c.fimc.regs.write(kCsiimgfmt, kRaw8);
    CHECK(c.fimc.begin_frame(raw).mistake == "raw data need CAM_JPEG: the pixels cannot be processed");
    c.fimc.regs.write(kCigctrl, 1U << 16 | 1U << 8 | 1U << 3 | 1U << 7);
    const FrameDecision d = c.fimc.begin_frame(raw);
    CHECK(d.raw);
    CHECK(d.mistake == "");
}

TEST_CASE("fimc: a prescaled picture wider than its source repeats the last pixel", "[camera]") {
    ScalerSetting setting{.source = {8, 1}, .pre = {12, 1}, .target = {12, 1}};
    std::vector<uint8_t> seen;
    Scaler scaler{setting, [&](Row& row) { seen = row.c[0]; }};
    Row line{8};
    for (uint8_t x = 0; x < 8; ++x) line.c[0][x] = x;
    scaler.push(line);
    scaler.finish();
    CHECK(seen == std::vector<uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7});
}

namespace {

/// One task of Linux 6.1's exynos_drm_fimc, register by register: NV12 of 128x96 to XRGB8888, turned by 90
/// degrees.
void drm_task(FimcCore& fimc) {
    RegisterBank& r = fimc.regs;
    const auto change = [&](uint32_t reg, uint32_t clear, uint32_t set) {
        r.write(reg, (r.read(reg) & ~clear) | set);
    };
    constexpr uint32_t kWidth = 128, kHeight = 96;
    change(kMsctrl, 3U << 1, 0);                    // source: 4:2:0,
    change(kCidmaparam, 3U << 29, 0);               // not tiled,
    change(kCiscctrl, 3U << 13, 0);                 //
    change(kMsctrl, 3U << 16 | 3U << 4, 1U << 15);  // two planes
    r.write(kOrgisize, kHeight << 16 | kWidth);
    change(kCirealIsize, 0x3FFF'3FFF, kHeight << 16 | kWidth);
    r.write(kCisrcfmt, 1U << 31 | kWidth << 16 | kHeight);
    for (uint32_t plane = 0; plane < 3; ++plane) r.write(kCiiyoff + 4 * plane, 0);
    change(kCiwdofst, 0x07FF'0FFF, 1U << 31);
    r.write(kCiwdofst2, 0);
    change(kMsctrl, 3U << 13, 0);
    change(kCitrgfmt, 1U << 31, 0);
    r.write(kCiiysa0, 0x1'0000), r.write(kCiiysa0 + 4, 0x2'0000), r.write(kCiiysa0 + 8, 0);
    change(kCiexten, 1U << 22, 0);                     // target: RGB,
    change(kCitrgfmt, 3U << 29, 3U << 29);             //
    change(kCidmaparam, 3U << 13, 0);                  //
    change(kCiscctrl, 3U << 11, 2U << 11 | 1U << 10);  // 888 with the extension,
    change(kCioctrl, 3U << 24 | 3U | 1U << 3, 0xFFU << 4);
    change(kCitrgfmt, 3U << 14 | 1U << 13, 1U << 13);  // turned
    r.write(kOrgosize, kWidth << 16 | kHeight);
    change(kCigctrl, 1U << 5, 0);
    change(kCitrgfmt, 0x1FFF'1FFF, kWidth << 16 | kHeight);
    r.write(kCitarea, kWidth * kHeight);
    for (const uint32_t reg : {kCioyoff, kCiocboff, kCiocroff}) r.write(reg, 0);
    r.write(kCioysa, 0x8'0000), r.write(kCiocbsa, 0), r.write(kCiocrsa, 0);
    change(kCifcntseq, 0, 1);
    r.write(kCiscpreratio, 10U << 28 | 1U << 16 | 1);
    r.write(kCiscpredst, kWidth << 16 | kHeight);
    change(kCigctrl, 1U << 22, 1U << 16 | 1U << 20);  // start: interrupts,
    change(kCigctrl, 1U << 8, 0);
    change(kCiscctrl, 0x1FFU << 16 | 0x1FF, 3U << 29 | 256U << 16 | 256);
    change(kCiexten, 0x3FU << 10 | 0x3F, 0);
    change(kCigctrl, 3U << 27 | 1U << 3 | 1U << 6, 1U << 29 | 1U << 10 | 1U << 7);
    change(kCioctrl, 1U << 30, 0);
    change(kMsctrl, 0, 1U << 3);
    r.write(kCistatus, 0);
    change(kCiscctrl, 1U << 25, 1U << 15);
    change(kCiimgcpt, 0, 3U << 30);
    change(kCigctrl, 1U << 18, 0);
    change(kCioctrl, 1U << 31, 0);
    change(kMsctrl, 0, 1);  // ENVID
}

/// What its handler and fimc_stop() do.
void drm_end(FimcCore& fimc) {
    RegisterBank& r = fimc.regs;
    r.write(kCigctrl, r.read(kCigctrl) | 1U << 19);
    CHECK((r.read(kCistatus) >> 29) == 0);
    CHECK((r.read(kCistatus) >> 17 & 1) == 1);
    r.write(kCistatus, r.read(kCistatus) & ~(1U << 17));
    CHECK((r.read(kCistatus2) & 0x1FFF) != 0);
    r.write(kCifcntseq, r.read(kCifcntseq) & ~1U);
    r.write(kMsctrl, r.read(kMsctrl) & ~(1U << 3 | 1));
    r.write(kCigctrl, r.read(kCigctrl) & ~(1U << 16));
    r.write(kCifcntseq, 0);
    r.write(kCiscctrl, r.read(kCiscctrl) & ~(1U << 15));
    r.write(kCiimgcpt, r.read(kCiimgcpt) & ~(3U << 30));
    r.write(kCigctrl, r.read(kCigctrl) | 1U << 18);
}

}  // namespace

TEST_CASE("fimc: tasks as Linux's exynos_drm_fimc programs them run one after the other", "[camera]") {
    FimcCore fimc;
    std::vector<uint32_t> faults;
    fimc.regs.on_fault([&](const RegisterFault& f) { faults.push_back(f.offset); });
    fimc.regs.write(kCigctrl, fimc.regs.read(kCigctrl) | 1U << 31);  // its reset
    fimc.regs.write(kCigctrl, fimc.regs.read(kCigctrl) & ~(1U << 31));
    fimc.regs.write(kCifcntseq, 0);
    for (int task = 0; task < 2; ++task) {
        drm_task(fimc);
        REQUIRE(fimc.job_waiting());
        const FramePlan plan = fimc.begin_job();
        REQUIRE(plan.pipeline);
        CHECK(plan.mistake.empty());
        CHECK(plan.input->layout.kind == PixelLayout::Kind::semiplanar_420);
        CHECK(plan.pipeline->area.layout.kind == PixelLayout::Kind::rgb888);
        CHECK(plan.pipeline->area.layout.alpha == 0xFF);
        CHECK(plan.pipeline->area.rotate);
        CHECK(plan.pipeline->area.base[0] == Iova{0x8'0000});
        CHECK_FALSE(fimc.irq());
        fimc.end_job();
        CHECK(fimc.irq());
        drm_end(fimc);
        CHECK_FALSE(fimc.irq());
    }
    CHECK(faults.empty());
}
