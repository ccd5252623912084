// A serial port of the guest as an output stream of this program.
#pragma once

#include <cstdint>
#include <vector>

#include "models/system/uart.hpp"

namespace exysim::cli {

/// Whole lines, so that two ports that share a file do not mix within one; a piece of a line goes out when
/// its port pauses. On a terminal every character at once.
class GuestOutput {
public:
    /// Attaches to the port; both live as long as the run.
    GuestOutput(system::Uart& port, int fd);
    ~GuestOutput() { flush(); }
    GuestOutput(const GuestOutput&) = delete;
    GuestOutput& operator=(const GuestOutput&) = delete;
    /// Called at every step of the run: a port that said nothing since the last one pauses.
    void step();
    void flush();

private:
    void put(uint8_t character);

    int fd_;
    bool at_once_;
    bool spoke_ = false;
    std::vector<uint8_t> waiting_;
};

}  // namespace exysim::cli
