// What a results folder promises to programs: files that follow their schemas, and a manifest from which the
// run can be had again.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/images.hpp"
#include "tests/system/pipeline/scenario_run.hpp"

using namespace exysim::test;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

const CameraToTv kShort{.input = "{pattern: bars}", .frames = 3};
constexpr const char* kResults[] = {"stats", "frames", "series", "run", "profile", "manifest"};

bool have_validator() {
    std::string output;
    if (run_command("/usr/bin/python3 -c 'import jsonschema'", output) == 0) return true;
    WARN("python3-jsonschema is not installed: not tried");
    return false;
}

/// Of the file `RESULT.json` in `folder` by `exysim schema RESULT`.
bool valid(const fs::path& folder, const std::string& result) {
    const fs::path schema = folder.parent_path() / (result + ".schema.json");
    std::ofstream{schema} << printed_by("schema " + result, 0);
    std::string output;
    const int status =
        run_command(fmt::format("/usr/bin/python3 -c 'import json, sys, jsonschema\n"
                                "schema, data = (json.load(open(f)) for f in sys.argv[1:])\n"
                                "jsonschema.Draft7Validator.check_schema(schema)\n"
                                "jsonschema.Draft7Validator(schema).validate(data)' '{}' '{}/{}.json'",
                                schema.string(), folder.string(), result),
                    output);
    UNSCOPED_INFO(output);
    return status == 0;
}

void write_json(const fs::path& file, const Json& json) { std::ofstream{file} << json.dump(); }

}  // namespace

TEST_CASE("results: every JSON file follows its schema", "[system][observe]") {
    if (!have_validator()) return;
    const ScenarioRun run = run_scenario(test_folder("schemas"), kShort, "--profile");
    REQUIRE(run.status == 0);
    for (const char* result : kResults) {
        INFO(result);
        CHECK(valid(run.directory, result));
    }
    CHECK(printed_by("schema stat", 2).find("did you mean 'stats'?") != std::string::npos);
}

TEST_CASE("results: a run that fails follows the schemas too, and build servers see it",
          "[system][observe]") {
    if (!have_validator()) return;
    CameraToTv scenario = kShort;
    scenario.frames = 30;
    const ScenarioRun run =
        run_scenario(test_folder("schemas_late"), scenario, "--set 'run.until=500 ms' --no-timeline");
    INFO(run.output);
    REQUIRE(run.status == 1);
    for (const char* result : {"stats", "frames", "series", "run", "manifest"}) {
        INFO(result);
        CHECK(valid(run.directory, result));
    }
    CHECK(run.text("junit.xml").find("<failure message=") != std::string::npos);
}

TEST_CASE("results: the schemas refuse what is not a result", "[system][observe]") {
    if (!have_validator()) return;
    const fs::path folder = test_folder("schemas_bad") / "out";
    fs::create_directories(folder);
    const Json good{{"schema", 1}, {"scenario", "x"}, {"stats", {{"a.b", {{"value", 1}, {"unit", "ns"}}}}}};
    write_json(folder / "stats.json", good);
    CHECK(valid(folder, "stats"));
    for (const char* change : {R"([{"op": "remove", "path": "/stats/a.b/unit"}])",
                               R"([{"op": "replace", "path": "/stats/a.b/value", "value": "1"}])",
                               R"([{"op": "add", "path": "/more", "value": 1}])",
                               R"([{"op": "replace", "path": "/schema", "value": 2}])"}) {
        INFO(change);
        write_json(folder / "stats.json", good.patch(Json::parse(change)));
        CHECK_FALSE(valid(folder, "stats"));
    }
}

TEST_CASE("results: a run repeated from its manifest gives the same", "[system][observe]") {
    const fs::path folder = test_folder("repeat");
    fs::copy_file(EXYSIM_SOURCE_DIR "/configs/scenarios/camera_to_tv.png", folder / "still.png");
    CameraToTv scenario = kShort;
    scenario.input = "{file: still.png}";
    const ScenarioRun first = run_scenario(folder, scenario, "--no-timeline --seed 7 --set cpu.clock=900MHz");
    REQUIRE(first.status == 0);
    const Json manifest = Json::parse(first.text("manifest.json"));
    CHECK(manifest.at("seed") == 7);

    // The configuration is the manifest's, whatever has become of the files.
    std::ofstream{folder / "scenario.yaml"} << "scenario: something else\n";
    ScenarioRun again;
    again.directory = folder / "again";
    const auto repeat = [&] {
        again.status =
            run_command(fmt::format("cd / && '{}' run --repeat '{}/manifest.json' --out '{}' --no-timeline",
                                    EXYSIM_PROGRAM, first.directory.string(), again.directory.string()),
                        again.output);
    };
    repeat();
    INFO(again.output);
    REQUIRE(again.status == 0);
    for (const char* file : {"stats.json", "frames.json", "series.json", "run.json", "frames/hashes.txt",
                             "uart.log", "program.log", "junit.xml"}) {
        INFO(file);
        CHECK_FALSE(first.text(file).empty());
        CHECK(again.text(file) == first.text(file));
    }
    Json told = Json::parse(again.text("manifest.json"));
    for (const char* fact : {"exysim", "scenario", "folder", "seed", "set", "configs", "inputs"})
        CHECK(told.at(fact) == manifest.at(fact));

    std::ofstream{folder / "still.png", std::ios::app} << "more";  // behind the picture's end
    repeat();
    CHECK(again.status == 2);
    CHECK(again.output.find("still.png is not what it was") != std::string::npos);
}

TEST_CASE("results: what --repeat cannot use is said", "[system][observe]") {
    const fs::path folder = test_folder("bad_repeat");
    const std::string run = fmt::format("run --repeat '{}/manifest.json'", folder.string());
    CHECK(printed_by(run, 2).find("cannot be read") != std::string::npos);
    write_json(folder / "manifest.json", {{"schema", 1}});
    CHECK(printed_by(run, 2).find("is of another version") != std::string::npos);
    write_json(folder / "manifest.json", {{"schema", 2}});
    CHECK(printed_by(run, 2).find("is no manifest of a run") != std::string::npos);
    CHECK(printed_by(run + " --set cpu.clock=1GHz", 2).find("--repeat says what set is") !=
          std::string::npos);
}
