// The kernel's display drivers program the display models.
#include "display/mixer.hpp"
#include "models/display/hdmi_core.hpp"
#include "models/display/mixer_core.hpp"
#include "models/display/vp_core.hpp"
#include "tests/unit/contract/no_faults.hpp"

using namespace exysim;
using namespace exysim::display;

namespace {

struct Pair {
    HdmiCore hdmi_core;
    VpCore vp_core;
    MixerCore mixer_core;
    kernel::Hdmi hdmi{kernel::Mmio{hdmi_core.regs}};
    kernel::Mixer mixer{kernel::Mmio{mixer_core.regs}, kernel::Mmio{vp_core.regs}};
    int vsyncs = 0;

    Pair() {
        test::allow_no_fault(hdmi_core.regs, "hdmi");
        test::allow_no_fault(vp_core.regs, "vp");
        test::allow_no_fault(mixer_core.regs, "mixer");
    }
    void start(const kernel::DisplayMode& mode) {
        hdmi.set_mode(mode);
        const auto count = [](void* self) { ++static_cast<Pair*>(self)->vsyncs; };
        REQUIRE(mixer.start(hdmi, mode, count, this));
    }
    /// What the hardware does at a vsync, then the interrupt if it is raised.
    void vsync() {
        mixer_core.vsync();
        vp_core.vsync();
        if (mixer_core.irq()) mixer.handle_interrupt();
    }
};

const kernel::DisplayMode& mode_720p60() { return kernel::display_modes()[2]; }

kernel::VideoPicture picture() {
    return {kernel::Iova{0x2000'0000}, kernel::Iova{0x200E'1000}, 1280, 720, 1280, true};
}

}  // namespace

TEST_CASE("display contract: every mode's raster arrives as it was meant", "[contract]") {
    for (const kernel::DisplayMode& mode : kernel::display_modes()) {
        Pair p;
        p.hdmi.set_mode(mode);
        CHECK_FALSE(p.hdmi_core.running());
        p.hdmi.start();
        CHECK(p.hdmi_core.running());
        const Timing t = p.hdmi_core.timing();
        INFO(mode.width << "x" << mode.height << " at " << mode.pixel_clock_hz);
        CHECK(p.hdmi_core.known_mode());
        CHECK(t.h_total == mode.h_total());
        CHECK(t.v_total == mode.v_total());
        CHECK(t.width == mode.width);
        CHECK(t.height == mode.height);
        CHECK(t.first_active_line == mode.v_total() - mode.height);
        p.hdmi.stop();
        CHECK_FALSE(p.hdmi_core.running());
    }
}

TEST_CASE("display contract: starting runs the mixer with nothing on it but black", "[contract]") {
    Pair p;
    p.start(mode_720p60());
    CHECK(p.mixer_core.running());
    p.vsync();
    CHECK(p.vsyncs == 1);
    CHECK_FALSE(p.mixer_core.irq());  // acknowledged
    CHECK_FALSE(p.mixer_core.composition().video);
    CHECK(p.mixer_core.composition().background == Rgb{0, 0, 0});
    CHECK(p.mixer_core.composition().matrix == Matrix::bt709);
    CHECK(p.mixer_core.mistake().empty());
}

TEST_CASE("display contract: a picture is taken over whole at the next vsync", "[contract]") {
    Pair p;
    p.start(mode_720p60());
    p.vsync();
    p.mixer.show_video(picture(), mode_720p60());
    CHECK_FALSE(p.mixer.latched());
    CHECK_FALSE(p.vp_core.window());
    p.vsync();
    CHECK(p.mixer.latched());
    CHECK(p.vp_core.mistake().empty());
    REQUIRE(p.vp_core.window());
    const VideoWindow& w = *p.vp_core.window();
    CHECK(w.luma.value == 0x2000'0000);
    CHECK(w.chroma.value == 0x200E'1000);
    CHECK(w.pitch == 1280);
    CHECK(w.chroma_pitch == 1280);
    CHECK(w.width == 1280);
    CHECK(w.height == 720);
    CHECK(w.swapped_chroma);
    CHECK(p.mixer_core.composition().video);

    p.mixer.hide_video();
    p.vsync();
    CHECK(p.mixer.latched());
    CHECK_FALSE(p.mixer_core.composition().video);
    CHECK_FALSE(p.vp_core.window());
}

TEST_CASE("display contract: a small picture lies in the middle", "[contract]") {
    Pair p;
    p.start(mode_720p60());
    kernel::VideoPicture small = picture();
    small.width = small.pitch = 640;
    small.height = 480;
    p.mixer.show_video(small, mode_720p60());
    p.vsync();
    REQUIRE(p.vp_core.window());
    CHECK(p.vp_core.window()->dst_x == 320);
    CHECK(p.vp_core.window()->dst_y == 120);
}

TEST_CASE("display contract: underflows are acknowledged", "[contract]") {
    Pair p;
    p.start(mode_720p60());
    p.mixer_core.regs.raise(MixerCore::kVpUnder);
    REQUIRE(p.mixer_core.irq());
    p.mixer.handle_interrupt();
    CHECK_FALSE(p.mixer_core.irq());
    p.mixer.stop(p.hdmi);
    CHECK_FALSE(p.mixer_core.running());
    CHECK_FALSE(p.hdmi_core.running());
}
