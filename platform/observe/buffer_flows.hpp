// Arrows of the timeline that follow a frame's buffers from track to track.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "platform/observe/trace_file.hpp"

namespace exysim::observe {

/// Where a frame's buffers have been is kept until the frame is on the screen: what never gets there, or is
/// seen at one place only, has no arrow, so each one that begins ends.
class BufferFlows {
public:
    explicit BufferFlows(TraceFile& trace) : trace_{trace} {}

    /// Something is done with the frame at `time`, within a slice of `track`.
    void at(uint64_t frame, TraceFile::Track track, Picoseconds time);
    /// Writes its arrows; frames before it will not be shown any more.
    void delivered(uint64_t frame);

private:
    static constexpr size_t kMostFrames = 64;  ///< on their way; more than there are buffers
    struct Point {
        Picoseconds time;
        TraceFile::Track track;
    };

    TraceFile& trace_;
    std::map<uint64_t, std::vector<Point>> points_;  // by frame
    uint64_t next_ = 0;                              // frames before it are done with
};

}  // namespace exysim::observe
