// The mixer's rules: hardware/mixer.md sections 2 to 5.
#include "models/display/mixer_core.hpp"

#include <catch2/catch.hpp>

using namespace exysim::display;

namespace {
constexpr uint32_t kVpOn = 1U << 3, kRgb = 1U << 8, kHdmi_ = 1U << 7;
}

TEST_CASE("mixer: idle and empty after reset", "[display]") {
    MixerCore mixer;
    CHECK(mixer.regs.read(MixerCore::kStatus) == 2);
    CHECK_FALSE(mixer.irq());
    CHECK_FALSE(mixer.composition().video);
    CHECK(mixer.regs.read(MixerCore::kCfg) == mixer.regs.read(0x2004));  // shadow equals master
}

TEST_CASE("mixer: vsync is read as bit 0, enabled and cleared through bit 11", "[display]") {
    MixerCore mixer;
    mixer.vsync();
    CHECK(mixer.regs.read(MixerCore::kIntStatus) == 1);
    CHECK_FALSE(mixer.irq());
    mixer.regs.write(MixerCore::kIntEn, 1U << 11);
    CHECK(mixer.irq());
    mixer.regs.write(MixerCore::kIntStatus, 1);  // not the bit that clears
    CHECK(mixer.irq());
    mixer.regs.write(MixerCore::kIntStatus, 1U << 11);
    CHECK(mixer.regs.read(MixerCore::kIntStatus) == 0);
    CHECK_FALSE(mixer.irq());
}

TEST_CASE("mixer: underflows have bits of their own", "[display]") {
    MixerCore mixer;
    mixer.regs.raise(MixerCore::kVpUnder);
    CHECK(mixer.regs.read(MixerCore::kIntStatus) == 1U << 10);
    mixer.regs.write(MixerCore::kIntEn, 1U << 9);
    CHECK_FALSE(mixer.irq());
    mixer.regs.write(MixerCore::kIntEn, 1U << 10);
    CHECK(mixer.irq());
    mixer.regs.write(MixerCore::kIntStatus, 1U << 10);
    CHECK_FALSE(mixer.irq());
}

TEST_CASE("mixer: new settings count from a vsync with SYNC_ENABLE", "[display]") {
    MixerCore mixer;
    mixer.regs.write(MixerCore::kCfg, kVpOn | kRgb | kHdmi_);
    mixer.regs.write(MixerCore::kLayerCfg, 1);
    mixer.vsync();
    CHECK_FALSE(mixer.composition().video);
    CHECK(mixer.regs.read(0x2004) == 0);
    mixer.regs.write(MixerCore::kStatus, 1U << 2);
    mixer.vsync();
    CHECK(mixer.composition().video);
    CHECK(mixer.regs.read(0x2004) == (kVpOn | kRgb | kHdmi_));
    CHECK(mixer.regs.read(0x2010) == 1);
    mixer.regs.write(MixerCore::kStatus, 0);
    mixer.regs.write(MixerCore::kLayerCfg, 0);
    mixer.vsync();
    CHECK(mixer.composition().video);
}

TEST_CASE("mixer: a layer of priority zero is hidden", "[display]") {
    MixerCore mixer;
    mixer.regs.write(MixerCore::kStatus, 1U << 2);
    mixer.regs.write(MixerCore::kCfg, kVpOn | kHdmi_);
    mixer.vsync();
    CHECK_FALSE(mixer.composition().video);
}

TEST_CASE("mixer: the background is Y'CbCr in the matrix of CFG", "[display]") {
    MixerCore mixer;
    mixer.regs.write(MixerCore::kStatus, 1U << 2);
    mixer.regs.write(0x064, 0x3F'66'F0);  // pure red in BT.709: Y 63, Cb 102, Cr 240
    mixer.regs.write(MixerCore::kCfg, 1U << 10 | kHdmi_);
    mixer.vsync();
    const Rgb red = mixer.composition().background;
    CHECK(red.r >= 254);
    CHECK(red.g <= 1);
    CHECK(red.b <= 1);
    mixer.regs.write(MixerCore::kCfg, kHdmi_);
    mixer.vsync();
    CHECK(mixer.composition().background.g == 0);
    CHECK_FALSE(mixer.composition().background == red);  // BT.601 reads it otherwise
}

TEST_CASE("mixer: a soft reset restores every register and clears itself", "[display]") {
    MixerCore mixer;
    mixer.regs.write(MixerCore::kIntEn, 1U << 11);
    mixer.regs.write(MixerCore::kCfg, kVpOn);
    mixer.regs.write(MixerCore::kStatus, 1U << 8 | 1);
    CHECK(mixer.regs.read(MixerCore::kStatus) == 2);
    CHECK(mixer.regs.read(MixerCore::kIntEn) == 0);
    CHECK(mixer.regs.read(MixerCore::kCfg) == 0);
}

