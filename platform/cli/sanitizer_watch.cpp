#include "platform/cli/sanitizer_watch.hpp"

#include <algorithm>

#include "platform/cli/profile_watch.hpp"
#include "platform/cli/session.hpp"
#include "platform/config/diagnostics.hpp"
#include "platform/debug/call_stack.hpp"
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
    : machine_{machine},
      kernel_{kernel},
      program_{program},
      program_code_{"program", program},
      sanitizer_{with_caches(machine)} {
    sanitizer_.log.call_chain = [this](unsigned core) { return calls(core); };
}

/// Return addresses behind the place itself, of the kernel by frame pointers, of a program by its exception
/// tables.
std::vector<uint32_t> SanitizerWatch::calls(unsigned core) const {
    constexpr uint32_t kCall = 4;  // bytes
    cpu::CpuCluster& cpu = machine_.cpu;
    const uint32_t pc = cpu.pc(core);
    if (kernel_.knows(pc) || !program_.knows(pc)) return call_chain_of(cpu, core, kernel_);
    debug::FrameRegisters frame{};
    for (unsigned n = 0; n < frame.size() - 1; ++n) frame[n] = cpu.reg(core, n);
    frame.back() = pc;
    std::vector<uint32_t> chain;
    debug::walk_stack(program_code_, frame, read_word_of(cpu, core), chain);
    for (size_t n = 1; n < chain.size(); ++n) chain[n] += kCall;
    return chain;
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
