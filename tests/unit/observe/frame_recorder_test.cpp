#include "platform/observe/frame_recorder.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temporary_folder.hpp"

using namespace exysim;
using namespace exysim::observe;
using namespace exysim::pictures;
using exysim::test::TemporaryFolder;
using exysim::test::text_of;

namespace {

Picture gradient(uint32_t width, uint32_t height, uint8_t start) {
    Picture p{width, height, std::vector<uint8_t>(size_t{width} * height * 3)};
    for (size_t i = 0; i < p.rgb.size(); ++i) p.rgb[i] = static_cast<uint8_t>(start + i * 7);
    return p;
}

DisplayFrame shown(const Picture& p) { return {0, 0, p.width, p.height, p.rgb.data(), true}; }

}  // namespace

TEST_CASE("recorder: first, every Nth and last frames become files, all get a hash", "[observe]") {
    const TemporaryFolder folder;
    RecorderConfig config;
    config.folder = folder.path;
    config.last = 9;
    config.save_every = 4;
    config.compare = {2};
    FrameRecorder recorder{config};
    for (uint8_t n = 0; n < 8; ++n) recorder.add(n, shown(gradient(16, 16, n)));  // ends before frame 9
    recorder.finish();
    for (const char* name : {"000.png", "004.png", "007.png"})
        CHECK(std::filesystem::exists(folder.path / name));
    CHECK_FALSE(std::filesystem::exists(folder.path / "001.png"));
    CHECK(read_png(folder.path / "007.png") == gradient(16, 16, 7));
    REQUIRE(recorder.kept(2));
    CHECK(*recorder.kept(2) == gradient(16, 16, 2));
    CHECK(recorder.hashes().size() == 8);
    CHECK(text_of(folder.path / "hashes.txt").substr(0, 4) == "000 ");
}
