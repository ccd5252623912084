#include "platform/observe/busy_track.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace exysim::observe {

void BusyTrack::add(Period& to, Picoseconds busy, uint32_t bytes, bool special) {
    to.busy += busy;
    to.bytes += bytes;
    to.uses += 1;
    to.specials += special;
}

void BusyTrack::used(Picoseconds begin, Picoseconds end, uint32_t bytes, bool special) {
    begin = std::max(begin, written_);  // what lies within a slice that is written cannot change it any more
    end = std::max(begin, end);
    const bool before = open_.uses > 0 && end + gap_ < open_.begin;
    if (before) {  // it fits in front of the open one
        Period alone{begin, end};
        add(alone, end - begin, bytes, special);
        return write(alone);
    }
    if (open_.uses > 0 && begin > open_.end + gap_) close();
    if (open_.uses == 0) open_ = {begin, end};
    open_.begin = std::min(open_.begin, begin);
    open_.end = std::max(open_.end, end);
    add(open_, end - begin, bytes, special);
}

void BusyTrack::close() {
    if (open_.uses == 0) return;
    write(std::exchange(open_, {}));
}

void BusyTrack::write(const Period& p) {
    const double share =
        p.end > p.begin ? static_cast<double>(p.busy) / static_cast<double>(p.end - p.begin) : 1;
    TraceFile::Facts facts{{words_.each, std::to_string(p.uses)},
                           {"bytes", std::to_string(p.bytes)},
                           {"occupied", fmt::format("{:.1f} %", 100 * share)}};
    if (!words_.special.empty()) facts.emplace_back(words_.special, std::to_string(p.specials));
    trace_.slice(track_, words_.what, p.begin, p.end, facts);
    written_ = p.end;
    if (++slices_ < kSlices) return;
    slices_ = 0;
    gap_ *= 2;
}

}  // namespace exysim::observe
