// Configurations as data: the schema, complete dumps, sweeps, and what describe says for programs.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

std::string text_of(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

const std::string kScenario = EXYSIM_SOURCE_DIR "/configs/scenarios/camera_to_tv.yaml";

/// A dump without the comments that say where values came from.
std::string values_of(const std::string& dump) {
    std::istringstream in{dump};
    std::string text;
    for (std::string line; std::getline(in, line);) text += line.substr(0, line.rfind(" # ")) + "\n";
    return text;
}

}  // namespace

TEST_CASE("schema: a validator accepts every shipped file and refuses mistakes", "[system][commands]") {
    std::string output;
    if (run_command("/usr/bin/python3 -c 'import jsonschema, yaml'", output) != 0) {
        WARN("python3-jsonschema and python3-yaml are not installed: not tried");
        return;
    }
    const fs::path folder = test_folder("schema");
    std::ofstream{folder / "schema.json"} << printed_by("schema");
    std::ofstream{folder / "validate.py"} << R"(import json, sys, jsonschema, yaml
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
def with_text_keys(value):  # JSON has no others, and frame numbers are keys
    if isinstance(value, dict): return {str(k): with_text_keys(v) for k, v in value.items()}
    return [with_text_keys(v) for v in value] if isinstance(value, list) else value
valid = jsonschema.Draft7Validator(schema).is_valid
bad = [f for f in sys.argv[2:] if not valid(with_text_keys(yaml.safe_load(open(f))))]
print("\n".join(bad))
sys.exit(len(bad)))";
    const auto validate = [&](const std::string& files) {
        return run_command(
            fmt::format("/usr/bin/python3 '{0}/validate.py' '{0}/schema.json' {1}", folder.string(), files),
            output);
    };
    const int status = validate("$(find '" EXYSIM_SOURCE_DIR "/configs' -name '*.yaml')");
    INFO(output);
    CHECK(status == 0);
    const std::string good = text_of(kScenario);
    struct Row {
        const char *from, *to;
    };
    for (const Row& row : {Row{"frames: 60, save", "frames: many, save"},
                           {"frames: 60, save", "frame: 60, save"},
                           {"mapping: writecombine", "mapping: device"},
                           {"size: 1280x720", "size: big"},
                           {"p99: < 100 ms", "p99: soon"}}) {
        std::string text = good;
        REQUIRE(text.find(row.from) != std::string::npos);
        text.replace(text.find(row.from), std::string{row.from}.size(), row.to);
        std::ofstream{folder / "bad.yaml"} << text;
        INFO(row.to);
        CHECK(validate(fmt::format("'{}'", (folder / "bad.yaml").string())) == 1);
    }
}

TEST_CASE("dump-config: complete, says where values come from, and loads again", "[system][commands]") {
    const fs::path folder = test_folder("dump");
    const auto dump = [&](const std::string& file, const std::string& to, const std::string& options = "") {
        printed_by(fmt::format("check '{}' --dump-config '{}' {}", file, (folder / to).string(), options));
    };
    dump(kScenario, "first", "--set cpu.clock=800MHz --set run.frames=7");
    const std::string scenario = text_of(folder / "first/scenario.yaml"),
                      platform = text_of(folder / "first/platform.yaml");
    INFO(scenario << platform);
    CHECK(scenario.find("# --set run.frames=7") != std::string::npos);
    CHECK(scenario.find("camera_to_tv.yaml:") != std::string::npos);
    CHECK(platform.find("# --set cpu.clock=800MHz") != std::string::npos);
    CHECK(platform.find("# default") != std::string::npos);
    CHECK(platform.find("max_age: 500 ns") != std::string::npos);  // what the shipped file does not say
    printed_by(fmt::format("check '{}'", (folder / "first").string()));
    dump((folder / "first/scenario.yaml").string(), "second");
    CHECK(values_of(text_of(folder / "second/scenario.yaml")) == values_of(scenario));
    CHECK(values_of(text_of(folder / "second/platform.yaml")) == values_of(platform));
}

TEST_CASE("sweep: every point once, resumable, gathered as CSV and SQLite", "[system][commands]") {
    const fs::path folder = test_folder("sweep");
    std::ofstream{folder / "plan.yaml"} << "scenario: " << kScenario << R"(
set: [run.frames=2, expect.frames_delivered=2]
grid:
  bus.latency: [20 ns, 200 ns]
points:
  - {ram.bandwidth: 400 MB/s}
)";
    const std::string command = fmt::format("sweep '{0}/plan.yaml' --out '{0}/out' -j 2", folder.string());
    CHECK(printed_by(command).find("3 points, 3 of them to run") != std::string::npos);
    const std::string csv = text_of(folder / "out/results.csv");
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 4);
    CHECK(csv.find("bus.latency") != std::string::npos);
    CHECK(fs::file_size(folder / "out/results.sqlite") > 0);
    const Json manifest = Json::parse(text_of(folder / "out/manifest.json"));
    fs::remove_all(folder / "out/runs" / manifest.at("points").at(1).at("id").get<std::string>());
    CHECK(printed_by(command).find("3 points, 1 of them to run") != std::string::npos);
    CHECK(text_of(folder / "out/results.csv") == csv);
    CHECK(text_of(folder / "out/results.html").find("bus.latency") != std::string::npos);
}

TEST_CASE("sweep: a point that takes too long is ended and said to be late", "[system][commands]") {
    const fs::path folder = test_folder("late_sweep");
    std::ofstream{folder / "plan.yaml"} << "scenario: " << kScenario
                                        << "\npoints: [{run.frames: 50}]\ntimeout: 50 ms\n";
    const std::string output =
        printed_by(fmt::format("sweep '{0}/plan.yaml' --out '{0}/out'", folder.string()), 1);
    CHECK(output.find("timed out") != std::string::npos);
    CHECK(text_of(folder / "out/results.csv").find("timed out") != std::string::npos);
    const std::string wrong =
        printed_by(fmt::format("sweep '{0}/plan.yaml' --backend slrum", folder.string()), 2);
    CHECK(wrong.find("did you mean 'slurm'?") != std::string::npos);
}

