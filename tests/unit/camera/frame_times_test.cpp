#include "models/camera/frame_times.hpp"

#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::camera;
using AtEnd = FrameTimes::AtEnd;

namespace {
constexpr Picoseconds kMs = 1'000'000'000;
}

TEST_CASE("frame times: without a record frames are exact multiples of the period", "[camera]") {
    const FrameTimes even;
    CHECK(even.start(0, 30) == Picoseconds{0});
    CHECK(even.start(3, 30) == 100 * kMs);
}

TEST_CASE("frame times: a record is followed, then looped, held or ended", "[camera]") {
    FrameTimes t{{0, 35 * kMs, 60 * kMs}, AtEnd::loop};
    CHECK(t.start(1, 50) == 35 * kMs);
    CHECK(t.start(3, 50) == 80 * kMs);  // a period of 20 ms after the last
    CHECK(t.start(4, 50) == 115 * kMs);
    CHECK(t.start(6, 50) == 160 * kMs);
    t.at_end = AtEnd::hold;
    CHECK(t.start(3, 50) == 80 * kMs);
    CHECK(t.start(4, 50) == 100 * kMs);
    t.at_end = AtEnd::stop;
    CHECK(t.start(2, 50) == 60 * kMs);
    CHECK_FALSE(t.start(3, 50));
}
