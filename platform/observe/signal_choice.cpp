#include "platform/observe/signal_choice.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <set>
#include <sstream>

#include "platform/config/diagnostics.hpp"
#include "platform/config/nearest.hpp"

namespace exysim::observe {

namespace {

bool means(const std::string& part, const std::string& name) {
    return part == "all" || name.starts_with(part + ".") || ::fnmatch(part.c_str(), name.c_str(), 0) == 0;
}

/// Names and scopes.
std::vector<std::string> words_of(const std::vector<SignalFacts>& offered) {
    std::set<std::string> words;
    for (const SignalFacts& signal : offered) {
        words.insert(signal.name);
        for (size_t dot = 0; (dot = signal.name.find('.', dot)) != std::string::npos; ++dot)
            words.insert(signal.name.substr(0, dot));
    }
    return {words.begin(), words.end()};
}

[[noreturn]] void refuse(const std::vector<SignalFacts>& offered, const std::string& part) {
    const std::string hint = config::suggestion(part, words_of(offered));
    throw config::ConfigError{
        fmt::format("--vcd-signals: this machine has no signal '{}'; {}", part,
                    hint.empty() ? "'exysim describe --signals' lists what there is" : hint)};
}

}  // namespace

std::vector<size_t> choose_signals(const std::vector<SignalFacts>& offered, const std::string& wanted) {
    std::set<size_t> chosen;
    std::istringstream parts{wanted};
    for (std::string part; std::getline(parts, part, ',');) {
        bool any = false;
        for (size_t n = 0; n < offered.size(); ++n) {
            if (!means(part, offered[n].name)) continue;
            any = true;
            chosen.insert(n);
        }
        if (!any) refuse(offered, part);
    }
    for (size_t n = 0; wanted.empty() && n < offered.size(); ++n) {
        if (offered[n].usual) chosen.insert(n);
    }
    return {chosen.begin(), chosen.end()};
}

}  // namespace exysim::observe
