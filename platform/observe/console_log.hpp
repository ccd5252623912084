// What a serial port said, or several: line by line, each whole.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "models/base/probe.hpp"

namespace exysim::observe {

/// Must live as long as the probe it is attached to.
class ConsoleLog {
public:
    /// Called once, when a line says that the guest's kernel cannot go on ("Kernel panic", "Oops").
    std::function<void()> on_crash;

    void attach(Probe<uint8_t>& transmitted);
    /// Lines in the order of their ends, then what has not ended.
    std::string text() const;
    /// The last `count` lines, without empty ones at the end.
    std::string last_lines(size_t count) const;

private:
    void add(std::string& line, uint8_t character);

    std::string text_;              // whole lines
    std::deque<std::string> open_;  // a port: its line so far
    bool crashed_ = false;
};

}  // namespace exysim::observe
