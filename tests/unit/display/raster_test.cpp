// CEA-861 rasters as software programs them: hardware/mixer.md sections 8 and 9.
#include <catch2/catch.hpp>

#include "models/display/hdmi_core.hpp"
#include "models/display/sdo_core.hpp"

using namespace exysim;
using namespace exysim::display;

namespace {
void slots(HdmiCore& hdmi, uint32_t reg, uint32_t value) {
    hdmi.regs.write(reg, value & 0xFF);
    hdmi.regs.write(reg + 4, value >> 8);
}
HdmiCore& program(HdmiCore& hdmi, uint32_t h_total, uint32_t v_total, uint32_t width, uint32_t height) {
    slots(hdmi, HdmiCore::kTgHFsz, h_total);
    slots(hdmi, HdmiCore::kTgVFsz, v_total);
    slots(hdmi, HdmiCore::kTgHactSz, width);
    slots(hdmi, HdmiCore::kTgVactSz, height);
    slots(hdmi, HdmiCore::kTgVactSt, v_total - height);
    return hdmi;
}
}  // namespace

TEST_CASE("hdmi: frame periods of the CEA-861 modes", "[display]") {
    struct Row {
        uint32_t h_total, v_total, width, height;
        Picoseconds period;  // h_total * v_total / pixel clock
    };
    const Row rows[] = {
        {1650, 750, 1280, 720, 16'666'666'667},   {1980, 750, 1280, 720, 20'000'000'000},
        {2200, 1125, 1920, 1080, 16'666'666'667}, {2640, 1125, 1920, 1080, 20'000'000'000},
        {858, 525, 720, 480, 16'683'333'334},     {864, 625, 720, 576, 20'000'000'000},
    };
    for (const Row& row : rows) {
        HdmiCore hdmi;
        const Timing t = program(hdmi, row.h_total, row.v_total, row.width, row.height).timing();
        CHECK(hdmi.known_mode());
        CHECK(time_of_tick(t.frame_pixels(), t.pixel_clock_hz) == row.period);
        CHECK(t.width == row.width);
        CHECK(t.active_line(t.height) == row.period);  // blanking comes first
    }
}

namespace {
void send(I2cSlave& slave, std::initializer_list<uint8_t> bytes) {
    REQUIRE(slave.start(false));
    for (const uint8_t b : bytes) slave.write(b);
    slave.stop();
}
/// Linux 6.1's PHY settings up to where they differ.
void set_phy(HdmiCore& hdmi, std::initializer_list<uint8_t> bytes) { send(hdmi.phy, bytes); }
}  // namespace

TEST_CASE("hdmi: the PHY's clock makes 1080p30 and p25 of p60's and p50's totals", "[display]") {
    HdmiCore hdmi;
    program(hdmi, 2200, 1125, 1920, 1080);
    CHECK(hdmi.timing().pixel_clock_hz == 148'500'000);
    set_phy(hdmi, {0x01, 0x05, 0x00, 0xD8, 0x10, 0x9C, 0xF8, 0x40, 0x6A, 0x10, 0x01});
    CHECK(hdmi.timing().pixel_clock_hz == 74'250'000);
    CHECK(hdmi.timing().start_of(30) == kPicosecondsPerSecond);
    program(hdmi, 2640, 1125, 1920, 1080);
    CHECK(hdmi.timing().start_of(25) == kPicosecondsPerSecond);
    program(hdmi, 2750, 1125, 1920, 1080);
    CHECK(hdmi.timing().start_of(24) == kPicosecondsPerSecond);
    set_phy(hdmi, {0x01, 0x05, 0x00, 0xD8, 0x10, 0x9C, 0xF8, 0x40, 0x6A, 0x18, 0x00});
    CHECK(hdmi.timing().pixel_clock_hz == 148'500'000);
    program(hdmi, 858, 525, 720, 480);
    set_phy(hdmi, {0x01, 0x05, 0x00, 0xD4, 0x10, 0x9C, 0x09, 0x64, 0x6B, 0x10, 0x02});
    CHECK(hdmi.timing().start_of(60) == kPicosecondsPerSecond);
    REQUIRE(hdmi.phy.start(false));
    hdmi.phy.write(5);
    REQUIRE(hdmi.phy.start(true));
    CHECK(hdmi.phy.read() == 0x9C);
}

