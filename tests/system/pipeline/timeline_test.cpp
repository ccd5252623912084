// timeline.json.gz as Perfetto takes it: what its tracks say against what the run counted.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/images.hpp"
#include "tests/support/trace_check.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
using Json = nlohmann::json;

namespace {

constexpr int kFrames = 5;
const CameraToTv kScenario{.input = "{pattern: bars}", .frames = kFrames};

uint64_t bytes_of(const std::vector<TraceSlice>& slices) {
    uint64_t sum = 0;
    for (const TraceSlice& s : slices) sum += std::stoull(s.facts.at("bytes").get<std::string>());
    return sum;
}

/// The parts of a scenario's word for a device.
bool visits_in_order(const std::vector<std::string>& tracks, const std::vector<std::string>& expected) {
    size_t next = 0;
    for (const std::string& track : tracks) next += next < expected.size() && track == expected[next];
    return next == expected.size();
}

/// A shipped scenario with kFrames frames.
ScenarioRun run_shipped(const char* scenario, const char* folder) {
    ScenarioRun run;
    run.directory = test_folder(folder) / "out";
    run.status =
        run_command(fmt::format("'{}' run '{}/configs/scenarios/{}.yaml' --out '{}' --set run.frames={}",
                                EXYSIM_PROGRAM, EXYSIM_SOURCE_DIR, scenario, run.directory.string(), kFrames),
                    run.output);
    return run;
}

}  // namespace

TEST_CASE("the timeline has tracks of ports, banks, devices, functions and buffers",
          "[system][slow][observe]") {
    const ScenarioRun run = run_scenario(test_folder("tracks"), kScenario, "--profile");
    INFO(run.output);
    REQUIRE(run.status == 0);
    const Trace trace = read_trace(run.directory / "timeline.json.gz");  // throws for what Perfetto would not
    for (const char* track :
         {"bus ports/ram reads", "bus ports/fimc0 writes", "bus ports/mixer0 reads", "bus ports/cpu reads",
          "DRAM banks/channel 0 bank 0", "DRAM banks/channel 1 bank 7", "devices/fimc0", "devices/mixer0",
          "CPU functions/core 0", "guest tasks/processor", "interrupts/core 0"}) {
        INFO(track);
        REQUIRE(trace.slices.count(track) == 1);
        CHECK_FALSE(trace.slices.at(track).empty());
    }
    CHECK(trace.counters > 0);
    // Every byte that passed a port is on its track.
    CHECK(bytes_of(trace.slices.at("bus ports/ram reads")) == run.statistic("bus.to_ram.read.bytes"));
    CHECK(bytes_of(trace.slices.at("bus ports/ram writes")) == run.statistic("bus.to_ram.write.bytes"));
    for (const auto& [track, slices] : trace.slices) {
        if (!track.starts_with("bus ports/") && !track.starts_with("DRAM banks/")) continue;
        for (const TraceSlice& s : slices) {
            INFO(track << " at " << s.begin);
            CHECK(std::stod(s.facts.at("occupied").get<std::string>()) <= 100);
        }
    }
    // A frame's bytes leave the FIMC in the time that its lines come.
    uint64_t captured = 0;
    for (const TraceSlice& s : trace.slices.at("devices/fimc0")) captured += s.end - s.begin;
    CHECK(static_cast<double>(captured) / static_cast<double>(trace.slices.at("devices/fimc0").size()) ==
          Approx(1e12 / 30 * 720 / 765).epsilon(0.001));
}

TEST_CASE("the timeline names what the kernel tells of buffers", "[system][observe]") {
    const ScenarioRun run = run_scenario(test_folder("words"), kScenario);
    REQUIRE(run.status == 0);
    const Trace trace = read_trace(run.directory / "timeline.json.gz");
    for (const auto& [track, names] : trace.events) {
        for (const std::string& name : names) {
            INFO(track << ": " << name);
            CHECK_FALSE(name.starts_with("event "));
        }
    }
    const std::vector<std::string>& told = trace.events.at("devices/guest memory");
    const auto count = [&](const std::string& words) {
        return std::count_if(told.begin(), told.end(),
                             [&](const std::string& t) { return t.find(words) != std::string::npos; });
    };
    constexpr int kBuffers = 4;
    CHECK(count(": 1384448 bytes, write-combined, made by fimc0") ==
          kBuffers);  // 1280 x 720 NV12, whole pages
    CHECK(count("lie at 0x") >= kBuffers);
    CHECK(count("attached to mixer0") == kBuffers);
    CHECK(count("mapped for mixer0 at 0x") == kBuffers);
    CHECK(count("which reads it") >= kBuffers);   // the display
    CHECK(count("which writes it") >= kBuffers);  // the camera
    CHECK(count("unmapped from") == count(" mapped for"));
    CHECK(count("detached from") == count("attached to"));
    CHECK(count(" freed") == count("made by"));
}

TEST_CASE("arrows follow each delivered frame's buffers from the camera through engines to the screen",
          "[system][slow][observe]") {
    const ScenarioRun run = run_shipped("memory_to_memory", "flows");
    INFO(run.output);
    const Trace trace = read_trace(run.directory / "timeline.json.gz");
    const Json frames = Json::parse(run.text("frames.json")).at("frames");
    REQUIRE(frames.size() == kFrames);
    const std::string task = "guest tasks/processor";
    for (const Json& frame : frames) {
        const TraceFlow& flow =
            trace.flows.at(fmt::format("buffer/buffers of frame {}", frame.at("frame").get<int>()));
        INFO(fmt::format("{}", fmt::join(flow.tracks(), ", ")));
        CHECK(visits_in_order(flow.tracks(), {"devices/fimc0", task, "devices/fimc1", task, "devices/fimc2",
                                              task, "devices/mixer0"}));
        const uint64_t shown = frame.at("begin_ps").get<uint64_t>() + frame.at("latency_ps").get<uint64_t>();
        CHECK(flow.points.back().second == shown);
    }
    const auto of_buffers = std::count_if(trace.flows.begin(), trace.flows.end(),
                                          [](const auto& f) { return f.first.starts_with("buffer/"); });
    CHECK(of_buffers == kFrames);
}

TEST_CASE("the timeline of a run whose frames are shown by page flips is one that Perfetto takes",
          "[system][observe]") {
    const ScenarioRun run = run_shipped("camera_to_drm", "flips");
    INFO(run.output);
    const Trace trace = read_trace(run.directory / "timeline.json.gz");
    const auto of_buffers = std::count_if(trace.flows.begin(), trace.flows.end(), [](const auto& f) {
        return f.first.starts_with("buffer/") && f.second.points.front().first == "devices/fimc0" &&
               f.second.points.back().first == "devices/mixer0";
    });
    CHECK(of_buffers == kFrames);
}
