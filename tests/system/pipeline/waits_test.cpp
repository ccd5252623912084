// Stages that only some programs meet: mapping a buffer for a device, waiting for a fence. And that following
// frames takes no memory that grows.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

/// Picoseconds by stage, checked to add up.
std::map<std::string, uint64_t> stages_of(const Json& frame) {
    std::map<std::string, uint64_t> stages;
    uint64_t sum = 0, at = frame.at("begin_ps");
    for (const Json& span : frame.at("spans")) {
        CHECK(span.at("begin_ps") == at);
        at = span.at("end_ps");
        const uint64_t length = at - span.at("begin_ps").get<uint64_t>();
        stages[span.at("stage")] += length;
        sum += length;
    }
    CHECK(sum == frame.at("latency_ps"));
    return stages;
}

}  // namespace

TEST_CASE("a program that waits for a fence is said to, for as long as whoever signals it takes",
          "[system][observe]") {
    const fs::path folder = test_folder("fence");
    const ScenarioRun run =
        run_text(folder, fmt::format("scenario: fence\nplatform: {}/configs/platforms/exynos4210.yaml\n"
                                     "inputs:\n  scene: {{pattern: bars, size: 720x480}}\n"
                                     "program: {{file: '{}/tests/fenced_frames', arguments: ['6']}}\n"
                                     "run: {{until: 3 s}}\nexpect: {{guest_errors: 0}}\n",
                                     EXYSIM_SOURCE_DIR, EXYSIM_GUEST_DIR));
    INFO(run.output << run.text("program.log"));
    REQUIRE(run.status == 0);
    const Json frames = Json::parse(run.text("frames.json")).at("frames");
    REQUIRE(frames.size() >= 5);
    uint64_t mapping = 0;
    for (const Json& frame : frames) {
        auto stages = stages_of(frame);
        INFO(frame.at("frame"));
        CHECK(stages["fence"] > 3'000'000'000);  // what the finisher sleeps
        CHECK(stages["fence"] < 3'500'000'000);  // and what the processor needs besides
        mapping += stages["mapping"];
    }
    CHECK(mapping > 0);  // the display maps each buffer when it first comes
}

TEST_CASE("mapping is told apart: a display behind a SysMMU maps each buffer once", "[system][observe]") {
    const ScenarioRun run = run_scenario(test_folder("mapping"), {.input = "{pattern: bars}", .frames = 8});
    REQUIRE(run.status == 0);
    const Json frames = Json::parse(run.text("frames.json")).at("frames");
    int with = 0;
    for (const Json& frame : frames) {
        auto stages = stages_of(frame);
        with += stages["mapping"] > 0;
        CHECK(stages["mapping"] < 1'000'000'000);  // 338 pages in less than a millisecond
    }
    CHECK(with == 4);  // as many as there are buffers
    CHECK(run.statistic("preview.spans.mapping.max") > 0);
}

TEST_CASE("memory does not grow with the frames that are followed", "[system][observe][slow]") {
    const auto peak = [](int frames) {
        const ScenarioRun run = run_scenario(
            test_folder(fmt::format("memory_{}", frames)),
            {.input = "{pattern: bars}", .width = 160, .height = 120, .mode = "480p60", .frames = frames},
            "--set run.save_every=0 --set mode=fast");
        INFO(run.output);
        REQUIRE(run.status == 0);
        const std::string summary = run.text("summary.txt");
        const size_t end = summary.find(" MiB");
        return std::stoi(summary.substr(summary.rfind(' ', end - 1)));
    };
    const int few = peak(40), many = peak(640);
    // A chain with its meters takes kilobytes, as JSON ten times as many; what stays are 64 bytes a frame.
    CHECK(many <= few + 2);
}