TEST_CASE("hdmi: 1080i sends sixty fields a second, top first", "[display]") {
    HdmiCore hdmi;
    program(hdmi, 2200, 1125, 1920, 540);
    slots(hdmi, HdmiCore::kTgVactSt, 22);
    hdmi.regs.write(HdmiCore::kTgCmd, 3);
    const Timing t = hdmi.timing();
    CHECK(hdmi.known_mode());
    CHECK(t.interlaced);
    CHECK(t.picture_height() == 1080);
    CHECK(t.start_of(60) == kPicosecondsPerSecond);
    Raster raster;
    raster.start(t, 1000);
    CHECK(raster.advance(1000));
    CHECK(raster.parity() == 0);
    CHECK(raster.in_pulse(1000));
    CHECK_FALSE(raster.advance(1000 + t.start_of(1) - 1));
    CHECK(raster.advance(1000 + t.start_of(1)));
    CHECK(raster.parity() == 1);
    CHECK(raster.began() == 1000 + t.start_of(1));
}

TEST_CASE("hdmi: plugging raises its flag, and the interrupt if wanted", "[display]") {
    HdmiCore hdmi;
    hdmi.plug(true);  // it was
    CHECK(hdmi.regs.read(HdmiCore::kIntcFlag) == 0);
    hdmi.plug(false);
    CHECK(hdmi.regs.read(HdmiCore::kHpdStatus) == 0);
    CHECK(hdmi.regs.read(HdmiCore::kIntcFlag) == 1U << 2);
    CHECK_FALSE(hdmi.irq());
    hdmi.regs.write(HdmiCore::kIntcCon, 1U << 2);
    CHECK_FALSE(hdmi.irq());  // not enabled as a whole
    hdmi.regs.write(HdmiCore::kIntcCon, 1U << 6 | 1U << 3);
    CHECK_FALSE(hdmi.irq());  // the other one
    hdmi.regs.write(HdmiCore::kIntcCon, 1U << 6 | 1U << 2);
    CHECK(hdmi.irq());
    hdmi.regs.write(HdmiCore::kIntcFlag, 1U << 2);
    CHECK_FALSE(hdmi.irq());
    hdmi.plug(true);
    CHECK(hdmi.regs.read(HdmiCore::kIntcFlag) == 1U << 3);
}

