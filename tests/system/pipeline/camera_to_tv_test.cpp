// Camera to TV as a user runs it: the program, a clip made by another program, and the pictures it leaves.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/expected_picture.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;

namespace {

/// Makes `frames` frames of ffmpeg's moving test source as Y4M.
void make_clip(const fs::path& file, const std::string& source, const std::string& format, int frames) {
    std::string output;
    const int status = run_command(
        fmt::format("ffmpeg -y -loglevel error -f lavfi -i {} -frames:v {} -pix_fmt {} -strict -1 '{}'",
                    source, frames, format, file.string()),
        output);
    INFO(output);
    REQUIRE(status == 0);
}

fs::path frame_file(const ScenarioRun& run, size_t number) {
    return run.directory / "frames" / fmt::format("{:03}.png", number);
}

void check_against_reference(const ScenarioRun& run, const std::vector<YcbcrFrame>& clip) {
    for (size_t i = 0; i < clip.size(); ++i) {
        INFO("frame " << i);
        CHECK(largest_difference(read_png(frame_file(run, i)), expected_picture(clip[i])) <= 1);
    }
}

void require_success(const ScenarioRun& run) {
    INFO(run.output);
    REQUIRE(run.status == 0);
}

}  // namespace

TEST_CASE("720p 4:2:0 clip: every frame arrives, within 1 of the formula and 2 of ffmpeg",
          "[system][pipeline]") {
    const fs::path folder = test_folder("clip_420");
    make_clip(folder / "clip.y4m", "testsrc2=size=1280x720:rate=30", "yuv420p", 6);
    const ScenarioRun run = run_scenario(folder, {.input = "{file: clip.y4m}"});
    require_success(run);
    check_against_reference(run, read_y4m(folder / "clip.y4m"));

    std::string output;
    const std::string flags =
        "in_color_matrix=bt709:in_range=tv:out_range=pc:flags=neighbor+accurate_rnd+full_chroma_int";
    REQUIRE(
        run_command(
            fmt::format(
                "ffmpeg -y -loglevel error -i '{0}/clip.y4m' -vf scale={1} -pix_fmt rgb24 '{0}/ff%03d.png'",
                folder.string(), flags),
            output) == 0);
    for (size_t i = 0; i < 6; ++i) {
        const fs::path theirs = folder / fmt::format("ff{:03}.png", i + 1);
        CHECK(largest_difference(read_png(frame_file(run, i)), read_png(theirs)) <= 2);
    }
}

TEST_CASE("480p 4:2:2 clip: line pairs are averaged, BT.601 below 1280", "[system][pipeline]") {
    const fs::path folder = test_folder("clip_422");
    make_clip(folder / "clip.y4m", "testsrc2=size=720x480:rate=30", "yuv422p", 4);
    const ScenarioRun run = run_scenario(
        folder, {.input = "{file: clip.y4m}", .width = 720, .height = 480, .mode = "480p60", .frames = 4});
    require_success(run);
    check_against_reference(run, read_y4m(folder / "clip.y4m"));
}

TEST_CASE("two runs are the same bit for bit", "[system][pipeline]") {
    const fs::path folder = test_folder("twice");
    const CameraToTv scenario{.input = "{pattern: zoneplate}", .frames = 4};
    const ScenarioRun first = run_scenario(folder, scenario);
    require_success(first);
    const std::string stats = first.text("stats.json");
    const std::string hashes = first.text("frames/hashes.txt");
    const ScenarioRun second = run_scenario(folder, scenario);
    require_success(second);
    CHECK(stats.size() > 100);
    CHECK(hashes.size() > 50);
    CHECK(stats == second.text("stats.json"));
    CHECK(hashes == second.text("frames/hashes.txt"));
}
