// Camera to TV through DRM: the same pictures as V4L2's output shows, no work a frame for the processor, and
// overlays on a layer and by the 2D engine.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;

namespace {

/// Runs one of the project's scenarios, every frame kept.
ScenarioRun run_file(const std::string& test, const std::string& scenario, int frames,
                     const std::string& options = "") {
    ScenarioRun run;
    run.directory = test_folder(test) / "out";
    run.status = run_command(
        fmt::format("'{}' run '{}/configs/scenarios/{}.yaml' --set run.frames={} --set run.save_every=1 "
                    "--set expect.frames_delivered={} --out '{}' {}",
                    EXYSIM_PROGRAM, EXYSIM_SOURCE_DIR, scenario, frames, frames, run.directory.string(),
                    options),
        run.output);
    INFO(run.output);
    REQUIRE(run.status == 0);
    return run;
}

RgbImage picture(const ScenarioRun& run, int frame) {
    return read_png(run.directory / "frames" / fmt::format("{:03}.png", frame));
}

struct Box {
    uint32_t left, top, right, bottom;
    bool contains(uint32_t x, uint32_t y) const { return x >= left && x < right && y >= top && y < bottom; }
};
constexpr Box kBadge{64, 48, 64 + 256, 48 + 128};  // where the runner puts it

/// Largest difference of any channel outside a box.
int difference_outside(const RgbImage& a, const RgbImage& b, const Box& box) {
    int most = 0;
    for (size_t i = 0; i < a.rgb.size(); ++i) {
        const auto x = static_cast<uint32_t>(i / 3 % a.width), y = static_cast<uint32_t>(i / 3 / a.width);
        if (!box.contains(x, y)) most = std::max(most, std::abs(a.rgb[i] - b.rgb[i]));
    }
    return most;
}

struct Rgb {
    int r, g, b;
};
Rgb pixel(const RgbImage& image, uint32_t x, uint32_t y) {
    const uint8_t* p = &image.rgb[(size_t{y} * image.width + x) * 3];
    return {p[0], p[1], p[2]};
}
/// A colour premultiplied with alpha 128 over `behind`, as both blenders should come near to.
Rgb half(Rgb colour, Rgb behind) {
    const auto mix = [](int front, int back) { return front + back * (255 - 128) / 255; };
    return {mix(colour.r, behind.r), mix(colour.g, behind.g), mix(colour.b, behind.b)};
}
int distance(Rgb a, Rgb b) {
    return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
}

/// The badge's frame (white) and disc (red), both translucent, over plain bars; `tolerance` in levels.
void check_badge(const RgbImage& with, const RgbImage& without, int tolerance) {
    CHECK(difference_outside(with, without, kBadge) == 0);
    const struct {
        uint32_t x, y;
        Rgb colour;
    } points[] = {{66, 100, {128, 128, 128}},  // frame, left
                  {100, 50, {128, 128, 128}},  // frame, top
                  {200, 112, {128, 0, 0}},     // disc
                  {150, 112, {128, 0, 0}}};    // disc, over the first bar
    for (const auto& p : points) {
        INFO("pixel " << p.x << ", " << p.y);
        CHECK(distance(pixel(with, p.x, p.y), half(p.colour, pixel(without, p.x, p.y))) <= tolerance);
    }
    CHECK(distance(pixel(with, 100, 112), pixel(without, 100, 112)) <= (tolerance > 2 ? 3 : 0));  // clear
}

}  // namespace

TEST_CASE("DRM shows the pictures that V4L2's output shows", "[system][pipeline][drm]") {
    const ScenarioRun drm = run_file("drm_same", "camera_to_drm", 4);
    const ScenarioRun v4l2 = run_file("drm_same_v4l2", "camera_to_tv", 4);
    for (int i = 0; i < 4; ++i) CHECK(largest_difference(picture(drm, i), picture(v4l2, i)) == 0);
}

