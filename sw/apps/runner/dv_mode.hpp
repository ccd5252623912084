// Display mode names of scenarios ("720p60", "1080i60") and V4L2's digital video timings.
#pragma once

#include <linux/videodev2.h>

#include <cstdint>
#include <string>

namespace apps::runner {

struct DvMode {
    uint32_t lines = 0;
    bool interlaced = false;
    uint32_t hertz = 0;  ///< frames per second, fields per second when interlaced
};

/// Throws Error for anything that is not LINES, then p or i, then HERTZ.
DvMode parse_dv_mode(const std::string& name);

/// Whether `timings` are that mode; 59.94 Hz counts as 60.
bool matches(const DvMode& mode, const v4l2_bt_timings& timings);

/// Time from one vsync to the next, nanoseconds.
uint64_t frame_period_ns(const v4l2_bt_timings& timings);

}  // namespace apps::runner
