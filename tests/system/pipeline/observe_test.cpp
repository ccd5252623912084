// What a run leaves behind for people and programs: attribution, timeline, report, profile; and that watching
// changes nothing.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/images.hpp"
#include "tests/support/trace_check.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr int kFrames = 6;

std::string file_text(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Those that move frames.
std::vector<fs::path> shipped_scenarios() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{EXYSIM_SOURCE_DIR "/configs/scenarios"}) {
        if (entry.path().extension() != ".yaml") continue;
        const bool moves_frames = file_text(entry.path()).find("pipelines:") != std::string::npos;
        if (moves_frames) files.push_back(entry.path());
    }
    return files;
}

/// A shipped scenario, cut to a few frames; what it expects does not matter here.
ScenarioRun run_shipped(const fs::path& scenario, const fs::path& folder) {
    ScenarioRun run;
    run.directory = folder / scenario.stem();
    run.status = run_command(fmt::format("'{}' run '{}' --out '{}' --set run.frames={}", EXYSIM_PROGRAM,
                                         scenario.string(), run.directory.string(), kFrames),
                             run.output);
    return run;
}

void check_chain(const Json& frame) {
    uint64_t at = frame.at("begin_ps"), sum = 0;
    for (const Json& span : frame.at("spans")) {
        CHECK(span.at("begin_ps") == at);  // no gap, no overlap
        at = span.at("end_ps");
        sum += at - span.at("begin_ps").get<uint64_t>();
    }
    CHECK(sum == frame.at("latency_ps"));
}

}  // namespace

TEST_CASE("every shipped scenario: a frame's spans add up to its latency", "[system][observe][slow]") {
    const fs::path folder = test_folder("attribution");
    int with_frames = 0;
    for (const fs::path& scenario : shipped_scenarios()) {
        const ScenarioRun run = run_shipped(scenario, folder);
        INFO(scenario << "\n" << run.output);
        const Json frames = Json::parse(run.text("frames.json"));
        const std::string pipeline = frames.at("pipeline");
        REQUIRE(frames.at("frames").size() == run.statistic(pipeline + ".frames.delivered"));
        if (frames.at("frames").empty()) continue;  // none that can be followed from sensor to screen
        ++with_frames;
        uint64_t longest = 0, shortest = UINT64_MAX;
        for (const Json& frame : frames.at("frames")) {
            check_chain(frame);
            longest = std::max(longest, frame.at("latency_ps").get<uint64_t>());
            shortest = std::min(shortest, frame.at("latency_ps").get<uint64_t>());
        }
        CHECK(static_cast<double>(longest / 1000) == run.statistic(pipeline + ".latency.max"));
        CHECK(static_cast<double>(shortest / 1000) == run.statistic(pipeline + ".latency.min"));
        CHECK(run.text("summary.txt").find("where the time went") != std::string::npos);
    }
    CHECK(with_frames >= 2);
}

TEST_CASE("attribution sees the sensor, the driver and the display", "[system][observe]") {
    const ScenarioRun run =
        run_scenario(test_folder("stages"), {.input = "{pattern: bars}", .frames = kFrames});
    REQUIRE(run.status == 0);
    const Json frames = Json::parse(run.text("frames.json"));
    std::map<std::string, double> longest;
    for (const Json& frame : frames.at("frames")) {
        for (const Json& span : frame.at("spans")) {
            double& most = longest[span.at("stage")];
            most = std::max(most, span.at("end_ps").get<double>() - span.at("begin_ps").get<double>());
        }
    }
    // 720 of 765 lines of a 30th of a second; the mixer's vsync comes when 720p60's 30 lines of blanking
    // begin.
    CHECK(longest.at("readout") == Approx(1e12 / 30 * 720 / 765).epsilon(0.001));
    CHECK(longest.at("blanking") == Approx(1e12 / 60 * 30 / 750).epsilon(0.01));
    CHECK(longest.at("vsync") < 1e12 / 59);
    // The FIMC hands a frame over when the next one begins: after the other 45 lines.
    CHECK(longest.at("handover") == Approx(1e12 / 30 * 45 / 765).epsilon(0.01));
    for (const char* stage : {"driver", "application"}) {
        CHECK(longest.at(stage) > 0);
        CHECK(longest.at(stage) < 1e9);  // a millisecond: it moves descriptors, not pixels
    }
    CHECK(longest.count("software") == 0);  // all of it is told apart
}

