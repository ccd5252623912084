#include "platform/observe/time_series.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace exysim::observe {

namespace {

constexpr int kSeriesSchema = 1;
/// Ends of the names that are followed.
constexpr std::string_view kFollowed[] = {
    ".read_bytes", ".write_bytes", ".tlb.hits",      ".tlb.misses",        ".row_hits",
    ".row_misses", ".idle_cycles", ".row_conflicts", ".stall_arbitration", ".cycles"};

bool followed(std::string_view name) {
    return std::any_of(std::begin(kFollowed), std::end(kFollowed),
                       [&](std::string_view end) { return name.ends_with(end); });
}

template <class T>
void keep_every_second(std::vector<T>& values) {
    size_t kept = 0;
    for (size_t i = 0; i < values.size(); i += 2) values[kept++] = values[i];
    values.resize(kept);
}

}  // namespace

TimeSeries::TimeSeries(const Statistics& statistics) {
    for (const auto& [name, row] : statistics.all()) {
        if (followed(name)) series_.push_back({name, &row, {}});
    }
}

void TimeSeries::sample(Picoseconds now) {
    if (calls_++ % every_ != 0) return;
    if (times_.size() == kMostSamples) thin_out();
    times_.push_back(now);
    for (Series& s : series_) s.values.push_back(s.row->value());
}

void TimeSeries::thin_out() {
    keep_every_second(times_);
    for (Series& s : series_) keep_every_second(s.values);
    every_ *= 2;
}

std::string TimeSeries::json() const {
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const Series& s : series_) {
        if (s.values.empty() || s.values.front() == s.values.back()) continue;
        list.push_back({{"name", s.name}, {"unit", s.row->unit}, {"values", s.values}});
    }
    return Json{{"schema", kSeriesSchema}, {"times_ps", times_}, {"series", list}}.dump() + "\n";
}

}  // namespace exysim::observe
