// Semihosting for bare-metal programs: console on this terminal, exit status.
#pragma once

#include "models/cpu/semihosting.hpp"
#include "platform/board/run_control.hpp"

namespace exysim::cli {

class TerminalSemihosting : public cpu::SemihostingHost {
public:
    /// `arguments`: the program's command line.
    TerminalSemihosting(board::RunControl& control, std::string arguments)
        : control_{control}, arguments_{std::move(arguments)} {}

    void write(std::span<const uint8_t> bytes) override;
    int read() override;
    void exit(uint32_t status) override { control_.end(board::End::exit_request, status); }
    std::string command_line() override { return arguments_; }
    uint64_t centiseconds() override;
    uint32_t seconds() override {
        return static_cast<uint32_t>(centiseconds() / 100);
    }  // the guest's epoch is the start

private:
    board::RunControl& control_;
    std::string arguments_;
};

}  // namespace exysim::cli
