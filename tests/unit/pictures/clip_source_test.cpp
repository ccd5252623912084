// Clips and stills as the sensor sees them. The pictures are written here, byte by byte.
#include "platform/pictures/clip_source.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "platform/pictures/picture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace exysim;
using namespace exysim::pictures;
using camera::Frame422;
using camera::FrameSize;

namespace {

constexpr int kWidth = 16, kHeight = 16;

/// Frame n: luma n + line, Cb 100 + n + chroma line, Cr 200 - n.
void write_clip(const std::string& file, const char* chroma, int frames) {
    std::ofstream out{file, std::ios::binary};
    out << "YUV4MPEG2 W16 H16 F25:1 Ip C" << chroma << "\n";
    const int chroma_lines = std::string{chroma} == "422" ? kHeight : kHeight / 2;
    for (int n = 0; n < frames; ++n) {
        out << "FRAME\n";
        for (int i = 0; i < kWidth * kHeight; ++i) out.put(static_cast<char>(n + i / kWidth));
        for (int i = 0; i < kWidth / 2 * chroma_lines; ++i)
            out.put(static_cast<char>(100 + n + i / (kWidth / 2)));
        for (int i = 0; i < kWidth / 2 * chroma_lines; ++i) out.put(static_cast<char>(200 - n));
    }
}

config::Input input_of(const std::string& file, const std::string& at_end) {
    config::Input input;
    input.file = file;
    input.at_end = at_end;
    input.facts = config::inspect_clip(file);
    return input;
}

/// First luma sample of up to `count` frames.
std::vector<int> first_samples(camera::FrameSource& source, int count) {
    std::vector<int> seen;
    Frame422 frame;
    while (count-- > 0 && source.next(frame)) seen.push_back(frame.y[0]);
    return seen;
}

}  // namespace

TEST_CASE("clip source: 4:2:0 repeats each chroma line, 4:2:2 passes as it is", "[pictures]") {
    const test::TemporaryFolder folder;
    const std::string file = folder.path / "clip.y4m";
    for (const auto& [chroma, lines_each] : {std::pair{"420jpeg", 2U}, {"422", 1U}}) {
        INFO(chroma);
        write_clip(file, chroma, 2);
        const auto source = make_source(input_of(file, "stop"), {});
        CHECK(source->size() == FrameSize{16, 16});
        Frame422 frame;
        REQUIRE(source->next(frame));
        REQUIRE(source->next(frame));
        for (uint32_t line = 0; line < 16; ++line) {
            CHECK(frame.y[line * 16 + 5] == 1 + line);
            CHECK(frame.cb[line * 8 + 3] == 101 + line / lines_each);
            CHECK(frame.cr[line * 8 + 3] == 199);
        }
    }
}

TEST_CASE("clip source: loop, hold and stop", "[pictures]") {
    const test::TemporaryFolder folder;
    const std::string file = folder.path / "clip.y4m";
    write_clip(file, "420", 3);
    CHECK(first_samples(*make_source(input_of(file, "loop"), {}), 7) ==
          std::vector<int>{0, 1, 2, 0, 1, 2, 0});
    CHECK(first_samples(*make_source(input_of(file, "hold"), {}), 5) == std::vector<int>{0, 1, 2, 2, 2});
    CHECK(first_samples(*make_source(input_of(file, "stop"), {}), 5) == std::vector<int>{0, 1, 2});
}

TEST_CASE("clip source: a file cut short after it was inspected ends the stream", "[pictures]") {
    const test::TemporaryFolder folder;
    const std::string file = folder.path / "clip.y4m";
    write_clip(file, "420", 3);
    const config::Input input = input_of(file, "loop");
    std::filesystem::resize_file(file, 600);  // one frame and a half
    CHECK(first_samples(*make_source(input, {}), 5) == std::vector<int>{0});
}

TEST_CASE("clip source: a PNG's chroma is averaged over pixel pairs", "[pictures]") {
    const test::TemporaryFolder folder;
    const std::string file = folder.path / "clip.png";
    Picture picture{16, 16, std::vector<uint8_t>(16 * 16 * 3, 0)};
    for (size_t i = 0; i < picture.rgb.size(); i += 6) picture.rgb[i] = 255;  // red, black, red, black...
    write_png(file, 16, 16, picture.rgb.data());
    const auto source = make_source(input_of(file, "loop"), {});
    Frame422 frame;
    REQUIRE(source->next(frame));
    REQUIRE(source->next(frame));
    // BT.601: red is (81, 90, 240), black (16, 128, 128)
    CHECK(frame.y[0] == 81);
    CHECK(frame.y[1] == 16);
    CHECK(frame.cb[0] == 109);
    CHECK(frame.cr[0] == 184);
}

TEST_CASE("clip source: a still that stops is one frame", "[pictures]") {
    const test::TemporaryFolder folder;
    const std::string file = folder.path / "clip.png";
    const Picture picture{16, 16, std::vector<uint8_t>(16 * 16 * 3, 128)};
    write_png(file, 16, 16, picture.rgb.data());
    CHECK(first_samples(*make_source(input_of(file, "stop"), {}), 5).size() == 1);
    CHECK(first_samples(*make_source(input_of(file, "hold"), {}), 5).size() == 5);
}

TEST_CASE("clip source: patterns take the size of the buffers unless they have one", "[pictures]") {
    config::Input input;
    input.pattern = "bars";
    CHECK(make_source(input, {320, 240})->size() == FrameSize{320, 240});
    input.size = {64, 32};
    CHECK(make_source(input, {320, 240})->size() == FrameSize{64, 32});
}

TEST_CASE("clip source: pictures follow one another, then loop, hold or stop", "[pictures]") {
    const test::TemporaryFolder folder;
    for (int n = 0; n < 3; ++n) {
        const std::vector<uint8_t> grey(16 * 16 * 3, static_cast<uint8_t>(n * 100));
        write_png(folder.path / ("shot" + std::to_string(n) + ".png"), 16, 16, grey.data());
    }
    const std::string name = folder.path / "shot%d.png";
    const auto level = [](int n) { return static_cast<int>(16 + 219 * n * 100 / 255.0 + 0.5); };  // of luma
    const std::vector<int> three{level(0), level(1), level(2)};
    CHECK(first_samples(*make_source(input_of(name, "stop"), {}), 5) == three);
    CHECK(first_samples(*make_source(input_of(name, "loop"), {}), 4) ==
          std::vector<int>{three[0], three[1], three[2], three[0]});
    CHECK(first_samples(*make_source(input_of(name, "hold"), {}), 4) ==
          std::vector<int>{three[0], three[1], three[2], three[2]});
}