TEST_CASE("attribution without the guest's help: devices' stages add up, software's is one",
          "[system][observe]") {
    const fs::path folder = test_folder("no_channel");
    std::string platform = file_text(EXYSIM_SOURCE_DIR "/configs/platforms/exynos4210.yaml");
    const size_t channel = platform.find("  simctl:\n");
    REQUIRE(channel != std::string::npos);
    std::ofstream{folder / "platform.yaml"} << platform.erase(channel, std::string{"  simctl:\n"}.size());
    std::string text = scenario_text({.input = "{pattern: bars}", .frames = kFrames});
    const std::string shipped = EXYSIM_SOURCE_DIR "/configs/platforms/exynos4210.yaml";
    text.replace(text.find(shipped), shipped.size(), "platform.yaml");
    const ScenarioRun run = run_text(folder, text);
    INFO(run.output);
    REQUIRE(run.status == 0);
    const Json frames = Json::parse(run.text("frames.json"));
    REQUIRE(frames.at("frames").size() == kFrames);
    std::set<std::string> stages;
    for (const Json& frame : frames.at("frames")) {
        check_chain(frame);
        for (const Json& span : frame.at("spans")) stages.insert(span.at("stage"));
    }
    CHECK(stages == std::set<std::string>{"readout", "capture", "handover", "software", "vsync", "blanking"});
}

TEST_CASE("the timeline is one JSON document whose arrows begin and end inside slices", "[system][observe]") {
    const ScenarioRun run =
        run_scenario(test_folder("timeline"), {.input = "{pattern: bars}", .frames = kFrames}, "--profile");
    REQUIRE(run.status == 0);
    const Trace trace = read_trace(run.directory / "timeline.json.gz");  // throws for what Perfetto would not
    CHECK(trace.counters > 0);
    size_t frames = 0;
    for (const auto& [name, flow] : trace.flows) frames += name.starts_with("frame/");
    CHECK(frames == kFrames);
    for (const char* track : {"frames/sensor readout", "interrupts/core 0", "CPU functions/core 0"}) {
        INFO(track);
        CHECK(trace.slices.count(track) == 1);
    }
    CHECK(trace.events.count("devices/mixer0 vsync") == 1);
    const auto of_group = [&](const std::string& group) {
        return std::count_if(trace.slices.begin(), trace.slices.end(),
                             [&](const auto& row) { return row.first.starts_with(group + "/"); });
    };
    CHECK(of_group("buffers") > 1);
}

namespace {

/// The sanitizer's own rows are there with it alone.
Json counted(const ScenarioRun& run) {
    Json stats = Json::parse(run.text("stats.json")).at("stats");
    for (auto row = stats.begin(); row != stats.end();)
        row = row.key().starts_with("sanitizer.") ? stats.erase(row) : std::next(row);
    return stats;
}

}  // namespace

TEST_CASE("watching changes nothing that is measured or shown, each watcher alone and all of them",
          "[system][observe][slow]") {
    const CameraToTv scenario{.input = "{pattern: zoneplate}", .frames = kFrames};
    const std::string trace = (test_folder("watch_trace") / "trace").string();
    const std::string traced = fmt::format("--trace-exec '{}' --trace-most 100000", trace);
    const std::string signals = "--vcd --vcd-signals all ";
    const std::string watchers[] = {"",
                                    "--no-timeline --profile",
                                    "--no-timeline --profile --profile-lines",
                                    "--no-timeline " + signals,
                                    "--no-timeline --sanitize",
                                    "--no-timeline " + traced,
                                    "--profile --profile-lines " + signals + traced,
                                    "--sanitize --profile --profile-lines " + signals + traced};
    for (const std::string mode : {"timing", "fast"}) {
        const ScenarioRun plain =
            run_scenario(test_folder("watch_off_" + mode), scenario, "--no-timeline --set mode=" + mode);
        REQUIRE(plain.status == 0);
        CHECK_FALSE(fs::exists(plain.directory / "timeline.json.gz"));
        CHECK_FALSE(fs::exists(plain.directory / "profile.folded"));
        for (const std::string& options : watchers) {
            const bool caches =
                options.find("--sanitize") != std::string::npos;  // has nothing to watch without
            if (caches && mode == "fast") continue;
            INFO(mode << " " << options);
            const ScenarioRun watched =
                run_scenario(test_folder("watch_on"), scenario, options + " --set mode=" + mode);
            REQUIRE(watched.status == 0);
            CHECK(counted(plain) == counted(watched));
            for (const char* file : {"frames/hashes.txt", "frames.json", "series.json", "uart.log"}) {
                INFO(file);
                CHECK(plain.text(file) == watched.text(file));
            }
        }
    }
}

