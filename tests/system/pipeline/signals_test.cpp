// `--vcd`: what the file says against what the run counted, by a reader that shares nothing with the writer.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/images.hpp"
#include "tests/support/vcd_reader.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr int kFrames = 5;
const CameraToTv kScenario{.input = "{pattern: bars}", .frames = kFrames};
constexpr uint64_t kSecond = 1'000'000'000'000;  // ps

uint64_t simulated(const ScenarioRun& run) {
    return Json::parse(run.text("run.json")).at("simulated_ps").get<uint64_t>();
}

}  // namespace

TEST_CASE("vcd: the usual signals agree with the run's statistics", "[system][observe][vcd]") {
    const ScenarioRun run = run_scenario(test_folder("vcd"), kScenario, "--vcd --no-timeline");
    INFO(run.output);
    REQUIRE(run.status == 0);
    const Vcd vcd = read_vcd(run.directory / "signals.vcd");
    CHECK(vcd.timescale == "1 ps");
    CHECK(vcd.end == simulated(run));
    CHECK(vcd.comments == 0);  // nothing of these comes late
    CHECK(vcd.signals.count("bus.fimc0.write") == 0);

    const VcdSignal& valid = vcd.signals.at("sensor0.frame_valid");
    CHECK(valid.rises() == run.statistic("sensor0.frames"));
    // 720 of 765 lines of a 30th of a second.
    CHECK(valid.high(vcd.end) ==
          Approx(static_cast<double>(valid.rises() * kSecond) / 30 * 720 / 765).epsilon(0.001));
    const VcdSignal& lines = vcd.signals.at("sensor0.lines");
    CHECK(lines.width == 16);
    CHECK(std::count_if(lines.values.begin(), lines.values.end(), [](auto v) { return v.second == 720; }) ==
          static_cast<std::ptrdiff_t>(valid.rises()));
    CHECK(vcd.signals.at("fimc0.written").last() == run.statistic("fimc0.frames"));
    CHECK(vcd.signals.at("fimc0.irq").rises() >= kFrames);
    CHECK(vcd.signals.at("mixer0.frames").last() == run.statistic("mixer0.frames"));

    // 720p60: a vsync every 1650 * 750 pixels of 74.25 MHz, which is a 60th of a second.
    const VcdSignal& vsync = vcd.signals.at("hdmi.vsync");
    REQUIRE(vsync.rises() >= kFrames);
    CHECK(vcd.signals.at("mixer0.vsyncs").last() <= vsync.rises());
    std::vector<uint64_t> rises;
    for (const auto& [at, level] : vsync.values) {
        if (level) rises.push_back(at);
    }
    for (size_t i = 1; i < rises.size(); ++i)
        CHECK(std::abs(static_cast<double>(rises[i] - rises[0]) - static_cast<double>(i * kSecond) / 60) <=
              1);
}

TEST_CASE("vcd: supplies follow what the driver switches", "[system][observe][vcd]") {
    const ScenarioRun run = run_scenario(test_folder("vcd_supply"), kScenario,
                                         "--vcd --vcd-signals 'supply,fimc0,hdmi.vsync' --no-timeline "
                                         "--set power.domains_at_boot=false");
    REQUIRE(run.status == 0);
    const Vcd vcd = read_vcd(run.directory / "signals.vcd");
    CHECK(vcd.signals.count("sensor0.lines") == 0);
    const VcdSignal &fimc = vcd.signals.at("supply.fimc0"), &tv = vcd.signals.at("supply.mixer0");
    for (const auto& [at, level] : vcd.signals.at("fimc0.irq").values) {
        if (level) CHECK(fimc.at(at) == 2);  // an interrupt of a block that runs
    }
    for (const auto& [at, level] : vcd.signals.at("hdmi.vsync").values) {
        if (level) CHECK(tv.at(at) == 2);
    }
    for (const VcdSignal* supply : {&fimc, &tv}) {
        CHECK(supply->values.front().second == 0);  // the boot loader leaves it off
        CHECK(supply->rises() == 1);                // and its driver switches it on
    }
}

TEST_CASE("vcd: all signals, in both modes, and bursts add up to what the bus counted",
          "[system][observe][vcd][slow]") {
    for (const std::string mode : {"fast", "timing"}) {
        INFO(mode);
        const ScenarioRun run = run_scenario(test_folder("vcd_all_" + mode), kScenario,
                                             "--vcd --vcd-signals all --no-timeline --set mode=" + mode);
        INFO(run.output);
        REQUIRE(run.status == 0);
        const fs::path file = run.directory / "signals.vcd";
        const Vcd vcd = read_vcd(file);
        CHECK(vcd.end == simulated(run));
        std::string output;
        if (run_command(fmt::format("command -v vcd2fst && vcd2fst '{0}' '{0}.fst'", file.string()),
                        output) != 0)
            WARN("vcd2fst (gtkwave) is not installed or does not read it: " << output);
        CHECK(vcd.signals.count("bus.fimc0.write") == (mode == "timing"));
        if (mode == "fast") continue;
        // The port is taken as long as its statistics say it is occupied.
        for (const std::string direction : {"read", "write"}) {
            const double busy = run.statistic("bus.to_ram." + direction + ".busy") * 1000;  // ps
            CHECK(static_cast<double>(vcd.signals.at("bus.to_ram." + direction).high(vcd.end)) ==
                  Approx(busy).epsilon(0.001));
        }
        uint64_t data = 0;
        for (const auto& [name, signal] : vcd.signals) {
            if (name.starts_with("ram.")) data += signal.high(vcd.end);
        }
        CHECK(data > 0);
    }
}

TEST_CASE("vcd: a signal that is not there is exit 2 before anything is made", "[system][observe][vcd]") {
    const fs::path folder = test_folder("vcd_unknown");
    std::ofstream{folder / "scenario.yaml"} << scenario_text(kScenario);
    const std::string said = printed_by(
        fmt::format("run '{0}/scenario.yaml' --vcd --vcd-signals sensor0.frame_vald --out '{0}/new/place'",
                    folder.string()),
        2);
    CHECK(said.find("did you mean 'sensor0.frame_valid'?") != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "new"));
    const ScenarioRun alone = run_scenario(folder, kScenario, "--vcd-signals all");
    CHECK(alone.status == 2);
    CHECK(alone.output.find("--vcd-signals needs --vcd") != std::string::npos);
}

TEST_CASE("describe --signals lists what --vcd can write", "[system][commands][vcd]") {
    const Json list = Json::parse(printed_by("describe --signals --json"));
    const auto find = [&](const std::string& name) {
        return std::find_if(list.begin(), list.end(), [&](const Json& s) { return s.at("name") == name; });
    };
    for (const char* name : {"fimc0.irq", "hdmi.vsync", "combiner.out_4", "supply.fimc0", "guest.task",
                             "sensor0.lines", "bus.cpu.read", "ram.channel1.bank7", "gic.core0_taken"}) {
        INFO(name);
        REQUIRE(find(name) != list.end());
        CHECK_FALSE(find(name)->at("sentence").get<std::string>().empty());
    }
    CHECK_FALSE(find("bus.cpu.read")->at("usual").get<bool>());
    CHECK(find("supply.fimc0")->at("bits") == 2);
    CHECK(printed_by("describe --signals hdmi").find("hdmi.vsync") != std::string::npos);
}
