#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "platform/cli/commands.hpp"
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

}  // namespace

int check_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("set", po::value<Arguments>()->composing()->value_name("PATH=VALUE"), "override a setting first");
    po::options_description all;
    all.add(options).add_options()("file", po::value<Arguments>());
    const po::variables_map values = parse(arguments, all, "file", -1);
    if (values.count("help")) {
        fmt::print("{}", help_text("check", options));
        return kSuccess;
    }
    if (!values.count("file")) throw config::ConfigError{"check: expected a file or a folder"};
    bool good = true;
    for (const std::string& place : values["file"].as<Arguments>()) {
        const std::vector<std::string> files = files_in(place);
        if (files.empty()) throw config::ConfigError{fmt::format("{}: holds no YAML files", place)};
        for (const std::string& file : files) good &= check_file(file, value_or(values, "set", Arguments{}));
    }
    return good ? kSuccess : kBadInput;
}

}  // namespace exysim::cli
