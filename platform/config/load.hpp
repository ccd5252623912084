// From files and `--set` options to a checked platform and scenario.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/config/platform.hpp"
#include "platform/config/scenario.hpp"
#include "platform/config/yaml_tree.hpp"

namespace exysim::config {

/// A file that went into a run, for the manifest.
struct LoadedFile {
    std::string name;
    std::string text;
};

struct Loaded {
    Platform platform;
    std::optional<Scenario> scenario;
    std::vector<LoadedFile> files;
    YamlNode platform_tree, scenario_tree;  ///< as read, overrides applied
};

/// Reads a scenario and the platform it names, applies `sets` ("path=value") in order, checks everything.
/// Throws ConfigError with all mistakes of all files. A file among `recorded` is not read: its text is there.
Loaded load_scenario(const std::string& file, const std::vector<std::string>& sets,
                     const std::vector<LoadedFile>& recorded = {});

/// Reads a platform alone.
Loaded load_platform(const std::string& file, const std::vector<std::string>& sets);

/// Reads whichever of the two `file` is: a scenario has a key `scenario`.
Loaded load_any(const std::string& file, const std::vector<std::string>& sets);

}  // namespace exysim::config
