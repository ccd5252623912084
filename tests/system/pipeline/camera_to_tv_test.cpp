// Camera to TV as a user runs it: the program, a clip made by another program, and the pictures it leaves.
#include <fmt/format.h>
#include <catch2/catch.hpp>
#include <cstdlib>

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

/// A picture whose luma, Cb and Cr walk through every corner, and whose chroma changes from pair to pair.
YcbcrFrame corners(uint32_t width, uint32_t height) {
    YcbcrFrame f{width, height, true, {}, {}, {}};
    f.y.resize(size_t{width} * height);
    f.cb.resize(f.y.size() / 4);
    f.cr.resize(f.y.size() / 4);
    constexpr uint8_t kLuma[] = {0, 16, 126, 235, 255}, kChroma[] = {0, 16, 128, 240, 255};
    for (uint32_t line = 0; line < height; ++line) {
        for (uint32_t x = 0; x < width; ++x) f.y[size_t{line} * width + x] = kLuma[(x / 2 + line) % 5];
    }
    for (uint32_t line = 0; line < height / 2; ++line) {
        for (uint32_t x = 0; x < width / 2; ++x) {
            const size_t at = size_t{line} * (width / 2) + x;
            f.cb[at] = kChroma[(x / 5 + line) % 5];
            f.cr[at] = kChroma[(x / 25 + line / 5) % 5];
        }
        const size_t edge =
            size_t{line} * (width / 2) + width / 4;  // one chroma sample against its surroundings
        f.cb[edge] = 240;
        f.cb[edge - 1] = f.cb[edge + 1] = 16;
    }
    return f;
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

TEST_CASE("every corner of Y'CbCr and a one-sample chroma edge", "[system][pipeline]") {
    const fs::path folder = test_folder("corners");
    const YcbcrFrame frame = corners(1280, 720);
    write_y4m(folder / "clip.y4m", {frame});
    const ScenarioRun run = run_scenario(folder, {.input = "{file: clip.y4m, at_end: hold}", .frames = 2});
    require_success(run);
    check_against_reference(run, {frame, frame});
}

TEST_CASE("a PNG picture comes out as it went in, within the arithmetic of 4:2:0", "[system][pipeline]") {
    const fs::path folder = test_folder("still");
    std::string output;
    REQUIRE(
        run_command(fmt::format("ffmpeg -y -loglevel error -f lavfi -i smptehdbars=size=1280x720 -frames:v 1 "
                                "-pix_fmt rgb24 '{}/photo.png'",
                                folder.string()),
                    output) == 0);
    const ScenarioRun run = run_scenario(folder, {.input = "{file: photo.png}", .frames = 2});
    require_success(run);
    const RgbImage sent = read_png(folder / "photo.png"), shown = read_png(frame_file(run, 1));
    size_t far = 0;  // pixels beside a vertical edge mix the chroma of two colours
    for (size_t i = 0; i < sent.rgb.size(); ++i) far += std::abs(sent.rgb[i] - shown.rgb[i]) > 3;
    CHECK(far < sent.rgb.size() / 100);
}

TEST_CASE("1080p: the largest picture", "[system][pipeline]") {
    const fs::path folder = test_folder("large");
    make_clip(folder / "clip.y4m", "testsrc2=size=1920x1080:rate=30", "yuv420p", 2);
    const ScenarioRun run = run_scenario(
        folder, {.input = "{file: clip.y4m}", .width = 1920, .height = 1080, .mode = "1080p60", .frames = 2});
    require_success(run);
    check_against_reference(run, read_y4m(folder / "clip.y4m"));
}

TEST_CASE("NV21 and 50 Hz: the same picture as NV12", "[system][pipeline]") {
    const fs::path folder = test_folder("nv21");
    make_clip(folder / "clip.y4m", "testsrc2=size=720x576:rate=25", "yuv420p", 3);
    const ScenarioRun run = run_scenario(folder, {.input = "{file: clip.y4m}",
                                                  .width = 720,
                                                  .height = 576,
                                                  .mode = "576p50",
                                                  .frames = 3,
                                                  .format = "NV21",
                                                  .rate = 25});
    require_success(run);
    check_against_reference(run, read_y4m(folder / "clip.y4m"));
}

TEST_CASE("without SysMMUs the devices get contiguous memory", "[system][pipeline]") {
    const fs::path folder = test_folder("no_iommu");
    const CameraToTv scenario{.input = "{pattern: zoneplate}", .frames = 3};
    const ScenarioRun with = run_scenario(folder, scenario);
    require_success(with);
    const std::string hashes = with.text("frames/hashes.txt");
    const ScenarioRun without =
        run_scenario(folder, scenario, "--set devices.fimc0.iommu=false --set devices.mixer0.iommu=false");
    require_success(without);
    CHECK(without.text("frames/hashes.txt") == hashes);
    CHECK(without.statistic("bus.fimc0.read_bytes") == 0);  // nobody walks tables
}

TEST_CASE("the slice changes times by no more than itself, and no pixel", "[system][pipeline]") {
    const fs::path folder = test_folder("slices");
    const CameraToTv scenario{.input = "{pattern: zoneplate}", .frames = 3};
    const ScenarioRun usual = run_scenario(folder, scenario);
    require_success(usual);
    const std::string hashes = usual.text("frames/hashes.txt");
    const double latency = usual.statistic("preview.latency.p50");
    for (const auto& [slice, ns] : {std::pair{"100ns", 1000.0}, {"10us", 10'000.0}}) {
        const ScenarioRun other = run_scenario(folder, scenario, fmt::format("--set timing.slice={}", slice));
        require_success(other);
        CHECK(other.text("frames/hashes.txt") == hashes);
        CHECK(std::abs(other.statistic("preview.latency.p50") - latency) <= ns);
    }
}

TEST_CASE("all frames as a video, every Nth as a picture", "[system][pipeline]") {
    const fs::path folder = test_folder("video");
    const ScenarioRun run = run_scenario(folder, {.input = "{pattern: bars}", .frames = 5},
                                         "--set run.save_video=true --set run.save_every=2");
    require_success(run);
    for (const int n : {0, 2, 4}) CHECK(fs::exists(frame_file(run, n)));
    CHECK_FALSE(fs::exists(frame_file(run, 1)));
    const uintmax_t frame = std::string{"FRAME\n"}.size() + uintmax_t{1280} * 720 * 3;
    const uintmax_t size = fs::file_size(run.directory / "frames.y4m");
    CHECK(size > 5 * frame);
    CHECK(size < 5 * frame + 100);
}

TEST_CASE("an expected picture is met or not", "[system][pipeline]") {
    const fs::path folder = test_folder("expected");
    const CameraToTv scenario{.input = "{pattern: bars}", .frames = 2};
    const ScenarioRun first = run_scenario(folder, scenario);
    require_success(first);
    fs::copy_file(frame_file(first, 1), folder / "one.png");
    const ScenarioRun same = run_scenario(folder, scenario, "--set 'expect.images={1: one.png}'");
    require_success(same);
    const ScenarioRun other = run_scenario(folder, scenario, "--set 'expect.images={0: one.png}'");
    CHECK(other.status == 1);
    CHECK(other.output.find("FAILED") != std::string::npos);
}

TEST_CASE("two runs are the same bit for bit", "[system][pipeline]") {
    const fs::path folder = test_folder("twice");
    const CameraToTv scenario{.input = "{pattern: zoneplate}", .frames = 4};
    const ScenarioRun first = run_scenario(folder, scenario);
    require_success(first);
    const std::string stats = first.text("stats.json");
    const std::string hashes = first.text("frames/hashes.txt");
    const ScenarioRun second = run_scenario(test_folder("twice_elsewhere"), scenario);
    require_success(second);
    CHECK(stats.size() > 100);
    CHECK(hashes.size() > 50);
    CHECK(stats == second.text("stats.json"));
    CHECK(hashes == second.text("frames/hashes.txt"));
}

TEST_CASE("a window on the display changes nothing of the run", "[system][pipeline]") {
    const CameraToTv scenario{.input = "{pattern: bars}", .frames = 3};
    const ScenarioRun plain = run_scenario(test_folder("no_window"), scenario);
    require_success(plain);
    REQUIRE(::setenv("SDL_VIDEODRIVER", "dummy", 1) == 0);
    const ScenarioRun watched = run_scenario(test_folder("window"), scenario, "--window");
    if (watched.output.find("built without SDL2") != std::string::npos) {
        CHECK(watched.status == 2);
        return;
    }
    require_success(watched);
    CHECK(watched.text("stats.json") == plain.text("stats.json"));
    CHECK(watched.text("frames/hashes.txt") == plain.text("frames/hashes.txt"));
}

TEST_CASE("the kernel switches on what a thrifty boot loader leaves off, in both modes",
          "[system][pipeline]") {
    const CameraToTv scenario{.input = "{pattern: bars}", .frames = 3};
    for (const std::string mode : {"fast", "timing"}) {
        INFO(mode);
        const std::string options = "--set mode=" + mode;
        const ScenarioRun on = run_scenario(test_folder("domains_on_" + mode), scenario, options);
        require_success(on);
        const ScenarioRun off = run_scenario(test_folder("domains_off_" + mode), scenario,
                                             options +
                                                 " --set power.domains_at_boot=false"
                                                 " --set expect.guest_errors=0");
        require_success(off);
        CHECK(off.text("frames/hashes.txt") == on.text("frames/hashes.txt"));
    }
}

TEST_CASE("the registers a run has used are in its statistics", "[system][pipeline]") {
    const ScenarioRun run = run_scenario(test_folder("coverage"), {.input = "{pattern: bars}", .frames = 2});
    require_success(run);
    const double fields = run.statistic("fimc0.registers.fields"),
                 written = run.statistic("fimc0.registers.written"),
                 changed = run.statistic("fimc0.registers.changed");
    CHECK(changed > 10);
    CHECK(written >= changed);
    CHECK(fields > written);
    CHECK(run.statistic("pdma0.registers.written") == 0);
}