TEST_CASE("hdmi: the screen's EDID is sound and names the modes", "[display]") {
    Edid edid;
    REQUIRE(edid.start(false));
    REQUIRE(edid.write(0));
    REQUIRE(edid.start(true));
    std::vector<uint8_t> b;
    for (int i = 0; i < 256; ++i) b.push_back(edid.read());
    for (const size_t block : {0U, 128U}) {
        uint32_t sum = 0;
        for (size_t i = 0; i < 128; ++i) sum += b[block + i];
        CHECK(sum % 256 == 0);
    }
    CHECK(b[0] == 0);
    CHECK(b[1] == 255);
    CHECK(b[126] == 1);
    // first detailed timing: 148.5 MHz, 1920 of 2200, 1080 of 1125
    CHECK((b[54] | b[55] << 8) == 14'850);
    CHECK((b[56] | (b[58] >> 4) << 8) == 1920);
    CHECK((b[57] | (b[58] & 15) << 8) == 280);
    CHECK((b[59] | (b[61] >> 4) << 8) == 1080);
    CHECK(b[128] == 2);
    edid.start(false);
    CHECK(edid.write(3));
    CHECK_FALSE(edid.write(9));  // cannot be written
}

TEST_CASE("sdo: fields of both line standards", "[display]") {
    SdoCore sdo;
    CHECK_FALSE(sdo.running());
    sdo.regs.write(SdoCore::kClkcon, 1);
    sdo.regs.write(SdoCore::kDac, 1);
    CHECK(sdo.running());
    CHECK(sdo.regs.read(SdoCore::kClkcon) == 3);
    CHECK(sdo.timing().picture_height() == 480);
    CHECK(sdo.timing().start_of(60) == 1'001 * kPicosecondsPerSecond / 1'000);  // 60 / 1.001 fields
    sdo.regs.write(SdoCore::kConfig, 2);
    CHECK(sdo.timing().picture_height() == 576);
    CHECK(sdo.timing().start_of(50) == kPicosecondsPerSecond);
    CHECK_FALSE(sdo.irq());
    sdo.vsync();
    CHECK(sdo.irq());
    sdo.regs.write(SdoCore::kIrqMask, 1);
    CHECK_FALSE(sdo.irq());
    sdo.regs.write(SdoCore::kIrqMask, 0);
    sdo.regs.write(SdoCore::kIrq, 1);
    CHECK_FALSE(sdo.irq());
    sdo.regs.write(SdoCore::kClkcon, 1U << 4);
    CHECK_FALSE(sdo.running());
}

TEST_CASE("hdmi: totals of no known mode run at 60 frames a second", "[display]") {
    HdmiCore hdmi;
    const Timing t = program(hdmi, 1000, 500, 800, 480).timing();
    CHECK_FALSE(hdmi.known_mode());
    CHECK(t.pixel_clock_hz == 1000 * 500 * 60);
}

TEST_CASE("hdmi: runs while both enables are set", "[display]") {
    HdmiCore hdmi;
    hdmi.regs.write(HdmiCore::kTgCmd, 1);
    CHECK_FALSE(hdmi.running());
    hdmi.regs.write(HdmiCore::kCon0, 1);
    CHECK(hdmi.running());
    hdmi.regs.write(HdmiCore::kTgCmd, 0);
    CHECK_FALSE(hdmi.running());
}

TEST_CASE("hdmi: a screen is plugged in and the PHY is locked", "[display]") {
    HdmiCore hdmi;
    CHECK(hdmi.regs.read(HdmiCore::kHpdStatus) == 1);
    CHECK(hdmi.regs.read(HdmiCore::kPhyStatus) == 1);
    CHECK(hdmi.regs.read(HdmiCore::kPhyStatus14) == 0);  // plain storage in this layout
    HdmiCore later{HdmiConfig{HdmiLayout::v1_4}};
    CHECK(later.regs.read(HdmiCore::kPhyStatus14) == 1);
    later.regs.write(HdmiCore::kPhyStatus14, 0);
    CHECK(later.regs.read(HdmiCore::kPhyStatus14) == 1);
}

TEST_CASE("hdmi: what Linux's exynos_hdmi writes beside the raster is there", "[display]") {
    HdmiCore hdmi;
    std::vector<uint32_t> faults;
    hdmi.regs.on_fault([&](const RegisterFault& f) { faults.push_back(f.offset); });
    // colours, AVI and audio info frames, the vendor's with its data, general control, audio clock, I2S
    for (const uint32_t offset : {0x1'0020U, 0x1'0710U, 0x1'0730U, 0x1'0810U, 0x1'0C00U, 0x1'0C10U, 0x1'0C2CU,
                                  0x1'05C0U, 0x1'0400U, 0x4'0000U, 0x4'0054U, 0x1'0E64U}) {
        hdmi.regs.write(offset, 0x5A);
        CHECK(hdmi.regs.read(offset) == 0x5A);
    }
    CHECK(faults.empty());
}

TEST_CASE("hdmi: without a screen nothing is pending, until one comes", "[display]") {
    HdmiCore hdmi{HdmiConfig{HdmiLayout::v1_3, false}};
    CHECK(hdmi.regs.read(HdmiCore::kHpdStatus) == 0);
    CHECK(hdmi.regs.read(HdmiCore::kIntcFlag) == 0);
    hdmi.plug(true);
    CHECK(hdmi.regs.read(HdmiCore::kHpdStatus) == 1);
    CHECK(hdmi.regs.read(HdmiCore::kIntcFlag) == 1U << 3);
}