TEST_CASE("camera to DRM: four frames more cost the processor no pixel and no cache maintenance",
          "[system][pipeline][drm]") {
    const ScenarioRun few = run_file("drm_few", "camera_to_drm", 4, "--set mode=timing");
    const ScenarioRun more = run_file("drm_more", "camera_to_drm", 8, "--set mode=timing");
    const auto grown = [&](const char* name) { return more.statistic(name) - few.statistic(name); };
    const double frame = 1280 * 720 * 1.5;
    CHECK(grown("bus.fimc0.write_bytes") == 4 * frame);
    CHECK(grown("bus.mixer0.read_bytes") >= 4 * frame);
    CHECK(grown("bus.cpu.read_bytes") + grown("bus.cpu.write_bytes") < frame / 100);  // registers
    CHECK(grown("l2.maintenance") == 0);
    CHECK(grown("l1_0.maintenance") == 0);
}

TEST_CASE("a badge on a graphics layer: the mixer blends it over the camera", "[system][pipeline][drm]") {
    const ScenarioRun with = run_file("drm_layer", "tv_overlay", 2);
    const ScenarioRun without =
        run_file("drm_layer_none", "tv_overlay", 2, "--set pipelines.0.sink.overlay=none");
    check_badge(picture(with, 1), picture(without, 1), 2);
}

TEST_CASE("a badge by the GPU: blended into the camera's own buffer", "[system][pipeline][drm]") {
    const ScenarioRun with = run_file("drm_gpu", "gpu_blend", 2);
    const ScenarioRun without =
        run_file("drm_gpu_none", "gpu_blend", 2, "--set pipelines.0.sink.overlay=none");
    check_badge(picture(with, 1), picture(without, 1), 6);  // through Y'CbCr and back, twice
    CHECK(with.statistic("g2d.blits") == without.statistic("g2d.blits") + 2);
}

TEST_CASE("planes in buffers of their own: the same pictures by Linux's calls alone",
          "[system][pipeline][drm]") {
    const ScenarioRun together = run_file("drm_gpu_one", "gpu_blend", 2);
    const ScenarioRun apart = run_file("drm_gpu_two", "gpu_blend_planes", 2);
    REQUIRE(apart.status == 0);
    CHECK(apart.text("frames/hashes.txt") == together.text("frames/hashes.txt"));
    const ScenarioRun v4l2 = run_file("drm_gpu_v4l2", "gpu_blend_planes", 2,
                                      "--set pipelines.0.sink.api=v4l2 --set pipelines.0.sink.overlay=none");
    const ScenarioRun drm =
        run_file("drm_gpu_drm", "gpu_blend_planes", 2, "--set pipelines.0.sink.overlay=none");
    REQUIRE(v4l2.status == 0);
    CHECK(largest_difference(picture(v4l2, 1), picture(drm, 1)) == 0);
}

TEST_CASE("a screen that the GPU starves: priority cures it for nothing, a limit at the GPU's cost",
          "[system][pipeline]") {
    const auto underflows = [](const ScenarioRun& run) { return run.statistic("mixer0.underflows"); };
    const auto latency = [](const ScenarioRun& run) { return run.statistic("preview.latency.p50"); };
    const ScenarioRun starved = run_file("drm_starved", "contended_tv", 6);
    INFO(starved.output);
    CHECK(starved.status == 0);  // which expects underflows
    CHECK(underflows(starved) > 0);
    const ScenarioRun first = run_file("drm_first", "contended_tv_qos", 6);
    INFO(first.output);
    CHECK(first.status == 0);         // which expects none
    constexpr double kLine = 22'222;  // ns of 720p60: what a frame waits for is its vsync, to a line
    CHECK(latency(first) <= latency(starved) + kLine);
    const ScenarioRun held = run_file("drm_held", "contended_tv", 6,
                                      "--set bus.masters.g2d.rate=40MB/s --set expect.underflows=0");
    CHECK(underflows(held) == 0);
    CHECK(latency(held) > latency(first));
    // The GPU's share is what makes the difference.
    const ScenarioRun alone = run_file("drm_alone", "contended_tv", 6,
                                       "--set pipelines.0.sink.overlay=none --set expect.underflows=0");
    CHECK(underflows(alone) == 0);
}
