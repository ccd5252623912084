// What a serial port said.
#pragma once

#include <cstdint>
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
    const std::string& text() const { return text_; }
    /// The last `count` lines, without empty ones at the end.
    std::string last_lines(size_t count) const;

private:
    void add(uint8_t character);

    std::string text_;
    size_t line_start_ = 0;
    bool crashed_ = false;
};

}  // namespace exysim::observe
