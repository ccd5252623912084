// The words of scenarios mean the same to the checker, the runner and the kernel.
#include <linux/videodev2.h>

#include <catch2/catch.hpp>
#include <set>

#include "apps/runner/dv_mode.hpp"
#include "display/display_mode.hpp"
#include "media/pixel_format.hpp"
#include "platform/config/vocabulary.hpp"

using namespace exysim;

namespace {

v4l2_bt_timings timings_of(const kernel::DisplayMode& m) {
    v4l2_bt_timings t{};
    t.width = m.width;
    t.height = m.height;
    t.pixelclock = m.pixel_clock_hz;
    t.hfrontporch = m.h_front;
    t.hsync = m.h_sync;
    t.hbackporch = m.h_back;
    t.vfrontporch = m.v_front;
    t.vsync = m.v_sync;
    t.vbackporch = m.v_back;
    return t;
}

uint32_t fourcc(std::string_view name) {
    const auto c = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(name[i])); };
    return v4l2_fourcc(c(0), c(1), c(2), c(3));
}

}  // namespace

TEST_CASE("vocabulary contract: each display mode is one mode of the kernel's", "[contract]") {
    std::set<std::string> names;
    for (const config::DisplayMode& mode : config::display_modes()) {
        INFO(mode.name);
        CHECK(names.insert(std::string{mode.name}).second);
        const apps::runner::DvMode wanted = apps::runner::parse_dv_mode(std::string{mode.name});
        int found = 0;
        for (const kernel::DisplayMode& candidate : kernel::display_modes()) {
            if (!apps::runner::matches(wanted, timings_of(candidate))) continue;
            ++found;
            CHECK(candidate.width == mode.width);
            CHECK(candidate.height == mode.height);
            CHECK(std::abs(static_cast<int64_t>(candidate.frame_ns()) - 1'000'000'000 / int64_t{mode.hertz}) <
                  20'000);
        }
        CHECK(found == 1);
    }
}

TEST_CASE("vocabulary contract: each format has the kernel's size", "[contract]") {
    for (const config::PixelFormat& format : config::pixel_formats()) {
        INFO(format.name);
        REQUIRE(format.name.size() == 4);
        auto known = kernel::pixel_format(fourcc(format.name));
        REQUIRE(known);
        for (const config::Size size : {config::Size{640, 480}, {1280, 720}, {1920, 1080}}) {
            CHECK(format.bytes(size) ==
                  known.value()->size(static_cast<uint32_t>(size.width), static_cast<uint32_t>(size.height)));
        }
    }
}
