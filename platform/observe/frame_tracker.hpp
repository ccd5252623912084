// Follows frames from the sensor to the screen by what probe points say, without the guest's help: a capture
// device labels the physical pages it has filled, a memory-to-memory engine hands the label of what it reads
// on to what it writes, a display finds the labels of the pages it scans out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/base/frame_events.hpp"

namespace exysim::observe {

/// Translates a device's address without side effects; nothing if it leads nowhere.
using Resolve = std::function<std::optional<PhysAddr>(Iova)>;

/// What a scan-out turned out to be.
struct Scanout {
    uint64_t frame = 0;      ///< sensor frame, counted over the whole run
    uint64_t delivered = 0;  ///< how many distinct frames had been shown before it
    bool repeated = false;   ///< shown before
};

class FrameTracker {
public:
    void source_started(const SourceFrame& frame);
    void frame_written(const FrameWritten& frame, const Resolve& resolve);
    void frame_dropped(const FrameDropped& frame);
    /// An engine has made a picture of `frame` (or of nobody's). A part of a picture that is nobody's changes
    /// no label: it lies over a frame.
    void converted(std::optional<uint64_t> frame, const JobDone& job, const Resolve& resolve);
    /// Nothing if no camera frame lies under the scanned ranges.
    std::optional<Scanout> scanned_out(const ScanoutStart& scanout, const Resolve& resolve);

    /// The frame whose pages lie under the ranges (the first one, if several do), over the whole run.
    std::optional<uint64_t> frame_under(const std::vector<IovaRange>& ranges, const Resolve& resolve) const;
    /// What a device's number of the present stream is over the whole run.
    uint64_t over_run(uint64_t number) const { return stream_start_ + number; }

    uint64_t delivered() const { return delivered_; }
    uint64_t repeated() const { return repeated_; }
    /// Scan-outs whose pages belonged to more than one frame.
    uint64_t torn() const { return torn_; }
    /// Sensor frames older than the last delivered one that were never shown, by reason: "no buffer",
    /// "overflow", "bus error", "superseded" (written, but not shown before it was overwritten or passed
    /// over).
    std::map<std::string, uint64_t> dropped() const;
    uint64_t dropped_total() const;
    /// Of each delivered frame in order: first pixel leaves the sensor -> first active line on the screen.
    const std::vector<Picoseconds>& latencies() const { return latencies_; }
    /// Time of the last first scan-out.
    Picoseconds last_delivery() const { return last_delivery_; }

private:
    struct Frame {
        Picoseconds captured = 0;
        bool shown = false;
        std::string drop_reason;
    };
    Frame* frame(uint64_t number);

    std::vector<Frame> frames_;                      // by number over the whole run
    uint64_t stream_start_ = 0;                      // devices count from zero at each stream-on
    std::unordered_map<uint32_t, uint64_t> labels_;  // page number -> frame
    std::vector<Picoseconds> latencies_;
    uint64_t delivered_ = 0, repeated_ = 0, torn_ = 0;
    uint64_t newest_shown_ = 0;
    Picoseconds last_delivery_ = 0;
};

/// The smallest value that at least `percent` % of `values` do not exceed (nearest rank); 0 for no values.
Picoseconds percentile(std::vector<Picoseconds> values, unsigned percent);

}  // namespace exysim::observe
