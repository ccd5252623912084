#include <fmt/format.h>

#include "platform/cli/commands.hpp"
#include "platform/config/diagnostics.hpp"

namespace exysim::cli {

namespace {

/// Options come from the program's own help, so that the script never lags behind.
constexpr const char* kBash = R"bash(_exysim() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" command="${{COMP_WORDS[1]}}"
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{} --help --version" -- "$word"))
    elif [[ "$word" == -* ]]; then
        COMPREPLY=($(compgen -W "$("${{COMP_WORDS[0]}}" "$command" --help 2>/dev/null | grep -o -e '--[a-z][a-z-]*')" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}}
complete -o filenames -F _exysim exysim
)bash";

constexpr const char* kZsh = R"(autoload -U +X bashcompinit && bashcompinit
)";

std::string command_words() {
    std::string text;
    for (const Command& c : commands()) {
        if (c.run) text += fmt::format("{}{}", text.empty() ? "" : " ", c.name);
    }
    return text;
}

}  // namespace

int completion_command(const Arguments& arguments) {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this");
    po::options_description all;
    all.add(options).add_options()("shell", po::value<std::string>());
    const po::variables_map values = parse(arguments, all, "shell");
    if (values.count("help")) {
        fmt::print("{}", help_text("completion", options));
        return kSuccess;
    }
    const std::string shell = value_or<std::string>(values, "shell", "bash");
    if (shell != "bash" && shell != "zsh")
        throw config::ConfigError{fmt::format("completion: expected bash or zsh, not '{}'", shell)};
    if (shell == "zsh") fmt::print("{}", kZsh);
    fmt::print(fmt::runtime(kBash), command_words());
    return kSuccess;
}

}  // namespace exysim::cli
