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

TEST_CASE("mixer: what the model does not do yet is said", "[display]") {
    MixerCore mixer;
    mixer.regs.write(MixerCore::kStatus, 1U << 2);
    const auto said = [&](uint32_t cfg) {
        mixer.regs.write(MixerCore::kCfg, cfg);
        mixer.vsync();
        return mixer.unsupported();
    };
    CHECK(said(kHdmi_ | kRgb).empty());
    CHECK(said(kHdmi_ | 1U << 4) == "graphics layers are not modelled yet; they stay off");
    CHECK(said(kHdmi_ | 1U << 9) == "limited-range RGB is not modelled yet; full range is sent");
    CHECK(said(0) == "the SDO (composite) output is not modelled; HDMI shows the picture");
}
