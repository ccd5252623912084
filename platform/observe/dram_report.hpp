// What a memory controller did, as text and as JSON.
#pragma once

#include <string>

#include "models/dram/controller.hpp"

namespace exysim::observe {

/// The figures of a controller so far. Times in ns, rates in bytes a second over the time from the first
/// arrival to the last data.
struct DramFigures {
    uint64_t reads, writes, bytes;
    double elapsed_ns, bytes_per_second, utilisation;
    double mean_ns, p50_ns, p99_ns;
    dram::ChannelStats channels;
};
DramFigures figures_of(const dram::Controller& controller);

std::string dram_text(const dram::Controller& controller);
std::string dram_json(const dram::Controller& controller);

}  // namespace exysim::observe
