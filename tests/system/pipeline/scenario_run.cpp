#include "tests/system/pipeline/scenario_run.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/images.hpp"

namespace exysim::test {

namespace {

constexpr const char* kScenario = R"(scenario: camera-to-tv
platform: {platform}
run: {{frames: {frames}, save_every: 1}}
inputs:
  clip: {input}
buffers:
  cam: {{exporter: "v4l2:fimc0", count: 4, format: {format}, size: {width}x{height}, mapping: writecombine}}
pipelines:
  - name: preview
    source: {{device: fimc0, input: clip, rate: {rate}, output: cam}}
    sink: {{device: mixer0, layer: video, mode: {mode}}}
expect:
  frames_delivered: {frames}
  frames_dropped: 0
  guest_errors: 0
)";

}  // namespace

std::string printed_by(const std::string& arguments, int expected) {
    std::string output;
    const int status = run_command(fmt::format("'{}' {} < /dev/null", EXYSIM_PROGRAM, arguments), output);
    INFO(output);
    REQUIRE(status == expected);
    return output;
}

std::string scenario_text(const CameraToTv& s) {
    using fmt::arg;
    return fmt::format(kScenario, arg("platform", EXYSIM_SOURCE_DIR "/configs/platforms/exynos4210.yaml"),
                       arg("frames", s.frames), arg("input", s.input), arg("width", s.width),
                       arg("height", s.height), arg("mode", s.mode), arg("format", s.format),
                       arg("rate", s.rate));
}

std::filesystem::path test_folder(const std::string& name) {
    const std::filesystem::path folder = std::filesystem::path{EXYSIM_TEST_DIR} / name;
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder;
}

ScenarioRun run_text(const std::filesystem::path& folder, const std::string& text,
                     const std::string& options) {
    std::ofstream{folder / "scenario.yaml"} << text;
    ScenarioRun run;
    run.directory = folder / "out";
    run.status =
        run_command(fmt::format("'{}' run '{}' --out '{}' {}", EXYSIM_PROGRAM,
                                (folder / "scenario.yaml").string(), run.directory.string(), options),
                    run.output);
    return run;
}

ScenarioRun run_scenario(const std::filesystem::path& folder, const CameraToTv& scenario,
                         const std::string& options) {
    return run_text(folder, scenario_text(scenario), options);
}

std::string ScenarioRun::text(const std::string& file) const {
    std::ifstream in{directory / file, std::ios::binary};
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

double ScenarioRun::statistic(const std::string& name) const {
    return nlohmann::json::parse(text("stats.json")).at("stats").at(name).at("value").get<double>();
}

}  // namespace exysim::test
