#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "platform/cli/commands.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/config/nearest.hpp"

namespace exysim::cli {

namespace {

// clang-format off
constexpr Command kCommands[] = {
    {"run", "SCENARIO.yaml", "run a scenario and report", run_command},
    {"boot", "IMAGE", "start an ELF, zImage or raw image with the console on this terminal", boot_command},
    {"exec", "PROGRAM [ARGS...]", "run one static Linux/ARM program on the built-in kernel", exec_command},
    {"check", "FILE|FOLDER...", "check platform and scenario files without running them", check_command},
    {"list", "[FOLDER]", "list platforms and scenarios", list_command},
    {"describe", "[PREFIX]", "list every setting, statistic or device with unit and meaning", describe_command},
    {"schema", "[RESULT]", "print a JSON schema of scenario and platform files, for editors, or of a result", schema_command},
    {"report", "DIR", "make report.html from a run's results", report_command},
    {"diff", "DIR DIR", "compare two runs", diff_command},
    {"sweep", "PLAN.yaml", "run a scenario with many settings and gather the results", sweep_command},
    {"completion", "bash|zsh", "print a script that completes commands and options", completion_command},
    {"dram", "--trace FILE", "play a memory trace through the memory controller alone", dram_command},
};
// clang-format on

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const Command& c : kCommands) names.emplace_back(c.name);
    return names;
}

int dispatch(const Arguments& arguments) {
    const std::string& name = arguments.front();
    const auto found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                    [&](const Command& c) { return c.name == name; });
    if (found == std::end(kCommands)) {
        const std::string hint = config::suggestion(name, command_names());
        throw config::ConfigError{
            fmt::format("unknown command '{}'{}{}; see exysim --help", name, hint.empty() ? "" : ", ", hint)};
    }
    if (!found->run) throw config::ConfigError{fmt::format("'{}' is not available yet", name)};
    return found->run({arguments.begin() + 1, arguments.end()});
}

int guarded(const Arguments& arguments) {
    try {
        return dispatch(arguments);
    } catch (const config::ConfigError& e) {
        fmt::print(stderr, "{}{}\n", e.diagnostics().empty() ? "exysim: " : "", e.what());
        return kBadInput;
    } catch (const std::exception& e) {
        fmt::print(stderr, "exysim: internal error: {}\n", e.what());
        return kInternalError;
    }
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

std::string version() { return EXYSIM_VERSION; }

std::string help_text() {
    std::string text =
        "exysim: a full-system emulator of an Exynos-4-class ARM SoC\n\n"
        "usage: exysim COMMAND [OPTIONS] ...\n\n";
    for (const Command& c : kCommands) {
        const std::string usage = fmt::format("{} {}", c.name, c.arguments);
        if (c.run) text += fmt::format("  {:<24} {}\n", usage, c.summary);
    }
    text +=
        "\nexysim COMMAND --help lists a command's options.\n"
        "Exit status: 0 success, 1 an expectation failed, 2 bad input, 3 the guest crashed or hung, 4 "
        "internal error.\n";
    return text;
}

std::string help_text(std::string_view command, const po::options_description& options) {
    const auto found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                    [&](const Command& c) { return c.name == command; });
    std::ostringstream text;
    text << fmt::format("usage: exysim {} [OPTIONS] {}\n{}\n\n", found->name, found->arguments,
                        found->summary)
         << options;
    return text.str();
}

int main(const Arguments& arguments) {
    if (arguments.empty()) {
        fmt::print(stderr, "{}", help_text());
        return kBadInput;
    }
    if (arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
        fmt::print("{}", help_text());
        return kSuccess;
    }
    if (arguments[0] == "--version") {
        fmt::print("exysim {}\n", version());
        return kSuccess;
    }
    return guarded(arguments);
}

}  // namespace exysim::cli
