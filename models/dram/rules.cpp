#include "models/dram/rules.hpp"

namespace exysim::dram {

RuleTable::RuleTable(const Timing& timing) {
    for (auto& scope : after)
        for (Row& first : scope) first.fill(kNone);
    for (const Rule& rule : rules()) {
        Clocks& entry = after[static_cast<size_t>(rule.scope)][rule.first][rule.then];
        entry = std::max<Clocks>(entry, rule.delay(timing));
    }
}

}  // namespace exysim::dram
