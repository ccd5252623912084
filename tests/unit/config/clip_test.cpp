#include "platform/config/clip.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace exysim::config;

namespace {

/// A file that lives as long as the test.
struct TemporaryFile {
    std::string name = "/tmp/exysim_clip_test." + std::to_string(getpid());
    explicit TemporaryFile(const std::string& bytes) { std::ofstream{name, std::ios::binary} << bytes; }
    ~TemporaryFile() { std::filesystem::remove(name); }
};

std::string y4m(const std::string& header, const std::vector<size_t>& frame_bytes) {
    std::string all = "YUV4MPEG2 " + header + "\n";
    for (const size_t n : frame_bytes) all += "FRAME\n" + std::string(n, '\x80');
    return all;
}

std::string problem(const std::string& bytes) {
    const TemporaryFile file{bytes};
    try {
        inspect_clip(file.name);
    } catch (const ClipProblem& p) {
        return p.what;
    }
    return "none";
}

}  // namespace

TEST_CASE("clip: a Y4M header states size, rate and chroma", "[config]") {
    const TemporaryFile file{y4m("W32 H16 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2", {768, 768})};
    const ClipFacts facts = inspect_clip(file.name);
    CHECK(facts.size == Size{32, 16});
    CHECK(facts.rate_millihertz == 29970);
    CHECK(facts.chroma == Chroma::yuv420);
    CHECK(facts.frames == 2);
}

TEST_CASE("clip: frames are as long as their chroma says", "[config]") {
    CHECK(problem(y4m("W32 H16 C422", {1024})) == "none");
    CHECK(problem(y4m("W32 H16 C422", {768})) == "is truncated: frame 0 has 768 of 1024 bytes");
    CHECK(problem(y4m("W32 H17", {32 * 17 + 2 * 16 * 9})) == "none");  // odd heights round chroma lines up
    CHECK(problem(y4m("W32 H16", {768, 100})) == "is truncated: frame 1 has 100 of 768 bytes");
}

TEST_CASE("clip: what the camera cannot take is refused", "[config]") {
    CHECK(problem(y4m("W32 H16 C444", {1536})).find("has chroma C444") == 0);
    CHECK(problem(y4m("W32 H16 It", {768})).find("is interlaced") == 0);
    CHECK(problem(y4m("W3840 H2160", {1})).find("is 3840x2160; the camera takes") == 0);
    CHECK(problem(y4m("W33 H16", {800})).find("is 33 pixels wide") == 0);
    CHECK(problem(y4m("W3x H16", {800})) == "has a bad width '3x' in its header");
    CHECK(problem(y4m("W32 H16", {})) == "holds no frame");
    CHECK(problem("YUV4MPEG2 W32 H16") == "ends in the middle of a header line");
    CHECK(problem("GIF89a.....").find("is neither") == 0);
    CHECK(problem("").find("is neither") == 0);
    CHECK(problem("\x89PNG\r\n\x1a\n") == "is truncated: a PNG without its header");
}
