// What a guest program measured, as it said on its standard output, a line each:
//   measured NAME VALUE [UNIT]        measured cached.allocate 48300 ns
// NAME is one word of letters, digits, '_', '.' and '-'; VALUE and UNIT are what scenarios use (12 us, 4 KiB,
// 17). Other lines are the program's own; a program may speak TAP between them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/statistics.hpp"
#include "platform/observe/expectations.hpp"

namespace exysim::observe {

struct Measurement {
    uint64_t value = 0;  ///< in the unit's base
    config::Unit unit = config::Unit::count;
};

class Measurements {
public:
    /// Reads a program's whole output.
    void read(std::string_view output);

    const std::map<std::string, Measurement, std::less<>>& all() const { return all_; }

    /// One verdict an expectation, and a failed one for each line that begins like a measurement and is none,
    /// or measures a name again. A bound in another unit is not met; a bare 0 has every unit.
    std::vector<Verdict> judge(const std::vector<config::Expectation>& expected) const;

    /// As statistics "program.NAME".
    void register_in(Statistics& statistics) const;

    /// For summary.txt, a line each.
    std::string text() const;

private:
    void read_line(std::string_view line);

    std::map<std::string, Measurement, std::less<>> all_;
    std::vector<std::string> broken_;
};

}  // namespace exysim::observe
