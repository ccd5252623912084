// Which of a machine's signals go into a VCD.
#pragma once

#include <string>
#include <vector>

namespace exysim::observe {

struct SignalFacts {
    std::string name;      ///< "scope.signal", as in the VCD
    unsigned width;        ///< bits
    std::string sentence;  ///< what it says
    bool usual = true;     ///< written unless others are asked for; not what changes with every burst
};

/// Indices of the signals that `wanted` means, in the order of `offered`: names, names with `*`, `?` and
/// `[...]`, or scopes, with commas between; "all"; the usual ones if it is empty. Throws ConfigError, with
/// the nearest name, for a part that means none.
std::vector<size_t> choose_signals(const std::vector<SignalFacts>& offered, const std::string& wanted);

}  // namespace exysim::observe