TEST_CASE("the profile covers every busy cycle and every instruction", "[system][observe]") {
    const char* modes[] = {"fast", "timing"};
    for (const std::string mode : modes) {
        const ScenarioRun run =
            run_scenario(test_folder("profile_" + mode), {.input = "{pattern: bars}", .frames = kFrames},
                         "--profile --set mode=" + mode);
        REQUIRE(run.status == 0);
        const std::string folded = run.text("profile.folded");
        double total = 0, unknown = 0;
        std::istringstream lines{folded};
        for (std::string line; std::getline(lines, line);) {
            const double cycles = std::stod(line.substr(line.rfind(' ')));
            total += cycles;
            if (line.starts_with("unknown")) unknown += cycles;
        }
        CHECK(total == run.statistic("cpu.core0.cycles") - run.statistic("cpu.core0.idle_cycles"));
        CHECK(unknown < 0.03 * total);  // the kernel's first steps, at physical addresses
        double instructions = 0, misses = 0;
        const Json profile = Json::parse(run.text("profile.json"));
        for (const Json& f : profile.at("functions")) {
            instructions += f.at("instructions").get<double>();
            misses += f.at("data_misses").get<double>();
            CHECK(f.at("cycles") == f.at("issue").get<uint64_t>() + f.at("branch").get<uint64_t>() +
                                        f.at("memory").get<uint64_t>());
            CHECK(f.at("total_cycles") >= f.at("cycles"));
        }
        CHECK(instructions == run.statistic("cpu.core0.instructions"));
        CHECK((misses > 0) == (mode == "timing"));
        // Frame pointers in the kernel; exception tables in the program, whose C library is Thumb code.
        CHECK(folded.find("kernel;trap_svc;kernel::handle_syscall") != std::string::npos);
        for (const char* stack :
             {"runner;_start;__libc_start_main;", ";main;", ";poll", ";malloc;_int_malloc"})
            CHECK(folded.find(stack) != std::string::npos);
        CHECK(folded.find("runner;malloc") == std::string::npos);  // somebody called it
    }
}

TEST_CASE("the report is one page that needs nothing else", "[system][observe]") {
    const ScenarioRun run =
        run_scenario(test_folder("report"), {.input = "{pattern: bars}", .frames = kFrames}, "--profile");
    REQUIRE(run.status == 0);
    const std::string page = run.text("report.html");
    CHECK(page.find("@DATA@") == std::string::npos);
    for (const char* outside : {"src=\"http", "href=\"http", "@import", "url(http"})
        CHECK(page.find(outside) == std::string::npos);
    std::string output;
    const fs::path again = run.directory.parent_path() / "again.html";
    REQUIRE(run_command(fmt::format("'{}' report '{}' --out '{}'", EXYSIM_PROGRAM, run.directory.string(),
                                    again.string()),
                        output) == 0);
    CHECK(file_text(again) == page);
}

TEST_CASE("the report opens in a browser without an error", "[system][observe]") {
    std::string output;
    if (run_command("command -v chromium", output) != 0) {
        WARN("chromium is not installed: not tried");
        return;
    }
    const ScenarioRun run =
        run_scenario(test_folder("browser"), {.input = "{pattern: bars}", .frames = kFrames}, "--profile");
    REQUIRE(run.status == 0);
    const std::string profile = (run.directory.parent_path() / "profile").string();
    REQUIRE(run_command(fmt::format("chromium --headless --no-sandbox --disable-gpu --user-data-dir='{}' "
                                    "--enable-logging=stderr --dump-dom 'file://{}/report.html' 2>'{}.log'",
                                    profile, run.directory.string(), profile),
                        output) == 0);
    for (const char* title : {"Where the time went", "Frames", "Bandwidth", "DRAM", "Caches", "SysMMU",
                              "CPU profile", "Pictures", "All statistics"})
        CHECK(output.find(fmt::format("<h2>{}</h2>", title)) != std::string::npos);
    std::ifstream log{profile + ".log"};
    for (std::string line; std::getline(log, line);) CHECK(line.find("CONSOLE") == std::string::npos);
}

TEST_CASE("a run whose guest crashes leaves a report that says so", "[system][observe]") {
    const fs::path folder = test_folder("crashed");
    std::ofstream{folder / "initrd"} << "this is no archive, and long enough to be taken for one: "
                                     << std::string(200, '.');
    const ScenarioRun run = run_text(
        folder, scenario_text({.input = "{pattern: bars}", .frames = 3}) + "guest: {initrd: initrd}\n");
    CHECK(run.status == 3);
    const Json facts = Json::parse(run.text("run.json"));
    CHECK_FALSE(facts.at("good").get<bool>());
    CHECK(facts.at("crash").get<std::string>().find("panic") != std::string::npos);
    CHECK(run.text("report.html").find("panic") != std::string::npos);
}
