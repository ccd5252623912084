// Picture sequences and frame times: what is found, and what each mistake is called.
#include "platform/config/sequence.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "platform/config/clip.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace exysim::config;

namespace {

/// A PNG's signature and size, which is all that is looked at here.
void write_png_header(const std::string& file, uint8_t width, uint8_t height) {
    const char bytes[] = {'\x89', 'P',  'N',    'G',
                          '\r',   '\n', '\x1a', '\n',
                          0,      0,    0,      13,
                          'I',    'H',  'D',    'R',
                          0,      0,    0,      static_cast<char>(width),
                          0,      0,    0,      static_cast<char>(height)};
    std::ofstream{file, std::ios::binary}.write(bytes, sizeof bytes);
}
void write(const std::string& file, const std::string& text) { std::ofstream{file} << text; }

template <class Action>
std::string problem(Action action) {
    try {
        action();
    } catch (const ClipProblem& p) {
        return p.what;
    }
    return "none";
}

}  // namespace

TEST_CASE("sequence: a number pattern takes files from 0 or 1 to the first gap", "[config]") {
    const exysim::test::TemporaryFolder folder;
    const std::string base = folder.path.string();
    for (const char* name : {"/a001.png", "/a002.png", "/a004.png", "/b0.png", "/b1.png"})
        write_png_header(base + name, 32, 16);
    CHECK(sequence_files(base + "/a%03d.png") ==
          std::vector<std::string>{base + "/a001.png", base + "/a002.png"});
    CHECK(sequence_files(base + "/b%d.png") == std::vector<std::string>{base + "/b0.png", base + "/b1.png"});
    CHECK(problem([&] { sequence_files(base + "/c%02d.png"); }) ==
          "neither '" + base + "/c00.png' nor '" + base + "/c01.png' exists");
    for (const char* bad : {"/a%s.png", "/a%.png", "/a%d%d.png", "/a%0d.png", "/a%00d.png"}) {
        INFO(bad);
        CHECK(problem([&] { sequence_files(base + bad); }) ==
              "'" + base + bad + "' is not a sequence: expected one %d or %0Nd");
    }
}

TEST_CASE("sequence: a wildcard takes files by name", "[config]") {
    const exysim::test::TemporaryFolder folder;
    const std::string base = folder.path.string();
    for (const char* name : {"/x10.png", "/x2.png", "/y.png", "/.hidden.png"})
        write_png_header(base + name, 32, 16);
    CHECK(sequence_files(base + "/x*.png") == std::vector<std::string>{base + "/x10.png", base + "/x2.png"});
    CHECK(sequence_files(base + "/?.png") == std::vector<std::string>{base + "/y.png"});
    CHECK(problem([&] { sequence_files(base + "/z*.png"); }) == "no file matches '" + base + "/z*.png'");
    CHECK(problem([&] { sequence_files(base + "/none/*.png"); }) ==
          "no file matches '" + base + "/none/*.png'");
}

TEST_CASE("sequence: pictures are PNGs of one size", "[config]") {
    const exysim::test::TemporaryFolder folder;
    const std::string base = folder.path.string();
    write_png_header(base + "/1.png", 32, 16);
    write_png_header(base + "/2.png", 32, 16);
    const ClipFacts facts = inspect_clip(base + "/*.png");
    CHECK(facts.kind == ClipFacts::Kind::sequence);
    CHECK(facts.size == Size{32, 16});
    CHECK(facts.frames == 2);
    write_png_header(base + "/3.png", 32, 32);
    CHECK(problem([&] { inspect_clip(base + "/%d.png"); }) ==
          "'" + base + "/3.png' is 32x32, the first picture 32x16");
    write(base + "/4.png", "text");
    CHECK(problem([&] { inspect_clip(base + "/4*.png"); }) ==
          "'" + base + "/4.png' is neither a Y4M nor a PNG file");
}

TEST_CASE("frame times: one a line, rising, with units, comments and blanks are left out", "[config]") {
    const exysim::test::TemporaryFolder folder;
    const std::string file = folder.path.string() + "/times.txt";
    const auto times_of = [&](const std::string& text) {
        write(file, text);
        return read_frame_times(file);
    };
    CHECK(times_of("0\n# a pause\n33.4 ms\n\n66 ms # late\r\n1 s\n") ==
          std::vector<uint64_t>{0, 33'400'000, 66'000'000, 1'000'000'000});
    CHECK(problem([&] { times_of("0\n40 ms\n40 ms\n"); }) == "line 3: frames must begin one after the other");
    CHECK(problem([&] { times_of("0\n40\n"); }).find("line 2: '40' needs a unit") == 0);
    CHECK(problem([&] { times_of("soon\n"); }).find("line 1: 'soon' is not") == 0);
    CHECK(problem([&] { times_of("# nothing\n"); }) == "holds no frame time");
    CHECK(problem([&] { read_frame_times(file + "x"); }).find("cannot be read") == 0);
}
