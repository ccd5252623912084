#include "models/base/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "models/base/register_bank.hpp"

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

void Statistics::registers(const std::string& block, const RegisterBank& bank) {
    const bool fresh = banks_.try_emplace(block, &bank).second;
    assert(fresh && "two blocks with one name");
    (void)fresh;
    const auto count = [&](const char* what, const char* sentence, bool (*counts)(const FieldUse&)) {
        gauge(block + ".registers." + what, "fields", sentence, [&bank, counts] {
            const std::vector<FieldUse> all = bank.use();
            return static_cast<double>(std::count_if(all.begin(), all.end(), counts));
        });
    };
    count("fields", "register fields the block has", [](const FieldUse&) { return true; });
    count("read", "of them, those in registers that were read",
          [](const FieldUse& u) { return u.reads > 0; });
    count("written", "of them, those that were written", [](const FieldUse& u) { return u.writes > 0; });
    count("changed", "of them, those that a write gave another value",
          [](const FieldUse& u) { return u.changed; });
}

}  // namespace exysim
