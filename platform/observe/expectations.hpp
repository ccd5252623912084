// Judges a finished run by what its scenario expects.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "platform/config/scenario.hpp"
#include "platform/pictures/picture.hpp"

namespace exysim::observe {

/// What a run measured, in base units, under the names of config::expected_values().
using Measured = std::map<std::string, uint64_t, std::less<>>;

struct Verdict {
    std::string name;      ///< "latency.p99"
    std::string expected;  ///< "< 60 ms"
    std::string found;     ///< "48.3 ms"
    bool met = false;
};

std::vector<Verdict> judge(const config::Expect& expect, const Measured& measured);

/// Compares one picture with its expectation in `list` (images, panel_images); equal pixels are demanded.
Verdict judge_image(std::string_view list, uint64_t frame, const std::string& file,
                    const pictures::Picture* delivered);

bool all_met(const std::vector<Verdict>& verdicts);

/// A measured value for people: "48.3 ms", "512 MiB", "17".
std::string shown(uint64_t value, config::Unit unit);
/// "48.3 ms": a time for people, three or more digits.
std::string human_time(uint64_t ns);
/// "1.2 GB".
std::string human_bytes(double bytes);

}  // namespace exysim::observe
