// Planted causes: one thing is made slow, and the report has to name it first.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
using Json = nlohmann::json;

namespace {

struct Named {
    std::string what, cause;
};

/// The first finding of a camera-to-TV run with one more setting.
Named first_finding(const std::string& name, const CameraToTv& scenario, const std::string& options) {
    const ScenarioRun run =
        run_scenario(test_folder("planted_" + name), scenario, options + " --no-timeline");
    INFO(run.output);
    const Json findings = Json::parse(run.text("run.json")).at("findings");
    REQUIRE_FALSE(findings.empty());
    const Named named{findings[0].at("what"), findings[0].at("cause")};
    CHECK(run.text("summary.txt").find("look first at " + named.what + ": " + named.cause) !=
          std::string::npos);
    CHECK(run.text("report.html").find(named.what) != std::string::npos);
    return named;
}

/// The same of a shipped scenario in which a program works on each picture.
Named first_of_cpu_stage(const std::string& name, const std::string& options) {
    ScenarioRun run;
    run.directory = test_folder("planted_" + name) / "out";
    run.status = run_command(fmt::format("'{}' run '{}/configs/scenarios/cpu_stage.yaml' --out '{}' "
                                         "--no-timeline --set run.frames=4 {}",
                                         EXYSIM_PROGRAM, EXYSIM_SOURCE_DIR, run.directory.string(), options),
                             run.output);
    INFO(run.output);
    const Json finding = Json::parse(run.text("run.json")).at("findings").at(0);
    return {finding.at("what"), finding.at("cause")};
}

constexpr const char* kTiming = "--set mode=timing --set ";
const CameraToTv kShort{.input = "{pattern: bars}", .frames = 4};

}  // namespace

TEST_CASE("planted: a display held back to less than it needs is named with its rate limit",
          "[system][observe]") {
    const Named n = first_finding("rate", kShort, std::string{kTiming} + "bus.masters.mixer0.rate=70MB/s");
    CHECK(n.what.starts_with("mixer0: "));
    CHECK(n.cause == "rate limit");
}

TEST_CASE("planted: a display starved at the memory's port is named with the port", "[system][observe]") {
    // 64 MB/s for a display that reads 83 and a camera that writes 41.
    const Named n = first_finding("port", kShort, std::string{kTiming} + "bus.memory.clock=4MHz");
    CHECK(n.cause == "memory's port");
}

TEST_CASE("planted: a master whose own port is too slow is named with it", "[system][observe]") {
    const Named n = first_finding("channel", kShort, std::string{kTiming} + "bus.masters.mixer0.clock=9MHz");
    CHECK(n.what.starts_with("mixer0: "));
    CHECK(n.cause == "own channel");
}

TEST_CASE("planted: slow DRAM is named as the memory", "[system][observe]") {
    // One channel, 32 bytes every 64 clocks of 10 ns: 50 MB/s.
    const Named n = first_finding("dram", kShort,
                                  std::string{kTiming} +
                                      "ram.controller.clock=100MHz --set ram.controller.timing.ccd=64 "
                                      "--set ram.controller.geometry.channels=1");
    CHECK(n.cause == "memory");
}

TEST_CASE("planted: a program that holds each buffer for its own work is named", "[system][observe]") {
    const Named n = first_of_cpu_stage("program", "--set mode=timing");
    CHECK(n.what.starts_with("latency"));
    CHECK(n.cause == "application");
}

TEST_CASE("planted: buffers that come back late, because a program holds them, are named with it",
          "[system][observe]") {
    const Named n = first_of_cpu_stage("late", "--set buffers.cam.count=3");
    CHECK(n.what.ends_with("because no buffer was back in time"));
    CHECK(n.cause == "application");
}

TEST_CASE("planted: a driver that works long under its lock is named with the lock", "[system][observe]") {
    const ScenarioRun run =
        run_scenario(test_folder("planted_lock"), {.input = "{pattern: bars}", .frames = 8},
                     "--no-timeline --set 'guest.cmdline=console=ttySAC0,115200n8 hold_video_lock=60'");
    INFO(run.output);
    const Json finding = Json::parse(run.text("run.json")).at("findings").at(0);
    CHECK(finding.at("cause") == "waiting for a lock");
}

TEST_CASE(
    "planted: nothing spoilt, nothing slow: the wait for a vsync, far longer than drivers, is all there is",
    "[system][observe]") {
    const Named n = first_finding("nothing", kShort, "");
    CHECK(n.what.starts_with("latency"));
    CHECK(n.cause == "waiting for vsync");
}
