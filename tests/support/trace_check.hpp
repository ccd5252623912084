// A timeline as Perfetto reads Chrome's trace events, and whether it may be read so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace exysim::test {

struct TraceSlice {
    uint64_t begin, end;  ///< ps
    std::string name;
    nlohmann::json facts;
};

/// One arrow's way: tracks and moments, in order.
struct TraceFlow {
    std::vector<std::pair<std::string, uint64_t>> points;
    std::vector<std::string> tracks() const {
        std::vector<std::string> names;
        for (const auto& [track, at] : points) names.push_back(track);
        return names;
    }
};

struct Trace {
    std::map<std::string, std::vector<TraceSlice>> slices;   ///< by "group/row", in order of time
    std::map<std::string, std::vector<std::string>> events;  ///< names of instants, by "group/row"
    std::map<std::string, TraceFlow> flows;                  ///< by "category/name"
    size_t counters = 0;
};

/// Throws std::runtime_error saying what Perfetto would not take: a track without a name, slices of one track
/// that cross, an arrow without one begin and one end or with a point outside every slice, a counter that
/// goes back in time.
Trace read_trace(const std::filesystem::path& file);

}  // namespace exysim::test
