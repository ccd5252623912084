// A whole run of the built `exysim` program on a scenario written by the test, and what it left behind.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace exysim::test {

/// What a camera-to-TV scenario of this family varies.
struct CameraToTv {
    std::string input;  ///< YAML flow mapping: "{file: clip.y4m}" or "{pattern: zoneplate}"
    int width = 1280;
    int height = 720;
    std::string mode = "720p60";
    int frames = 6;
    std::string format = "NV12";
    int rate = 30;
};

/// A finished run. Directories live below the build's test folder and are removed before the next run.
struct ScenarioRun {
    int status = -1;
    std::string output;  ///< stdout and stderr
    std::filesystem::path directory;

    /// Value of one statistic of stats.json; throws std::out_of_range when it is not there.
    double statistic(const std::string& name) const;
    /// Text of one output file.
    std::string text(const std::string& file) const;
};

/// A fresh folder for the files of the test `name`.
std::filesystem::path test_folder(const std::string& name);

/// Runs the program with nothing to read; requires that exit status and returns what it printed.
std::string printed_by(const std::string& arguments, int expected = 0);

/// The scenario as YAML text.
std::string scenario_text(const CameraToTv& scenario);
/// Runs `text` as `folder`/scenario.yaml.
ScenarioRun run_text(const std::filesystem::path& folder, const std::string& text,
                     const std::string& options = "");
/// Writes the scenario into `folder` and runs it with every frame kept; `options` go to the command line.
ScenarioRun run_scenario(const std::filesystem::path& folder, const CameraToTv& scenario,
                         const std::string& options = "");

}  // namespace exysim::test
