// What cameras and displays say at their probe points. Frame identity is derived from these alone: a source
// numbers its frames, a device that completes a write labels the range, a reader inherits the labels, and so
// does what it writes.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/base/address.hpp"

namespace exysim {

/// A piece of a buffer as the device names it; the watcher resolves it through the device's SysMMU.
struct IovaRange {
    Iova base;
    uint32_t size = 0;
};

/// The first pixel of frame `number` leaves the sensor (numbers count from 0 since stream-on).
struct SourceFrame {
    uint64_t number;
    Picoseconds time;
};

/// The last pixel of frame `number` has left the sensor.
struct SourceFrameSent {
    uint64_t number;
    Picoseconds time;
};

/// A capture device has written all of frame `number` to memory.
struct FrameWritten {
    uint64_t number;
    Picoseconds time;
    std::vector<IovaRange> planes;
};

/// Sensor frame `number` will never reach memory.
struct FrameDropped {
    uint64_t number;
    Picoseconds time;
    std::string_view reason;  ///< "no buffer", "overflow", "bus error"
};

/// A memory-to-memory engine (FIMC, FIMG-2D) begins a job that makes its picture from these.
struct JobStarted {
    Picoseconds time;
    std::vector<IovaRange> reads;  ///< the picture that is converted first, then the one it is laid over
};

/// The job is done; a job that an error or a reset has ended does not come to this.
struct JobDone {
    Picoseconds time;
    std::vector<IovaRange> writes;
    bool whole;  ///< every byte of them was written, so nothing of what lay there is left
};

/// Software has given a display layer the ranges to show, from the next vsync on.
struct LayerProgrammed {
    Picoseconds time;
    std::string_view layer;  ///< as ScanoutStart's
    std::vector<IovaRange> planes;
};

/// A vsync: the raster begins anew, and layers that were programmed show their new ranges.
struct Vsync {
    Picoseconds time;
};

/// A display layer starts to scan out these ranges: the time is the first active line's.
struct ScanoutStart {
    Picoseconds time;
    std::string_view layer;  ///< "video", "graphics0", "graphics1"
    std::vector<IovaRange> planes;
};

/// One finished picture, as it left for the screen.
struct DisplayFrame {
    uint64_t number;   ///< vsync count since the display started
    Picoseconds time;  ///< first active line
    uint32_t width, height;
    const uint8_t* rgb;  ///< width * height * 3 bytes, R G B; valid during the call
    bool video_layer;    ///< the video layer was on and running
};

}  // namespace exysim
