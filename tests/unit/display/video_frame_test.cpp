#include "models/display/video_frame.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::display;

namespace {
VideoWindow window() {
    return {.luma = Iova{0x1000},
            .chroma = Iova{0x8000},
            .pitch = 64,
            .chroma_pitch = 64,
            .src_x = 0,
            .src_y = 0,
            .width = 6,
            .height = 4,
            .dst_x = 0,
            .dst_y = 0,
            .swapped_chroma = false};
}
std::vector<uint8_t> copy(std::span<const uint8_t> from) { return {from.begin(), from.end()}; }
}  // namespace

TEST_CASE("video frame: lines lie a pitch apart, chroma at half the lines", "[display]") {
    VideoWindow w = window();
    w.src_x = 10;
    w.src_y = 6;
    CHECK(w.luma_at(0) == Iova{0x1000 + 6 * 64 + 10});
    CHECK(w.luma_at(3) == Iova{0x1000 + 9 * 64 + 10});
    CHECK(w.chroma_at(0) == Iova{0x8000 + 3 * 64 + 10});
    CHECK(w.chroma_at(1) == w.chroma_at(0));
    CHECK(w.chroma_at(2) == Iova{0x8000 + 4 * 64 + 10});
    CHECK(w.chroma_lines() == 2);
    w.src_y = 7;  // the window's first line is a pair's second
    CHECK(w.chroma_lines() == 3);
    CHECK(w.chroma_at(0) == Iova{0x8000 + 3 * 64 + 10});
    CHECK(w.chroma_at(1) == Iova{0x8000 + 4 * 64 + 10});
}

TEST_CASE("video frame: planes are whole lines of the image", "[display]") {
    VideoWindow w = window();
    w.src_y = 2;
    const auto planes = w.planes();
    REQUIRE(planes.size() == 2);
    CHECK(planes[0].base == Iova{0x1000 + 2 * 64});
    CHECK(planes[0].size == 4 * 64);
    CHECK(planes[1].base == Iova{0x8000 + 64});
    CHECK(planes[1].size == 2 * 64);
}

TEST_CASE("video frame: chroma is replicated across its pair and its two lines", "[display]") {
    VideoFrame frame;
    frame.begin(window());
    const std::vector<uint8_t> luma{1, 2, 3, 4, 5, 6}, chroma{10, 20, 11, 21, 12, 22};
    std::copy(luma.begin(), luma.end(), frame.luma(1).begin());
    std::copy(chroma.begin(), chroma.end(), frame.chroma(1).begin());
    for (const uint32_t line : {0U, 1U}) {
        CHECK(copy(frame.expanded(line).cb) == std::vector<uint8_t>{10, 10, 11, 11, 12, 12});
        CHECK(copy(frame.expanded(line).cr) == std::vector<uint8_t>{20, 20, 21, 21, 22, 22});
    }
    CHECK(copy(frame.expanded(1).y) == luma);
}

TEST_CASE("video frame: NV21 has Cr first", "[display]") {
    VideoFrame frame;
    VideoWindow w = window();
    w.swapped_chroma = true;
    frame.begin(w);
    frame.chroma(0)[0] = 7;
    frame.chroma(0)[1] = 9;
    CHECK(frame.expanded(0).cr[0] == 7);
    CHECK(frame.expanded(0).cb[0] == 9);
}

TEST_CASE("video frame: a window from an odd pixel splits its first pair", "[display]") {
    VideoFrame frame;
    VideoWindow w = window();
    w.src_x = 3;
    w.width = 4;
    frame.begin(w);
    CHECK(w.line_bytes() == 6);
    CHECK(w.luma_at(0) == Iova{0x1000 + 2});
    const std::vector<uint8_t> luma{99, 1, 2, 3, 4, 98}, chroma{10, 20, 11, 21, 12, 22};
    std::copy(luma.begin(), luma.end(), frame.luma(0).begin());
    std::copy(chroma.begin(), chroma.end(), frame.chroma(0).begin());
    CHECK(copy(frame.expanded(0).y) == std::vector<uint8_t>{1, 2, 3, 4});
    CHECK(copy(frame.expanded(0).cb) == std::vector<uint8_t>{10, 11, 11, 12});
}

TEST_CASE("video frame: complete when every line has arrived", "[display]") {
    VideoFrame frame;
    frame.begin(window());
    for (uint32_t line = 0; line < 4; ++line) {
        CHECK_FALSE(frame.complete());
        frame.set_arrived(line);
    }
    CHECK(frame.complete());
    frame.forget();
    CHECK_FALSE(frame.arrived(0));
}
