#include "platform/cli/semihosting_host.hpp"

#include <unistd.h>

#include "platform/cli/terminal.hpp"

namespace exysim::cli {

void TerminalSemihosting::write(std::span<const uint8_t> bytes) {
    write_all(STDOUT_FILENO, bytes.data(), bytes.size());
}

int TerminalSemihosting::read() {
    uint8_t byte = 0;
    return ::read(STDIN_FILENO, &byte, 1) == 1 ? byte : -1;
}

uint64_t TerminalSemihosting::centiseconds() {
    constexpr Picoseconds kCentisecond = 10'000'000'000;
    return picoseconds(sc_core::sc_time_stamp()) / kCentisecond;
}

}  // namespace exysim::cli
