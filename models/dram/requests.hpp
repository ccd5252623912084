// The requests a controller has accepted, and what came of them: records in a ring, totals, latencies.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "models/base/histogram.hpp"
#include "models/dram/timing.hpp"

namespace exysim::dram {

/// Totals of the whole controller.
struct ControllerStats {
    uint64_t reads = 0, writes = 0, read_bytes = 0, write_bytes = 0;
    uint64_t latency_clocks = 0;  ///< summed over decided requests
    Histogram latency;            ///< of decided requests, in memory clocks, from arrival to the last data
    Clocks first_arrival = 0;
    Clocks last_data = 0;  ///< end of the last data decided so far
};

/// What is remembered of a request.
struct RequestRecord {
    Clocks arrival = 0;
    Clocks done = 0;
    uint64_t left = 0;  ///< undecided parts, sixteen bits for each channel

    /// Lowest channel that has undecided parts; there are some.
    uint32_t channel_left() const { return static_cast<uint32_t>(std::countr_zero(left)) / 16; }
    bool waits_in(uint32_t channel) const { return (left >> (16 * channel) & 0xFFFF) != 0; }
    void add_part(uint32_t channel) { left += uint64_t{1} << (16 * channel); }
    void drop_part(uint32_t channel) { left -= uint64_t{1} << (16 * channel); }
};

/// Written by the channels as they decide parts.
class RequestBook {
public:
    explicit RequestBook(size_t size) : records_(size) {}

    RequestRecord& operator[](size_t n) { return records_[n]; }
    const RequestRecord& operator[](size_t n) const { return records_[n]; }

    void part_done(size_t n, uint32_t channel, Clocks data_end) {
        RequestRecord& record = records_[n];
        record.done = std::max(record.done, data_end);
        record.drop_part(channel);
        if (record.left == 0) decided(record.arrival, record.done);
    }
    /// A request is done.
    void decided(Clocks arrival, Clocks done) {
        const auto latency = static_cast<uint64_t>(done - arrival);
        stats.latency_clocks += latency;
        stats.latency.add(latency);
        stats.last_data = std::max(stats.last_data, done);
    }

    ControllerStats stats;

private:
    std::vector<RequestRecord> records_;
};

}  // namespace exysim::dram
