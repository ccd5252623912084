#include "models/camera/patterns.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace exysim::camera;

TEST_CASE("patterns: bars are the eight 75 % colours of BT.601", "[camera]") {
    const auto source = make_pattern("bars", {640, 480});
    Frame422 frame;
    REQUIRE(source->next(frame));
    REQUIRE(frame.size == FrameSize{640, 480});
    // white yellow cyan green magenta red blue black, three quarters of full amplitude
    const int on[8][3] = {{1, 1, 1}, {1, 1, 0}, {0, 1, 1}, {0, 1, 0},
                          {1, 0, 1}, {1, 0, 0}, {0, 0, 1}, {0, 0, 0}};
    const size_t line = 300;  // below the moving line
    for (size_t bar = 0; bar < 8; ++bar) {
        const double r = 0.75 * on[bar][0], g = 0.75 * on[bar][1], b = 0.75 * on[bar][2];
        const double y = 0.299 * r + 0.587 * g + 0.114 * b;
        const size_t x = bar * 80 + 40;
        CHECK(std::abs(frame.y[line * 640 + x] - (16 + 219 * y)) <= 0.51);
        CHECK(std::abs(frame.cb[line * 320 + x / 2] - (128 + 112 * (b - y) / 0.886)) <= 0.51);
        CHECK(std::abs(frame.cr[line * 320 + x / 2] - (128 + 112 * (r - y) / 0.701)) <= 0.51);
    }
}

TEST_CASE("patterns: no frame equals the one before, and levels are legal", "[camera]") {
    for (const char* name : {"bars", "zoneplate"}) {
        INFO(name);
        const auto source = make_pattern(name, {128, 64});
        Frame422 before, now;
        REQUIRE(source->next(before));
        for (int i = 0; i < 40; ++i) {
            REQUIRE(source->next(now));
            CHECK(now.y != before.y);
            before = now;
            const auto [y_low, y_high] = std::minmax_element(now.y.begin(), now.y.end());
            CHECK((*y_low >= 16 && *y_high <= 235));
            const auto [c_low, c_high] = std::minmax_element(now.cb.begin(), now.cb.end());
            CHECK((*c_low >= 16 && *c_high <= 240));
        }
    }
}

TEST_CASE("patterns: an unknown name makes nothing", "[camera]") {
    CHECK(make_pattern("plaid", {16, 16}) == nullptr);
}
