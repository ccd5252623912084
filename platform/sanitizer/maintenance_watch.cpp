#include "platform/sanitizer/maintenance_watch.hpp"

#include "models/cache/config.hpp"

namespace exysim::sanitizer {

bool MaintenanceWatch::continues(const cache::LineMaintained& e) const {
    const cache::LineMaintained& last = range_->last;
    return last.level == e.level && last.core == e.core && last.operation == e.operation &&
           e.address == last.address + cache::kLine;
}

void MaintenanceWatch::maintained(const cache::LineMaintained& event) {
    const Picoseconds now = views_.now();
    const bool more = range_ && continues(event);
    if (!more) {
        end();
        const unsigned core = event.level == 1 ? event.core : views_.acting();
        range_.emplace(Range{event.level, event, event.address, {{}, views_.place(core), now}});
        range_->by.calls = views_.calls(core);
    }
    Range& r = *range_;
    // Time between two writes to a register is exact; level 1 tells only where a slice began.
    const uint64_t passed = more && event.level == 2 ? (now - r.last_time) / views_.cycle : views_.operation;
    r.last = event;
    r.last_time = now;
    if (views_.has_work(event)) return;
    if (r.lines++ == 0) r.first = event.address;
    r.cycles += passed;
}

void MaintenanceWatch::end() {
    if (!range_) return;
    const Range r = std::move(*range_);
    range_.reset();
    if (r.lines == 0) return;
    Violation v{Rule::redundant_maintenance, false, r.first, r.lines * cache::kLine, {}, r.by, {}};
    v.cycles = r.cycles;
    log_.report(v);
}

}  // namespace exysim::sanitizer
