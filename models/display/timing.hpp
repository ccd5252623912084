// Raster timing of the display output.
#pragma once

#include <cstdint>
#include <optional>

#include "models/base/address.hpp"
#include "models/base/clock.hpp"

namespace exysim::display {

/// One progressive raster. Lines and pixels count from the start of vertical and horizontal blanking.
struct Timing {
    uint32_t h_total = 0, v_total = 0;
    uint32_t width = 0, height = 0;
    uint32_t first_active_line = 0;  ///< lines from vsync to the first active one
    uint64_t pixel_clock_hz = 0;

    uint64_t frame_pixels() const { return uint64_t{h_total} * v_total; }
    /// From vsync to the first pixel of active line `n`; `n` may be one past the last.
    Picoseconds active_line(uint32_t n) const {
        return time_of_tick(uint64_t{first_active_line + n} * h_total, pixel_clock_hz);
    }
    Picoseconds line_period() const { return time_of_tick(h_total, pixel_clock_hz); }
};

/// Pixel clock of the CEA-861 mode with these totals. The totals of 1920x1080p30 are those of p60; p60 is
/// meant.
std::optional<uint64_t> pixel_clock_of(uint32_t h_total, uint32_t v_total);

}  // namespace exysim::display
