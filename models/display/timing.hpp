// Raster timing of the display outputs.
#pragma once

#include <cstdint>
#include <optional>

#include "models/base/address.hpp"
#include "models/base/clock.hpp"

namespace exysim::display {

/// One raster. Lines and pixels count from the start of vertical and horizontal blanking. An interlaced
/// picture comes as two fields of half the frame's time each, the one with its first line first.
struct Timing {
    uint32_t h_total = 0, v_total = 0;  ///< of a frame
    uint32_t width = 0, height = 0;     ///< active; height of a field, if interlaced
    uint32_t first_active_line = 0;     ///< lines from vsync to the first active one
    uint64_t pixel_clock_hz = 0;
    bool interlaced = false;

    friend bool operator==(const Timing&, const Timing&) = default;

    uint64_t frame_pixels() const { return uint64_t{h_total} * v_total; }
    uint32_t picture_height() const { return interlaced ? 2 * height : height; }
    /// From the first vsync to the one that starts frame `n`, or field `n`.
    Picoseconds start_of(uint64_t n) const {
        return time_of_tick(n * frame_pixels(), interlaced ? 2 * pixel_clock_hz : pixel_clock_hz);
    }
    /// From vsync to the first pixel of active line `n`; `n` may be one past the last.
    Picoseconds active_line(uint32_t n) const {
        return time_of_tick(uint64_t{first_active_line + n} * h_total, pixel_clock_hz);
    }
    Picoseconds line_period() const { return time_of_tick(h_total, pixel_clock_hz); }
};

/// Pixel clock of the CEA-861 mode with these totals (hardware/mixer.md, section 8). Where several share
/// totals, the fastest is meant: 1080p60, not p30; interlaced 1080 has a clock of its own.
std::optional<uint64_t> pixel_clock_of(uint32_t h_total, uint32_t v_total, bool interlaced);

/// A timing generator at work: knows which frame or field it is in. `time` never falls.
class Raster {
public:
    void start(const Timing& timing, Picoseconds time);
    void stop() { timing_ = {}; }
    bool running() const { return timing_.h_total != 0; }
    const Timing& timing() const { return timing_; }
    /// Of the present frame or field: when it began, and which lines of the picture it has.
    Picoseconds began() const { return began_; }
    uint32_t parity() const { return timing_.interlaced && count_ % 2 == 0 ? 1 : 0; }
    /// Frames and fields begun.
    uint64_t count() const { return count_; }

    /// Goes on to `time`; true if a frame or field has begun.
    bool advance(Picoseconds time);
    /// Vsync is high for a line's time.
    bool in_pulse(Picoseconds time) const { return count_ && time < began_ + timing_.line_period(); }
    /// When vsync changes next.
    Picoseconds next_change(Picoseconds time) const;

private:
    Timing timing_;
    Picoseconds started_ = 0, began_ = 0;
    uint64_t count_ = 0;
};

/// What owns the raster: a mixer asks it at each vsync.
struct Sink {
    virtual ~Sink() = default;
    virtual const Raster& raster() const = 0;
};

}  // namespace exysim::display
