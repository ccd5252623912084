// Reads a Value Change Dump as strictly as IEEE 1364-2005, clause 18, says it is written; shares nothing with
// the writer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace exysim::test {

struct VcdSignal {
    unsigned width = 0;
    std::vector<std::pair<uint64_t, uint64_t>> values;  ///< time and value, from the initial one on

    /// How often it has changed from 0 to something else.
    size_t rises() const;
    uint64_t last() const { return values.back().second; }
    uint64_t at(uint64_t time) const;
    /// Time with another value than 0.
    uint64_t high(uint64_t end) const;
};

struct Vcd {
    std::string timescale;
    std::map<std::string, VcdSignal> signals;  ///< by "scope.scope.name"
    uint64_t end = 0;                          ///< the last time in the file
    size_t comments = 0;                       ///< after the header
};

/// Throws std::runtime_error naming the line that breaks a rule: unknown or doubled identifiers, values wider
/// than their variable, time that goes back, a variable without initial value.
Vcd read_vcd(const std::filesystem::path& file);

}  // namespace exysim::test
