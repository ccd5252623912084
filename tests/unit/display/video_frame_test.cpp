// Which bytes the video layer reads, and when; what the pixels are is tried by random_screens_test.cpp.
#include "models/display/video_frame.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace exysim;
using namespace exysim::display;

namespace {

constexpr uint32_t kLines = 100;

VideoWindow window() {
    VideoWindow w;
    w.luma = Iova{0x1000};
    w.chroma = Iova{0x8000};
    w.pitch = w.chroma_pitch = 64;
    w.width = w.dst_width = 6;
    w.height = w.dst_height = 4;
    return w;
}

FetchPlan plan_of(const VideoWindow& w) {
    VideoFrame frame;
    frame.begin(w, {}, {}, kLines, 64);
    return frame.plan();
}

}  // namespace

TEST_CASE("video frame: chroma comes with the first luma line of its pair, and stays for the second",
          "[display]") {
    VideoWindow w = window();
    w.src_x = 10;
    w.src_y = 6;
    w.dst_y = 20;
    const FetchPlan plan = plan_of(w);
    REQUIRE(plan.lines.size() == 6);
    const uint32_t expected[] = {0x8000 + 3 * 64 + 10, 0x1000 + 6 * 64 + 10, 0x1000 + 7 * 64 + 10,
                                 0x8000 + 4 * 64 + 10, 0x1000 + 8 * 64 + 10, 0x1000 + 9 * 64 + 10};
    for (size_t i = 0; i < 6; ++i) {
        CHECK(plan.pieces[plan.lines[i].first_piece].from == Iova{expected[i]});
        CHECK(plan.pieces[plan.lines[i].first_piece].bytes == 6);
    }
    CHECK(plan.lines[0].first_needed == 20);
    CHECK(plan.lines[0].last_needed == 21);
    CHECK(plan.lines[2].first_needed == 21);
    CHECK(plan.lines[3].first_needed == 22);
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

TEST_CASE("video frame: a filter needs a line before and two after", "[display]") {
    VideoWindow w = window();
    w.height = 8;
    w.dst_height = 4;
    w.v_ratio = 2 * kUnity;
    const FetchPlan plan = plan_of(w);
    std::vector<uint32_t> luma;  // first line of the raster that needs each
    for (const FetchLine& l : plan.lines) {
        if (plan.pieces[l.first_piece].from < Iova{0x8000}) luma.push_back(l.first_needed);
    }
    CHECK(luma == std::vector<uint32_t>{0, 0, 0, 1, 1, 2, 2, 3});
}

TEST_CASE("video frame: 2D-IPC fetches each line of the field once, a line ahead", "[display]") {
    VideoWindow w = window();
    w.line_skip = w.whole_picture = true;
    w.dst_height = 8;
    const FetchPlan plan = plan_of(w);
    std::vector<uint32_t> first, last, from;
    for (const FetchLine& l : plan.lines) {
        if (l.chroma) continue;
        from.push_back((plan.pieces[l.first_piece].from.value - 0x1000) / 64);
        first.push_back(l.first_needed);
        last.push_back(l.last_needed);
    }
    CHECK(from == std::vector<uint32_t>{0, 2, 4, 6});
    CHECK(first == std::vector<uint32_t>{0, 1, 3, 5});  // lines 1, 3, 5 of the picture need the one below
    CHECK(last == std::vector<uint32_t>{1, 3, 5, 7});
}

TEST_CASE("video frame: tiles cut a line into pieces", "[display]") {
    VideoWindow w = window();
    w.tiled = true;
    w.pitch = w.chroma_pitch = 256;
    w.src_x = 60;
    w.width = w.dst_width = 80;
    w.height = w.dst_height = 1;
    const FetchPlan plan = plan_of(w);
    REQUIRE(plan.lines.size() == 2);
    const FetchLine& luma = plan.lines[1];
    REQUIRE(luma.pieces == 3);
    // First row of four tiles: 0, 1, 6, 7.
    CHECK(plan.pieces[luma.first_piece].from == Iova{0x1000 + 60});
    CHECK(plan.pieces[luma.first_piece].bytes == 4);
    CHECK(plan.pieces[luma.first_piece + 1].from == Iova{0x1000 + 2048});
    CHECK(plan.pieces[luma.first_piece + 2].from == Iova{0x1000 + 6 * 2048});
    CHECK(plan.pieces[luma.first_piece + 2].bytes == 12);
}

TEST_CASE("video frame: tiles of an odd last row lie in a line", "[display]") {
    // Three rows of two tiles: 0 1 / 2 3 go 0, 1, 2, 3; then 4, 5.
    CHECK(tile_offset(64, 0, 128, 96) == 2048);
    CHECK(tile_offset(0, 32, 128, 96) == 2 * 2048);
    CHECK(tile_offset(64, 95, 128, 96) == 5 * 2048 + 31 * 64);
}

TEST_CASE("video frame: what has come of a line is shown, no more", "[display]") {
    VideoFrame frame;
    frame.begin(window(), {}, {}, kLines, 64);
    LineStore store;
    store.begin(frame.plan());
    std::vector<Pixel> out(6);
    CHECK(frame.row(store, 0, Matrix::bt601, out) == 0);
    store.valid[0] = 6;  // chroma
    store.valid[1] = 4;  // part of luma
    CHECK(frame.row(store, 0, Matrix::bt601, out) == 4);
    store.valid[1] = 6;
    CHECK(frame.row(store, 0, Matrix::bt601, out) == 6);
}

TEST_CASE("video frame: lines below the screen are not fetched", "[display]") {
    VideoWindow w = window();
    w.dst_y = kLines - 2;
    CHECK(plan_of(w).lines.size() == 3);
    w.dst_y = kLines + 5;
    CHECK(plan_of(w).lines.empty());
}
