#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "platform/cli/commands.hpp"
#include "platform/config/dump.hpp"
#include "platform/config/load.hpp"

namespace exysim::cli {

namespace {

namespace fs = std::filesystem;

/// The YAML files below a folder in name order, or the file itself.
std::vector<std::string> files_in(const std::string& place) {
    if (!fs::is_directory(place)) return {place};
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator{place}) {
        const std::string extension = entry.path().extension();
        if (entry.is_regular_file() && (extension == ".yaml" || extension == ".yml"))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool check_file(const std::string& file, const Arguments& sets) {
    try {
        config::load_any(file, sets);
        fmt::print("{}: ok\n", file);
        return true;
    } catch (const config::ConfigError& e) {
        std::fflush(stdout);
        fmt::print(stderr, "{}\n", e.what());
        return false;
    }
}

void dump(const config::Loaded& loaded, const fs::path& folder) {
    fs::create_directories(folder);
    std::ofstream{folder / "platform.yaml"} << config::dump_platform(loaded);
    if (loaded.scenario)
        std::ofstream{folder / "scenario.yaml"} << config::dump_scenario(loaded, "platform.yaml");
}

}  // namespace

int check_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("dump-config", po::value<std::string>()->value_name("DIR"),
         "write the whole configuration there, with where each value came from")  //
        ("set", po::value<Arguments>()->composing()->value_name("PATH=VALUE"), "override a setting first");
    po::options_description all;
    all.add(options).add_options()("file", po::value<Arguments>());
    const po::variables_map values = parse(arguments, all, "file", -1);
    if (values.count("help")) {
        fmt::print("{}", help_text("check", options));
        return kSuccess;
    }
    if (!values.count("file")) throw config::ConfigError{"check: expected a file or a folder"};
    if (values.count("dump-config")) {
        const auto files = values["file"].as<Arguments>();
        if (files.size() != 1) throw config::ConfigError{"check: --dump-config takes one file"};
        dump(config::load_any(files[0], value_or(values, "set", Arguments{})),
             values["dump-config"].as<std::string>());
        return kSuccess;
    }
    bool good = true;
    for (const std::string& place : values["file"].as<Arguments>()) {
        const std::vector<std::string> files = files_in(place);
        if (files.empty()) throw config::ConfigError{fmt::format("{}: holds no YAML files", place)};
        for (const std::string& file : files) good &= check_file(file, value_or(values, "set", Arguments{}));
    }
    return good ? kSuccess : kBadInput;
}

}  // namespace exysim::cli
