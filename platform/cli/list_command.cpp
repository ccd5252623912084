#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "platform/cli/commands.hpp"
#include "platform/cli/places.hpp"
#include "platform/config/load.hpp"

namespace exysim::cli {

namespace {

namespace fs = std::filesystem;

std::string describe(const config::Loaded& loaded) {
    if (!loaded.scenario) return fmt::format("platform {}", loaded.platform.name);
    const config::Scenario& s = *loaded.scenario;
    if (s.program.given()) {
        return fmt::format("scenario {}: program {} on {}", s.name,
                           s.program.name.empty() ? s.program.file : s.program.name, loaded.platform.name);
    }
    std::string text =
        fmt::format("scenario {}: {} frames on {}", s.name, s.run.frames, loaded.platform.name);
    for (const config::Pipeline& p : s.pipelines) {
        text += fmt::format(", {} to {} {}", p.source.device, p.sink.device, p.sink.mode);
    }
    return text;
}

std::string describe_file(const std::string& file) {
    try {
        return describe(config::load_any(file, {}));
    } catch (const config::ConfigError&) {
        return fmt::format("has mistakes; see exysim check {}", file);
    }
}

}  // namespace

int list_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this");
    po::options_description all;
    all.add(options).add_options()("folder", po::value<std::string>());
    const po::variables_map values = parse(arguments, all, "folder");
    if (values.count("help")) {
        fmt::print("{}", help_text("list", options));
        return kSuccess;
    }
    const std::string folder = value_or(values, "folder", configs_folder().string());
    if (!fs::is_directory(folder)) throw config::ConfigError{fmt::format("{}: no such folder", folder)};
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) fmt::print("{:<44} {}\n", file, describe_file(file));
    return kSuccess;
}

}  // namespace exysim::cli
