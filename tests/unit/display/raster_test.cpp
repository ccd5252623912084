// CEA-861 rasters as software programs them: hardware/mixer.md sections 8 and 9.
#include <catch2/catch.hpp>

#include "models/display/hdmi_core.hpp"

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
}
