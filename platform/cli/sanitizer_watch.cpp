#include "platform/cli/sanitizer_watch.hpp"

#include <algorithm>

#include "platform/cli/session.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/sanitizer/violation_report.hpp"

namespace exysim::cli {

namespace {

board::Machine& with_caches(board::Machine& machine) {
    if (!machine.caches)
        throw config::ConfigError{"the sanitizer has nothing to watch in mode 'fast': it has no caches"};
    return machine;
}

}  // namespace

SanitizerWatch::SanitizerWatch(board::Machine& machine, const std::string& kernel, const std::string& program)
    : machine_{machine}, kernel_{kernel}, program_{program}, sanitizer_{with_caches(machine)} {
    sanitizer_.log.call_chain = [this](unsigned core) { return call_chain_of(machine_.cpu, core, kernel_); };
}

observe::Verdict SanitizerWatch::judge(
    const std::optional<std::vector<config::SharingRule>>& expected) const {
    const std::vector<config::SharingRule> wanted = expected.value_or(std::vector<config::SharingRule>{});
    std::string names;
    bool met = true;
    for (const config::SharingRuleInfo& rule : config::sharing_rules()) {
        const bool asked = std::find(wanted.begin(), wanted.end(), rule.rule) != wanted.end();
        if (rule.advisory && !asked) continue;
        met = met && asked == (sanitizer_.log.count(rule.rule) != 0);
        if (asked) names += (names.empty() ? "" : ", ") + std::string{rule.name};
    }
    return {"sanitizer", wanted.empty() ? "clean" : names, verdict(), met};
}

std::string SanitizerWatch::describe(uint32_t address) const {
    return kernel_.knows(address) ? kernel_.describe(address) : program_.describe(address);
}

std::string SanitizerWatch::verdict() const { return sanitizer::verdict_text(sanitizer_.log); }

std::string SanitizerWatch::text() const {
    return sanitizer::violations_text(sanitizer_.log, [this](uint32_t a) { return describe(a); });
}

std::string SanitizerWatch::json() const {
    return sanitizer::violations_json(sanitizer_.log, [this](uint32_t a) { return describe(a); });
}

}  // namespace exysim::cli