TEST_CASE("run --manifest: what is wrong with it or beside it is said", "[system][commands]") {
    const fs::path folder = test_folder("manifest");
    std::ofstream{folder / "manifest.json"} << R"({"schema": 2, "scenario": "x"})";
    const std::string run = fmt::format("run --manifest '{}/manifest.json'", folder.string());
    CHECK(printed_by(run + " --index 0", 2).find("is no manifest of a sweep") != std::string::npos);
    CHECK(printed_by(run, 2).find("needs --index") != std::string::npos);
    CHECK(printed_by(run + " --index 0 --set cpu.clock=1GHz", 2).find("--manifest says what set is") !=
          std::string::npos);
}

TEST_CASE("sweep: mistakes in the plan and in its settings are found before anything runs",
          "[system][commands]") {
    const fs::path folder = test_folder("bad_sweep");
    const auto plan = [&](const std::string& text) {
        std::ofstream{folder / "plan.yaml"} << "scenario: " << kScenario << "\n" << text;
        return printed_by(fmt::format("sweep '{0}/plan.yaml' --out '{0}/out'", folder.string()), 2);
    };
    CHECK(plan("grid: {bus.latncy: [1 ns]}\n").find("bus.latncy: unknown key") != std::string::npos);
    CHECK(plan("grid: {bus.latency: []}\n").find("expected a list") != std::string::npos);
    CHECK(plan("").find("expected 'grid' or 'points'") != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "out"));
}

TEST_CASE("describe: settings, statistics and devices, as text and for programs", "[system][commands]") {
    const Json settings = Json::parse(printed_by("describe --json"));
    CHECK(settings.at("platform").size() > 20);
    const Json statistics = Json::parse(printed_by("describe --statistics --json"));
    CHECK(statistics.size() > 100);
    for (const Json& row : statistics) {
        INFO(row.at("name"));
        CHECK_FALSE(row.at("unit").get<std::string>().empty());
        CHECK_FALSE(row.at("sentence").get<std::string>().empty());
    }
    CHECK(printed_by("describe --statistics cpu.core0").find("cpu.core0.instructions") != std::string::npos);
    const std::string devices = printed_by("describe --devices");
    CHECK(devices.find("fimc0") != std::string::npos);
    CHECK(devices.find("interrupt 116") != std::string::npos);  // SPI 84
    CHECK(devices.find("fimc1") == std::string::npos);          // not on this machine
}

TEST_CASE("describe: every register of every machine has a name, a sentence and fields",
          "[system][commands]") {
    for (const char* platform :
         {"exynos4210", "exynos4210_g2d41", "exynos4210_media", "exynos4210_panel", "exynos4412"}) {
        const Json registers =
            Json::parse(printed_by(fmt::format("describe --registers --json --platform {}", platform)));
        CHECK(registers.size() > 500);
        std::set<std::string> names;
        for (const Json& r : registers) {
            INFO(platform << " " << r.at("name"));
            CHECK_FALSE(r.at("sentence").get<std::string>().empty());
            CHECK_FALSE(r.at("register").get<std::string>().starts_with("0x"));
            CHECK_FALSE(r.at("fields").empty());
            const bool fresh = names
                                   .insert(fmt::format("{}@{}", r.at("name").get<std::string>(),
                                                       r.at("offset").get<uint32_t>()))
                                   .second;
            CHECK(fresh);
        }
    }
    const std::string text = printed_by("describe --registers fimc0.CIGCTRL");
    // Bits and reset values: the Exynos4210 manual's, as hardware/fimc.md has them.
    CHECK(text.find("fimc0.CIGCTRL +0x0008 reset 0x20010080") != std::string::npos);
    CHECK(text.find("   31  SWRST                rw   0x0") != std::string::npos);
}

TEST_CASE("describe: what registers say of a machine is that machine's own", "[system][commands]") {
    const auto says = [](const char* platform, const char* prefix, const char* words) {
        INFO(platform << " " << prefix);
        const std::string text =
            printed_by(fmt::format("describe --registers --platform {} {}", platform, prefix));
        return text.find(words) != std::string::npos;
    };
    CHECK(says("exynos4210", "chipid.PRO_ID", "reset 0x43210211"));
    CHECK(says("exynos4412", "chipid.PRO_ID", "reset 0xe4412011"));
    CHECK(says("exynos4412", "chipid.PRO_ID", "31:12  PRODUCT              ro   0xe4412"));
    CHECK(says("exynos4210_sysmmu3", "sysmmu_g2d.", "reset 0x30200000"));  // major << 28 | minor << 21
}

TEST_CASE("completion: bash takes the script and knows the commands", "[system][commands]") {
    const fs::path folder = test_folder("completion");
    std::ofstream{folder / "exysim.bash"} << printed_by("completion bash");
    std::string output;
    const std::string script = fmt::format(
        "bash -c 'source {}/exysim.bash; COMP_WORDS=({} re); COMP_CWORD=1; _exysim; echo ${{COMPREPLY[@]}}; "
        "COMP_WORDS=({} run --ou); COMP_CWORD=2; _exysim; echo ${{COMPREPLY[@]}}'",
        folder.string(), EXYSIM_PROGRAM, EXYSIM_PROGRAM);
    REQUIRE(run_command(script, output) == 0);
    CHECK(output.find("report") != std::string::npos);
    CHECK(output.find("--out") != std::string::npos);
}
