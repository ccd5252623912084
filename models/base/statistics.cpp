#include "models/base/statistics.hpp"

#include <cassert>
#include <utility>

namespace exysim {

Counter& Statistics::counter(const std::string& name, std::string unit, std::string sentence) {
    Counter& counter = counters_.emplace_back();
    gauge(name, std::move(unit), std::move(sentence),
          [&counter] { return static_cast<double>(counter.value); });
    return counter;
}

void Statistics::gauge(const std::string& name, std::string unit, std::string sentence,
                       std::function<double()> value) {
    const bool fresh =
        rows_.try_emplace(name, Statistic{std::move(unit), std::move(sentence), std::move(value)}).second;
    assert(fresh && "two statistics with one name");
    (void)fresh;
}

}  // namespace exysim
