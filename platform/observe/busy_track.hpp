// A track of the timeline for what is busy in short uses, one after the other: a port, a bank of memory.
#pragma once

#include <cstdint>
#include <string>

#include "platform/observe/trace_file.hpp"

namespace exysim::observe {

/// Uses that lie close together become one slice, which says how many there were and for which part of it the
/// thing was occupied. What is close grows: each kSlices slices the gap between two doubles, so that a track
/// has about kSlices for each doubling of the run's length. Uses may be told a little out of order.
class BusyTrack {
public:
    static constexpr Picoseconds kFirstGap = 1'000'000;  ///< 1 us
    static constexpr uint32_t kSlices = 512;

    /// `what` is the slices' name; `each` and `special` are what is counted, as facts of a slice.
    struct Words {
        std::string what, each, special;
    };
    BusyTrack(TraceFile& trace, TraceFile::Track track, Words words)
        : trace_{trace}, track_{track}, words_{std::move(words)} {}

    /// From `begin` to `end`, no two uses at the same time; `special` counts those that were.
    void used(Picoseconds begin, Picoseconds end, uint32_t bytes, bool special = false);
    /// Writes what is left.
    void close();

private:
    struct Period {
        Picoseconds begin = 0, end = 0, busy = 0;
        uint64_t uses = 0, specials = 0, bytes = 0;
    };
    static void add(Period& to, Picoseconds busy, uint32_t bytes, bool special);
    void write(const Period& period);

    TraceFile& trace_;
    TraceFile::Track track_;
    Words words_;
    Period open_;  // nothing if it has no uses
    Picoseconds written_ = 0;
    Picoseconds gap_ = kFirstGap;
    uint32_t slices_ = 0;  // since the gap has grown
};

}  // namespace exysim::observe
