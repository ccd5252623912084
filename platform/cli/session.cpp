#include "platform/cli/session.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>

#include "platform/cli/profile_watch.hpp"
#include "platform/debug/symbols.hpp"

namespace exysim::cli {

namespace {

constexpr size_t kLastLines = 40;
constexpr unsigned kFramePointer = 11, kLinkRegister = 14;

std::atomic<board::RunControl*> interruptible{nullptr};

void on_signal(int) {
    if (board::RunControl* control = interruptible.load()) control->interrupt();
}

std::string indented(const std::string& text) {
    std::string out = "  ";
    for (const char c : text) {
        if (c == '\r') continue;
        out += c;
        if (c == '\n') out += "  ";
    }
    return out + "\n";
}

std::string core_report(board::Machine& machine, uint32_t core, const debug::Symbols& symbols) {
    std::string text = fmt::format("core {}: cpsr {:#010x}, lr {:#010x}\n", core, machine.cpu.cpsr(core),
                                   machine.cpu.reg(core, kLinkRegister));
    bool first = true;
    for (const uint32_t address : call_chain_of(machine.cpu, core, symbols)) {
        text += first ? fmt::format("  at   {}\n", symbols.describe(address))
                      : fmt::format("  from {}\n", symbols.describe_call(address));
        first = false;
    }
    return text;
}

}  // namespace

SignalGuard::SignalGuard(board::RunControl& control) {
    interruptible.store(&control);
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
}

SignalGuard::~SignalGuard() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    interruptible.store(nullptr);
}

std::vector<uint32_t> call_chain_of(cpu::CpuCluster& cpu, unsigned core, const debug::Symbols& symbols) {
    return debug::call_chain(cpu.pc(core), cpu.reg(core, kLinkRegister), cpu.reg(core, kFramePointer),
                             symbols, read_word_of(cpu, core));
}

uint64_t peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts kilobytes
}

std::string crash_report(board::Machine& machine, const observe::ConsoleLog& console,
                         const std::string& image_file) {
    const debug::Symbols symbols{image_file};
    std::string text = "last output:\n" + indented(console.last_lines(kLastLines));
    for (uint32_t core = 0; core < machine.cpu.irq.size(); ++core)
        text += core_report(machine, core, symbols);
    return text;
}

}  // namespace exysim::cli
