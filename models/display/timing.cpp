#include "models/display/timing.hpp"

namespace exysim::display {

namespace {

struct Mode {
    uint32_t h_total, v_total;
    bool interlaced;
    uint64_t pixel_clock_hz;
};

// CEA-861 modes (hardware/mixer.md, section 8; 24 Hz and interlaced 50 Hz from the standard).
constexpr Mode kModes[] = {
    {858, 525, false, 27'000'000},     // 720x480p59.94
    {864, 625, false, 27'000'000},     // 720x576p50
    {1650, 750, false, 74'250'000},    // 1280x720p60
    {1980, 750, false, 74'250'000},    // 1280x720p50
    {2750, 1125, false, 74'250'000},   // 1920x1080p24
    {2200, 1125, false, 148'500'000},  // 1920x1080p60
    {2640, 1125, false, 148'500'000},  // 1920x1080p50
    {2200, 1125, true, 74'250'000},    // 1920x1080i60
    {2640, 1125, true, 74'250'000},    // 1920x1080i50
};

}  // namespace

std::optional<uint64_t> pixel_clock_of(uint32_t h_total, uint32_t v_total, bool interlaced) {
    for (const Mode& mode : kModes) {
        if (mode.h_total == h_total && mode.v_total == v_total && mode.interlaced == interlaced)
            return mode.pixel_clock_hz;
    }
    return {};
}

void Raster::start(const Timing& timing, Picoseconds time) {
    timing_ = timing;
    started_ = began_ = time;
    count_ = 0;
}

bool Raster::advance(Picoseconds time) {
    if (!running() || time < started_ + timing_.start_of(count_)) return false;
    began_ = started_ + timing_.start_of(count_);
    ++count_;
    return true;
}

Picoseconds Raster::next_change(Picoseconds time) const {
    if (in_pulse(time)) return began_ + timing_.line_period();
    return started_ + timing_.start_of(count_);
}

}  // namespace exysim::display
