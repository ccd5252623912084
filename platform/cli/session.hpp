// What run, boot and exec share: a machine that is started, watched and stopped.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "platform/board/loader.hpp"
#include "platform/board/machine.hpp"
#include "platform/board/run_control.hpp"
#include "platform/cli/commands.hpp"
#include "platform/debug/symbols.hpp"
#include "platform/observe/console_log.hpp"

namespace exysim::cli {

/// Ctrl-C and SIGTERM interrupt `control` while this lives.
class SignalGuard {
public:
    explicit SignalGuard(board::RunControl& control);
    ~SignalGuard();
    SignalGuard(const SignalGuard&) = delete;
    SignalGuard& operator=(const SignalGuard&) = delete;
};

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Most memory the process has used, bytes.
uint64_t peak_memory();

/// Return addresses of a core from where it is outwards; see debug::call_chain().
std::vector<uint32_t> call_chain_of(cpu::CpuCluster& cpu, unsigned core, const debug::Symbols& symbols);

/// Why a guest could not go on: its last output, where each core is, the call chain by the image's symbols.
std::string crash_report(board::Machine& machine, const observe::ConsoleLog& console,
                         const std::string& image_file);

}  // namespace exysim::cli
