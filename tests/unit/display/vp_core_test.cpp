// The video processor's rules: hardware/mixer.md sections 4 and 6.
#include "models/display/vp_core.hpp"

#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::display;

namespace {

/// A 720p NV12 picture at 1:1, as Linux's driver programs it.
void program(VpCore& vp) {
    RegisterBank& r = vp.regs;
    r.write(VpCore::kImgSizeY, 1280U << 16 | 720);
    r.write(VpCore::kImgSizeC, 1280U << 16 | 360);
    r.write(VpCore::kTopYPtr, 0x2000'0000);
    r.write(VpCore::kTopCPtr, 0x2010'0000);
    r.write(VpCore::kSrcWidthReg, 1280);
    r.write(VpCore::kSrcHeightReg, 720);
    r.write(VpCore::kDstWidthReg, 1280);
    r.write(VpCore::kDstHeightReg, 720);
    r.write(VpCore::kHRatioReg, 1U << 16);
    r.write(VpCore::kVRatioReg, 1U << 16);
    r.write(0x3CC, 1);
    r.write(VpCore::kEnable, 1);
}

}  // namespace

TEST_CASE("vp: settings wait for a vsync and for SHADOW_UPDATE, which clears itself", "[display]") {
    VpCore vp;
    program(vp);
    vp.vsync();
    CHECK_FALSE(vp.window());
    vp.regs.write(VpCore::kShadowUpdate, 1);
    CHECK(vp.regs.read(VpCore::kShadowUpdate) == 1);
    vp.vsync();
    CHECK(vp.regs.read(VpCore::kShadowUpdate) == 0);
    REQUIRE(vp.window());
    CHECK(vp.mistake().empty());
    CHECK(vp.window()->luma == Iova{0x2000'0000});
    CHECK(vp.window()->pitch == 1280);
    CHECK(vp.regs.read(VpCore::kEnable) == 7);

    vp.regs.write(VpCore::kTopYPtr, 0x3000'0000);
    vp.vsync();
    CHECK(vp.window()->luma == Iova{0x2000'0000});  // not asked for
    CHECK(vp.regs.read(0x190) == 0x2000'0000);
}

TEST_CASE("vp: switched off at a vsync too", "[display]") {
    VpCore vp;
    program(vp);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    vp.regs.write(VpCore::kEnable, 0);
    CHECK(vp.window());
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    CHECK_FALSE(vp.window());
    CHECK(vp.regs.read(VpCore::kEnable) == 0);
}

TEST_CASE("vp: reset is done at once", "[display]") {
    VpCore vp;
    program(vp);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    vp.regs.write(VpCore::kSreset, 1);
    CHECK(vp.regs.read(VpCore::kSreset) == 0);
    CHECK_FALSE(vp.window());
    CHECK(vp.regs.read(VpCore::kTopYPtr) == 0);
    CHECK(vp.resets() == 1);
}

TEST_CASE("vp: what cannot be shown is said and stays off", "[display]") {
    struct Row {
        uint32_t reg, value;
        const char* mistake;
    };
    const Row rows[] = {
        {VpCore::kSrcHeightReg, 0, "the source window is empty"},
        {VpCore::kDstWidthReg, 0, "the destination window is empty"},
        {0x3CC, 0, "big-endian images are not modelled; the layer stays off"},
    };
    for (const Row& row : rows) {
        VpCore vp;
        program(vp);
        vp.regs.write(row.reg, row.value);
        vp.regs.write(VpCore::kShadowUpdate, 1);
        vp.vsync();
        CHECK_FALSE(vp.window());
        CHECK(vp.mistake() == row.mistake);
    }
}

TEST_CASE("vp: odd addresses and windows past the image are used and said", "[display]") {
    VpCore vp;
    program(vp);
    vp.regs.write(VpCore::kTopYPtr, 0x2000'0004);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    CHECK(vp.window()->luma == Iova{0x2000'0000});
    CHECK(vp.mistake() == "an address is no multiple of 8; its low bits are ignored");
    vp.regs.write(VpCore::kTopYPtr, 0x2000'0000);
    vp.regs.write(VpCore::kSrcHPosition, 16U << 4);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    CHECK(vp.window()->src_x == 16);
    CHECK(vp.mistake() == "the source window reaches past its image");
}

TEST_CASE("vp: settings that do not fit each other are used and said", "[display]") {
    VpCore vp;
    program(vp);
    vp.regs.write(VpCore::kHRatioReg, 3U << 15);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    REQUIRE(vp.window());
    CHECK(vp.window()->h_ratio == 3U << 15);
    CHECK(vp.mistake() == "the scaling ratio does not fit the sizes of source and destination");
    vp.regs.write(VpCore::kDstWidthReg, 853);
    vp.regs.write(VpCore::kHRatioReg, (1280U << 16) / 853);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    CHECK(vp.mistake() == "scaling with filters that were never set: the layer is green");
}

TEST_CASE("vp: an interlaced raster takes top and bottom in turn, else FIELD_ID says", "[display]") {
    VpCore vp;
    program(vp);
    vp.regs.write(VpCore::kModeReg, 1U << 5 | 1U << 2);
    vp.regs.write(VpCore::kSrcHeightReg, 360);
    vp.regs.write(VpCore::kDstHeightReg, 360);
    vp.regs.write(VpCore::kBotYPtr, 0x2000'0500);
    vp.regs.write(VpCore::kBotCPtr, 0x2010'0500);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync({true, 1});
    REQUIRE(vp.window());
    CHECK(vp.window()->luma == Iova{0x2000'0500});
    CHECK(vp.window()->chroma == Iova{0x2010'0500});
    CHECK(vp.window()->luma_at(1) == Iova{0x2000'0500 + 2 * 1280});
    CHECK(vp.regs.read(VpCore::kFieldId) == 1);  // toggles by itself
    vp.vsync({true, 0});
    CHECK(vp.window()->luma == Iova{0x2000'0000});
    CHECK(vp.regs.read(VpCore::kFieldId) == 0);
    vp.regs.write(VpCore::kFieldId, 1);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync({false, 0});
    CHECK(vp.window()->luma == Iova{0x2000'0500});
    CHECK(vp.mistake().empty());
    vp.vsync({false, 0});  // FIELD_ID_AUTO: the other field's turn
    CHECK(vp.window()->luma == Iova{0x2000'0000});
    CHECK(vp.regs.read(VpCore::kFieldId) == 0);
    vp.regs.write(VpCore::kModeReg, 1U << 5);
    vp.regs.write(VpCore::kFieldId, 1);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync({false, 0});
    vp.vsync({false, 0});
    CHECK(vp.window()->luma == Iova{0x2000'0500});  // stays what software has written
}

TEST_CASE("vp: 2D-IPC makes a picture of a field, whose lines the vertical ratio counts", "[display]") {
    VpCore vp;
    program(vp);
    vp.regs.write(VpCore::kModeReg, 1U << 5 | 1U << 1);
    vp.regs.write(VpCore::kSrcHeightReg, 360);  // on 720 lines, as Samsung's driver programs it
    vp.regs.write(VpCore::kVRatioReg, (360U << 17) / 720);
    vp.regs.write(VpCore::kFieldId, 1);
    vp.regs.write(VpCore::kBotYPtr, 0x2000'0500);
    vp.regs.write(VpCore::kBotCPtr, 0x2010'0500);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    REQUIRE(vp.window());
    CHECK(vp.mistake().empty());
    CHECK(vp.window()->whole_picture);
    CHECK(vp.window()->bottom_field);
    CHECK(vp.window()->luma == Iova{0x2000'0500});
    vp.regs.write(VpCore::kVRatioReg, (360U << 16) / 720);
    vp.regs.write(VpCore::kShadowUpdate, 1);
    vp.vsync();
    CHECK(vp.mistake() == "the scaling ratio does not fit the sizes of source and destination");
}
