#include "platform/observe/panel_watch.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temporary_folder.hpp"

using namespace exysim;
using namespace exysim::observe;

TEST_CASE("panel watch: a picture is recorded whenever it changes, and only then", "[observe]") {
    const test::TemporaryFolder folder;
    RecorderConfig config;
    config.folder = folder.path;
    config.last = UINT64_MAX;
    PanelWatch watch{config};
    Probe<DisplayFrame> probe;
    watch.attach(probe);
    uint64_t number = 0;
    const auto show = [&](uint8_t grey) {
        const uint8_t rgb[2 * 3] = {grey, grey, grey, 0, 0, 0};
        probe({number++, 0, 2, 1, rgb, false});
    };
    for (const uint8_t grey : {10, 10, 10, 20, 20, 10}) show(grey);
    watch.recorder.finish();
    REQUIRE(watch.recorder.hashes().size() == 3);
    CHECK(watch.recorder.hashes()[0] != watch.recorder.hashes()[1]);
    CHECK(watch.recorder.hashes()[0] == watch.recorder.hashes()[2]);
    CHECK(std::filesystem::exists(folder.path / "000.png"));
    CHECK_FALSE(std::filesystem::exists(folder.path / "001.png"));
    CHECK(std::filesystem::exists(folder.path / "002.png"));  // the last one
    CHECK(std::filesystem::exists(folder.path / "hashes.txt"));
}
