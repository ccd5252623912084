#include "models/display/timing.hpp"

namespace exysim::display {

namespace {

struct Mode {
    uint32_t h_total, v_total;
    uint64_t pixel_clock_hz;
};

// CEA-861 progressive modes (hardware/mixer.md, section 8).
constexpr Mode kModes[] = {
    {858, 525, 27'000'000},     // 720x480p59.94
    {864, 625, 27'000'000},     // 720x576p50
    {1650, 750, 74'250'000},    // 1280x720p60
    {1980, 750, 74'250'000},    // 1280x720p50
    {2200, 1125, 148'500'000},  // 1920x1080p60
    {2640, 1125, 148'500'000},  // 1920x1080p50
};

}  // namespace

std::optional<uint64_t> pixel_clock_of(uint32_t h_total, uint32_t v_total) {
    for (const Mode& mode : kModes) {
        if (mode.h_total == h_total && mode.v_total == v_total) return mode.pixel_clock_hz;
    }
    return {};
}

}  // namespace exysim::display
