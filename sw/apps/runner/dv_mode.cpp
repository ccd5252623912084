#include "apps/runner/dv_mode.hpp"

#include <cstdio>

#include "apps/support/error.hpp"

namespace apps::runner {

namespace {
uint64_t pixels_per_frame(const v4l2_bt_timings& t) {
    return uint64_t{V4L2_DV_BT_FRAME_WIDTH(&t)} * V4L2_DV_BT_FRAME_HEIGHT(&t);
}
}  // namespace

DvMode parse_dv_mode(const std::string& name) {
    DvMode mode;
    char scan = 0;
    int used = 0;
    const int fields = std::sscanf(name.c_str(), "%u%c%u%n", &mode.lines, &scan, &mode.hertz, &used);
    const bool whole = fields == 3 && static_cast<size_t>(used) == name.size();
    if (!whole || (scan != 'p' && scan != 'i')) throw Error{"display mode '" + name + "' is not like 720p60"};
    mode.interlaced = scan == 'i';
    return mode;
}

bool matches(const DvMode& mode, const v4l2_bt_timings& t) {
    const bool same_shape = t.height == mode.lines && (t.interlaced != 0) == mode.interlaced;
    if (!same_shape || pixels_per_frame(t) == 0) return false;
    const uint64_t per_second = t.pixelclock * (mode.interlaced ? 2 : 1);
    const uint64_t hertz = (per_second + pixels_per_frame(t) / 2) / pixels_per_frame(t);  // to nearest
    return hertz == mode.hertz;
}

uint64_t frame_period_ns(const v4l2_bt_timings& t) {
    return pixels_per_frame(t) * 1'000'000'000 / t.pixelclock;
}

}  // namespace apps::runner
