#include <fmt/format.h>

#include "platform/cli/commands.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/observe/run_diff.hpp"

namespace exysim::cli {

namespace {

po::options_description visible_options() {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")  //
        ("fail-on", po::value<Arguments>()->composing()->value_name("'NAME > AMOUNT'"),
         "exit 1 if this holds: +3 % or +2 ms compare the runs, 60 ms the second one's value; may be "
         "repeated")  //
        ("all", "every change, not only the 30 largest");
    return options;
}

std::string frames_line(const observe::RunResult& a, const observe::RunResult& b) {
    const auto changed = observe::changed_frames(a, b);
    if (a.frames.empty() && b.frames.empty()) return "";
    if (changed.empty()) return fmt::format("  frames: all {} the same\n", a.frames.size());
    return fmt::format("  frames: {} differ, the first is {}\n", changed.size(), changed.front());
}

}  // namespace

int diff_command(const Arguments& arguments) {
    const po::options_description options = visible_options();
    po::options_description all;
    all.add(options).add_options()("folders", po::value<Arguments>());
    const po::variables_map values = parse(arguments, all, "folders", 2);
    if (values.count("help")) {
        fmt::print("{}", help_text("diff", options));
        return kSuccess;
    }
    const auto folders = value_or(values, "folders", Arguments{});
    if (folders.size() != 2) throw config::ConfigError{"diff: expected two results folders"};
    const observe::RunResult before = observe::read_result(folders[0]),
                             after = observe::read_result(folders[1]);
    std::vector<observe::Limit> limits;
    for (const std::string& text : value_or(values, "fail-on", Arguments{}))
        limits.push_back(observe::parse_limit(text, before, after));

    const auto changes = observe::changes(before, after);
    fmt::print("{} ({}) and {} ({}): {} of {} statistics differ\n{}", folders[0], before.scenario, folders[1],
               after.scenario, changes.size(), before.statistics.size(), frames_line(before, after));
    fmt::print("{}", observe::reasons_text(before, after));
    fmt::print("{}", observe::diff_text(changes, values.count("all") ? changes.size() : 30));
    int status = kSuccess;
    for (const observe::Limit& limit : limits) {
        const bool failed = observe::exceeded(limit, before, after);
        fmt::print("  {:<7} {}\n", failed ? "FAILED" : "ok", limit.text);
        if (failed) status = kExpectationFailed;
    }
    return status;
}

}  // namespace exysim::cli
