// What handing a buffer from device to device costs, in mode timing: registers for the processor, no cache
// maintenance, and a latency that the two clocks decide; against the same pipeline with
// the processor's hand on every byte.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;

namespace {

constexpr double kDisplayFrame = 1e9 / 60;  // nanoseconds, as statistics count; of 720p60
constexpr double kFrameBytes = 1280 * 720 * 1.5;
constexpr const char* kWriteCombined = "exporter: v4l2:fimc0, mapping: writecombine";
/// A camera of 720p30 to a television of 720p60 in four buffers, in mode timing.
ScenarioRun camera_to_tv(const std::string& test, int frames, const std::string& stages = "",
                         const std::string& memory = kWriteCombined) {
    const std::string text = fmt::format(
        "scenario: zero_copy\nplatform: {}/configs/platforms/exynos4210.yaml\nrun: {{frames: {}}}\n"
        "inputs:\n  scene: {{pattern: zoneplate}}\n"
        "buffers:\n  cam: {{{}, count: 4, format: NV12, size: 1280x720}}\n"
        "pipelines:\n  - name: tv\n    source: {{device: fimc0, input: scene, rate: 30, output: cam}}\n"
        "    stages: [{}]\n    sink: {{device: mixer0, layer: video, mode: 720p60}}\n"
        "expect:\n  frames_delivered: {}\n  guest_errors: 0\n",
        EXYSIM_SOURCE_DIR, frames, memory, stages, frames);
    ScenarioRun run = run_text(test_folder(test), text, "--set mode=timing");
    INFO(run.output);
    REQUIRE(run.status == 0);
    return run;
}

/// Nanoseconds by which each frame is later than the two clocks allow. The camera's interrupt comes when the
/// next frame begins; the next vsync may take the picture over; its first line follows after the mode's
/// blanking.
std::vector<double> beyond_the_clocks(const ScenarioRun& run) {
    constexpr double kCameraFrame = 1e9 / 30,
                     kBlanking = 30 * kDisplayFrame / 750;  // 30 of 720p60's 750 lines
    constexpr double kSame = 1000;                          // ns; a vsync that is as good as now
    const nlohmann::json frames = nlohmann::json::parse(run.text("frames.json")).at("frames");
    std::vector<double> beyond;
    double vsync = 0;  // any of them
    for (const auto& frame : frames) {
        const double begin = frame.at("begin_ps").get<double>() / 1e3,
                     latency = frame.at("latency_ps").get<double>() / 1e3;
        if (beyond.empty()) vsync = begin + latency - kBlanking;
        const double ready = begin + kCameraFrame;
        const double next = vsync + std::ceil((ready - kSame - vsync) / kDisplayFrame) * kDisplayFrame;
        beyond.push_back(latency - (next + kBlanking - begin));
    }
    return beyond;
}

/// What the frames that only the longer run has add to a statistic.
struct Difference {
    const ScenarioRun &shorter, &longer;
    double operator()(const char* name) const { return longer.statistic(name) - shorter.statistic(name); }
};

}  // namespace

TEST_CASE("zero copy: 720p30 to a TV keeps the processor busy for less than 2 % and cleans no line",
          "[system][pipeline]") {
    const ScenarioRun few = camera_to_tv("zero_copy_few", 6), more = camera_to_tv("zero_copy_more", 26);
    const Difference grown{few, more};
    CHECK(more.statistic("tv.frames.dropped") == 0);
    const double cycles = grown("cpu.core0.cycles");
    CHECK(cycles > 0.6e9);  // 20 frames of 33 ms at 1 GHz
    CHECK(cycles - grown("cpu.core0.idle_cycles") < 0.02 * cycles);
    // Each buffer is mapped once, when it comes to the display for the first time
    CHECK(grown("l1_0.maintenance") == 0);
    CHECK(grown("l2.maintenance") == 0);
    CHECK(grown("sysmmu_tv.tlb.flushes") == 0);
    CHECK(grown("bus.fimc0.write_bytes") == 20 * kFrameBytes);
    CHECK(grown("bus.cpu.read_bytes") + grown("bus.cpu.write_bytes") < 20 * kFrameBytes / 100);
    // No frame is more than one of the display's later than its two clocks allow, and none is earlier.
    const std::vector<double> beyond = beyond_the_clocks(more);
    REQUIRE(beyond.size() == 26);
    for (const double late : beyond) {
        CHECK(late > -1000);
        CHECK(late < kDisplayFrame + 1000);
    }
}

TEST_CASE("zero copy: the processor's hand on every byte costs a frame and more", "[system][pipeline]") {
    const ScenarioRun direct = camera_to_tv("zero_copy_direct", 4);
    const ScenarioRun touched = camera_to_tv("zero_copy_touched", 4, "{device: cpu, op: invert}");
    const double gain = touched.statistic("tv.latency.p50") - direct.statistic("tv.latency.p50");
    WARN(fmt::format("latency p50: {:.2f} ms from device to device, {:.2f} ms through the processor",
                     direct.statistic("tv.latency.p50") / 1e6, touched.statistic("tv.latency.p50") / 1e6));
    CHECK(gain > kDisplayFrame);
    CHECK(touched.statistic("bus.cpu.read_bytes") - direct.statistic("bus.cpu.read_bytes") >=
          4 * kFrameBytes);
}

TEST_CASE(
    "other memory: cached buffers and a process's own show the same pictures, and are cleaned by the line",
    "[system][slow][pipeline]") {
    constexpr double kLines = kFrameBytes / 32;
    const ScenarioRun reference = camera_to_tv("memory_writecombine", 6);
    for (const char* memory : {"exporter: v4l2:fimc0, mapping: cached", "exporter: process"}) {
        INFO(memory);
        const ScenarioRun few = camera_to_tv("memory_few", 3, "", memory),
                          more = camera_to_tv("memory_more", 6, "", memory);
        CHECK(more.text("frames/hashes.txt") == reference.text("frames/hashes.txt"));
        const Difference grown{few, more};
        // Every line of every picture at least once, when the camera's buffer comes back
        CHECK(grown("l1_0.maintenance") >= 3 * kLines);
        CHECK(grown("l1_0.uncached_writes") >= 3 * kLines);  // registers of the second level, by the line too
        CHECK(grown("bus.fimc0.write_bytes") == 3 * kFrameBytes);
        CHECK(grown("bus.cpu.read_bytes") < 3 * kFrameBytes / 10);  // and still nobody looks at them
    }
}
