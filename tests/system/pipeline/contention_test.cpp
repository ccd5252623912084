// Camera to TV in mode `timing`: masters wait for each other, and nothing but time changes.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cmath>

#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;

namespace {

const CameraToTv kScenario{.input = "{pattern: zoneplate}", .frames = 3};
constexpr const char* kTiming = "--set mode=timing ";

void require_success(const ScenarioRun& run) {
    INFO(run.output);
    REQUIRE(run.status == 0);
}

}  // namespace

TEST_CASE("contention: every byte that a master asked for reaches the memory once", "[system][pipeline]") {
    const ScenarioRun run = run_scenario(test_folder("bytes"), kScenario, kTiming);
    require_success(run);
    for (const char* way : {"read", "write"}) {
        double asked = 0, bursts = 0;
        for (const char* master : {"cpu", "fimc0", "mixer0"}) {
            asked += run.statistic(fmt::format("bus.{}.{}_bytes", master, way));
            bursts += run.statistic(fmt::format("bus.{}.{}.burst_bytes", master, way));
        }
        CHECK(bursts == run.statistic(fmt::format("bus.to_ram.{}.bytes", way)));
        CHECK(bursts == run.statistic(fmt::format("ram.{}_bytes", way)));
        CHECK(bursts > 0);
        CHECK(asked >= bursts);       // the rest went to registers,
        CHECK(asked < bursts * 1.2);  // which are a small part
    }
}

TEST_CASE("contention: two runs are the same bit for bit", "[system][pipeline]") {
    const ScenarioRun first = run_scenario(test_folder("contended"), kScenario, kTiming);
    require_success(first);
    const std::string stats = first.text("stats.json"), hashes = first.text("frames/hashes.txt");
    const ScenarioRun second = run_scenario(test_folder("contended_elsewhere"), kScenario, kTiming);
    require_success(second);
    CHECK(stats == second.text("stats.json"));
    CHECK(hashes == second.text("frames/hashes.txt"));
}

TEST_CASE("contention: mode, slice and skew change times by little, and no pixel",
          "[system][pipeline][slow]") {
    const std::filesystem::path folder = test_folder("skews");
    const ScenarioRun fast = run_scenario(folder, kScenario, "--set mode=fast");
    require_success(fast);
    const std::string hashes = fast.text("frames/hashes.txt");
    const ScenarioRun usual = run_scenario(folder, kScenario, kTiming);
    require_success(usual);
    CHECK(usual.text("frames/hashes.txt") == hashes);
    const double latency = usual.statistic("preview.latency.p50");
    for (const char* other : {"slice=100ns", "slice=10us", "skew=100ns", "skew=10us"}) {
        const ScenarioRun run =
            run_scenario(folder, kScenario, fmt::format("{} --set timing.{}", kTiming, other));
        require_success(run);
        INFO(other);
        CHECK(run.text("frames/hashes.txt") == hashes);
        CHECK(std::abs(run.statistic("preview.latency.p50") - latency) <= 20'000);
    }
}
