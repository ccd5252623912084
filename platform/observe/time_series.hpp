// How counts grew over a run: samples at even steps of simulated time, in bounded memory.
#pragma once

#include <string>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/statistics.hpp"

namespace exysim::observe {

/// Follows the statistics that reports draw over time. When the samples are too many every second one is
/// forgotten and the step doubles, so that any run fits.
class TimeSeries {
public:
    static constexpr size_t kMostSamples = 1024;

    /// `statistics` outlives this and gets no new rows of these kinds.
    explicit TimeSeries(const Statistics& statistics);

    /// To be called at even steps; takes the values if a sample is due.
    void sample(Picoseconds now);
    /// `{schema, times_ps, series: [{name, unit, values}]}`: values as they were counted up to each time.
    /// Series that never moved are left out.
    std::string json() const;

    const std::vector<Picoseconds>& times() const { return times_; }

private:
    struct Series {
        std::string name;
        const Statistic* row;
        std::vector<double> values;
    };
    void thin_out();

    std::vector<Series> series_;
    std::vector<Picoseconds> times_;
    size_t every_ = 1, calls_ = 0;
};

}  // namespace exysim::observe
