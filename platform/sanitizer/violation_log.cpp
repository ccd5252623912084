#include "platform/sanitizer/violation_log.hpp"

namespace exysim::sanitizer {

namespace {
/// Where it was; of a call chain, all of it.
uint64_t place_of(const Actor& actor) {
    uint64_t place = actor.place ? actor.place->pc : 0;
    for (const uint32_t call : actor.calls) place = place * 0x1'0000'01B3 + call;
    return place;
}
}  // namespace

ViolationLog::Key ViolationLog::key_of(const Violation& v) {
    return {v.rule, v.by.device, place_of(v.by), v.before.device, place_of(v.before)};
}

void ViolationLog::report(const Violation& v) {
    Key key = key_of(v);
    if (!known_.contains(key) && entries_.size() >= kMostEntries) key = {v.rule, "", 0, "", 0};
    const auto [at, is_new] = known_.try_emplace(key, entries_.size());
    if (is_new) {
        entries_.push_back({v, 0, 0, 0, 0, v.by.calls});
        if (complete) complete(entries_.back().first);
        if (entries_.back().calls.empty() && v.by.place && call_chain)
            entries_.back().calls = call_chain(v.by.place->core);
    }
    Entry& entry = entries_[at->second];
    ++entry.count;
    entry.bytes += v.bytes;
    entry.cycles += v.cycles;
    entry.last = v.by.time;
    entry.first.values_differ = entry.first.values_differ || v.values_differ;
}

uint64_t ViolationLog::count(Rule rule) const {
    uint64_t sum = 0;
    for (const Entry& e : entries_) sum += e.first.rule == rule ? e.count : 0;
    return sum;
}

uint64_t ViolationLog::total() const {
    uint64_t sum = 0;
    for (const Entry& e : entries_) sum += info(e.first.rule).advisory ? 0 : e.count;
    return sum;
}

}  // namespace exysim::sanitizer
