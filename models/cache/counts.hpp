// What caches count: plain numbers next to the state they count, shown in the statistics.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "models/base/statistics.hpp"

namespace exysim::cache {

/// A member of `Counts` and its row in the statistics.
template <class Counts>
struct CountRow {
    uint64_t Counts::*count;
    const char* name;
    const char* sentence;
    const char* unit = "1";
};

/// `counts` outlives the registry's readers.
template <class Counts, size_t kRows>
void register_counts(Statistics& statistics, const std::string& group, const Counts& counts,
                     const CountRow<Counts> (&rows)[kRows]) {
    for (const CountRow<Counts>& row : rows) {
        statistics.gauge(group + "." + row.name, row.unit, row.sentence,
                         [&counts, count = row.count] { return static_cast<double>(counts.*count); });
    }
}

}  // namespace exysim::cache
