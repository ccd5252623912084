// Interrupt and other level lines between blocks.
#pragma once

#include <functional>
#include <systemc>

namespace exysim {

/// A level input that may stay unconnected and then reads low.
class LineIn : public sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> {
public:
    using sc_port::sc_port;
    bool connected() const { return size() > 0; }
};

/// A level output that may stay unconnected.
class LineOut
    : public sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> {
public:
    using sc_port::sc_port;
    void write(bool level) {
        if (size() > 0) (*this)->write(level);
    }
};

/// Calls `changed(index, level)` whenever a line of `lines` changes, and for lines that are high at the
/// start. One process a connected line, so that a change costs the same however many lines there are. Call
/// from end_of_elaboration(), when it is known which lines are connected.
void watch_lines(sc_core::sc_vector<LineIn>& lines, const std::function<void(size_t, bool)>& changed);

}  // namespace exysim
