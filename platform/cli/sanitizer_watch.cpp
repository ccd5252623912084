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
    : machine_{machine}, kernel_{kernel}, program_{program}, sanitizer_{with_caches(machine)} {
    if (!program.empty()) programs_.add("program", program);
    sanitizer_.log.call_chain = [this](unsigned core) { return calls(core); };
}

/// Return addresses behind the place itself, of the kernel by frame pointers, of a program by its exception
/// tables.
std::vector<uint32_t> SanitizerWatch::calls(unsigned core) {
    constexpr uint32_t kCall = 4;  // bytes
    cpu::CpuCluster& cpu = machine_.cpu;
    const uint32_t pc = cpu.pc(core);
    const debug::ReadWord stack = read_word_of(cpu, core);
    const debug::CodeImage* image = kernel_.knows(pc) ? nullptr : programs_.owner(pc, stack);
    if (image == nullptr) return call_chain_of(cpu, core, kernel_);
    debug::FrameRegisters frame{};
    for (unsigned n = 0; n < frame.size() - 1; ++n) frame[n] = cpu.reg(core, n);
    frame.back() = pc;
    std::vector<debug::Frame> frames;
    debug::walk_stack(programs_, *image, frame, stack, frames);
    std::vector<uint32_t> chain;
    for (const debug::Frame& f : frames) chain.push_back(f.address + (chain.empty() ? 0 : kCall));
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