TEST_CASE("mixer: shadows equal their masters after reset", "[display]") {
    MixerCore mixer;
    for (uint32_t reg = 0x004; reg <= 0x06C; reg += 4) {
        if (reg != MixerCore::kIntEn && reg != MixerCore::kIntStatus)
            CHECK(mixer.regs.read(0x2000 + reg) == mixer.regs.read(reg));
    }
}

TEST_CASE("mixer: each underflow is raised, masked and cleared alone", "[display]") {
    constexpr Layer kLayer[] = {Layer::graphic0, Layer::graphic1, Layer::video};  // bits 8, 9, 10
    for (uint32_t i = 0; i < 3; ++i) {
        const uint32_t bit = 1U << (8 + i);
        MixerCore mixer;
        mixer.underflow(kLayer[i]);
        CHECK(mixer.regs.read(MixerCore::kIntStatus) == bit);
        CHECK_FALSE(mixer.irq());
        mixer.regs.write(MixerCore::kIntEn, 0xF00 & ~bit);
        CHECK_FALSE(mixer.irq());
        mixer.regs.write(MixerCore::kIntEn, bit);
        CHECK(mixer.irq());
        mixer.regs.write(MixerCore::kIntStatus, 0xF00 & ~bit);
        CHECK(mixer.irq());
        mixer.regs.write(MixerCore::kIntStatus, bit);
        CHECK_FALSE(mixer.irq());
    }
}

TEST_CASE("mixer: layers come back to front by priority, hidden ones not at all", "[display]") {
    MixerCore mixer;
    mixer.regs.write(MixerCore::kStatus, 1U << 2);
    mixer.regs.write(MixerCore::kCfg, 7U << 3 | kHdmi_ | kRgb);
    mixer.regs.write(MixerCore::kGraphic, 7U << 8);
    mixer.regs.write(MixerCore::kGraphic + 0x20, 4U << 8);
    mixer.regs.write(MixerCore::kLayerCfg, 2U << 8 | 9U << 4 | 5);  // GRP1 2, GRP0 9, VP 5
    mixer.vsync();
    Composition c = mixer.composition();
    REQUIRE(c.count == 3);
    CHECK(c.order[0] == Layer::graphic1);
    CHECK(c.order[1] == Layer::video);
    CHECK(c.order[2] == Layer::graphic0);
    CHECK(mixer.mistake().empty());
    mixer.regs.write(MixerCore::kLayerCfg, 5U << 8 | 0U << 4 | 5);
    mixer.vsync();
    c = mixer.composition();
    CHECK(c.count == 2);
    CHECK_FALSE(c.graphic[0]);
    CHECK(mixer.mistake().find("same priority") != std::string_view::npos);
}

TEST_CASE("mixer: a graphics layer is what its registers say", "[display]") {
    MixerCore mixer;
    mixer.regs.write(MixerCore::kStatus, 1U << 2);
    mixer.regs.write(MixerCore::kCfg, 1U << 5 | kHdmi_ | kRgb);
    mixer.regs.write(MixerCore::kLayerCfg, 1U << 8);
    mixer.regs.write(0x040, 1U << 20 | 1U << 17 | 1U << 16 | 6U << 8 | 0x55);
    mixer.regs.write(0x044, 0x4000'0002);
    mixer.regs.write(0x048, 640);
    mixer.regs.write(0x04C, 12U << 16 | 34);
    mixer.regs.write(0x050, 1U << 28 | 320U << 16 | 240);
    mixer.regs.write(0x054, 56U << 16 | 78);
    mixer.regs.write(0x058, 0xABCD);
    mixer.vsync();
    REQUIRE(mixer.composition().graphic[1]);
    const GraphicWindow w = *mixer.composition().graphic[1];
    CHECK(w.base == exysim::Iova{0x4000'0000});
    CHECK(mixer.mistake() == "a graphics layer's address is no multiple of 4; its low bits are ignored");
    CHECK(w.span == 640);
    CHECK(w.src_x == 12);
    CHECK(w.src_y == 34);
    CHECK(w.shown_width() == 640);
    CHECK(w.shown_height() == 240);
    CHECK(w.dst_x == 56);
    CHECK(w.dst_y == 78);
    CHECK(w.decode.format == GraphicFormat::argb4444);
    CHECK(w.decode.pixel_alpha);
    CHECK(w.decode.key == 0xABCDU);
    CHECK(w.blend.premultiplied);
    CHECK(w.blend.alpha == 0x55);
}

TEST_CASE("mixer: a reserved format switches its layer off and is said", "[display]") {
    for (uint32_t format = 0; format < 16; ++format) {
        MixerCore mixer;
        mixer.regs.write(MixerCore::kStatus, 1U << 2);
        mixer.regs.write(MixerCore::kCfg, 1U << 4 | kHdmi_);
        mixer.regs.write(MixerCore::kLayerCfg, 1U << 4);
        mixer.regs.write(MixerCore::kGraphic, format << 8);
        mixer.vsync();
        const bool known = format >= 4 && format <= 7;
        CHECK(mixer.composition().graphic[0].has_value() == known);
        CHECK(mixer.mistake().empty() == known);
    }
}
