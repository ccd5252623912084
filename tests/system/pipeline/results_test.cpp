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

/// What the sanitizer says of a shipped bug, or of the same run with other boot options.
ScenarioRun watched_bug(const char* bug, const char* folder, const std::string& options = "") {
    ScenarioRun run;
    run.directory = test_folder(folder) / "out";
    run.status =
        run_command(fmt::format("'{}' run '{}/configs/bugs/{}.yaml' --sanitize --out '{}' {}", EXYSIM_PROGRAM,
                                EXYSIM_SOURCE_DIR, bug, run.directory.string(), options),
                    run.output);
    return run;
}

/// Findings of the sanitizer with what they may leave open: a device's access and a core's, one that nobody
/// is known for, no address of a device's and no virtual one.
Json some_findings() {
    return Json::parse(R"({"schema": 1, "advisories": [], "violations": [{
        "rule": "device-reads-stale", "meaning": "A device read old bytes.", "oracle": "values differ",
        "count": 1, "bytes": 32, "cycles": 0, "address": 1073741824, "iova": 268435456, "virtual": null,
        "buffer": "", "by": {"who": "g2d", "time_ps": 5}, "calls": [],
        "before": {"who": "core 0", "time_ps": 4, "at": "main+0x10", "calls": ["main+0x10"]}, "last_ps": 5
    }, {
        "rule": "leaked-mapping", "meaning": "A mapping was there.", "oracle": "rule broken",
        "count": 1, "bytes": 4096, "cycles": 0, "address": 1073741824, "iova": null, "virtual": 4096,
        "buffer": "x", "by": {"who": "core 1", "time_ps": 0}, "calls": ["f+0x0"], "before": null, "last_ps": 0
    }]})");
}

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

TEST_CASE("results: what the sanitizer finds follows its schema, and so does that it finds nothing",
          "[system][slow][observe][sanitizer]") {
    if (!have_validator()) return;
    const auto found = [](const ScenarioRun& run, const char* list) {
        INFO(run.output);
        REQUIRE(run.status == 0);
        CHECK(valid(run.directory, "sanitizer"));
        return Json::parse(run.text("sanitizer.json")).at(list).size();
    };
    CHECK(found(watched_bug("forgotten_sync", "schemas_stale"), "violations") > 0);
    CHECK(found(watched_bug("maintained_twice", "schemas_advice"), "advisories") > 0);
    const ScenarioRun fixed = watched_bug("forgotten_sync", "schemas_clean",
                                          "--set program.boot=dma_test --set expect.sanitizer=clean");
    CHECK(found(fixed, "violations") == 0);
}

TEST_CASE("results: the sanitizer's schema refuses what is no finding", "[system][observe][sanitizer]") {
    if (!have_validator()) return;
    const fs::path folder = test_folder("schemas_no_finding") / "out";
    fs::create_directories(folder);
    const Json good = some_findings();
    write_json(folder / "sanitizer.json", good);
    CHECK(valid(folder, "sanitizer"));
    for (const char* change :
         {R"([{"op": "remove", "path": "/advisories"}])", R"([{"op": "add", "path": "/more", "value": 1}])",
          R"([{"op": "replace", "path": "/schema", "value": 2}])",
          R"([{"op": "replace", "path": "/violations/0/rule", "value": "device-reads-old"}])",
          R"([{"op": "replace", "path": "/violations/0/oracle", "value": "both"}])",
          R"([{"op": "replace", "path": "/violations/0/count", "value": 0}])",
          R"([{"op": "replace", "path": "/violations/0/iova", "value": "0x10000000"}])",
          R"([{"op": "replace", "path": "/violations/0/address", "value": 4294967296}])",
          R"([{"op": "remove", "path": "/violations/0/before"}])",
          R"([{"op": "remove", "path": "/violations/0/before/time_ps"}])",
          R"([{"op": "add", "path": "/violations/1/by/device", "value": "g2d"}])",
          R"([{"op": "replace", "path": "/violations/1/calls/0", "value": 4096}])"}) {
        INFO(change);
        write_json(folder / "sanitizer.json", good.patch(Json::parse(change)));
        CHECK_FALSE(valid(folder, "sanitizer"));
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
