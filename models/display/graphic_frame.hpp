// One picture of a graphics layer on its way from memory to the mixer.
#pragma once

#include <vector>

#include "models/base/frame_events.hpp"
#include "models/display/fetch_plan.hpp"
#include "models/display/pixels.hpp"

namespace exysim::display {

/// A rectangle of pixels in memory and its place on the screen.
struct GraphicWindow {
    Iova base;
    uint32_t span = 0;  // pixels a line
    uint32_t src_x = 0, src_y = 0;
    uint32_t width = 0, height = 0;  // in memory
    uint32_t dst_x = 0, dst_y = 0;
    bool double_h = false, double_v = false;  // each pixel, each line twice
    Decode decode;
    Blend blend;

    uint32_t shown_width() const { return width << (double_h ? 1 : 0); }
    uint32_t shown_height() const { return height << (double_v ? 1 : 0); }
    std::vector<IovaRange> planes() const;
};

/// Which lines of the picture a raster shows: all, or every other one.
struct Scan {
    bool interlaced = false;
    uint32_t parity = 0;  ///< 0 = the field with the picture's first line
    uint32_t picture_line(uint32_t line) const { return interlaced ? 2 * line + parity : line; }
};

class GraphicFrame {
public:
    /// `screen_width`, `screen_lines`: active part of the raster, lines of one field.
    void begin(const GraphicWindow& window, const Scan& scan, uint32_t screen_width, uint32_t screen_lines);
    const GraphicWindow& window() const { return window_; }
    const FetchPlan& plan() const { return plan_; }

    /// The pixels for line `line` of the raster that have come in time, from dst_x on; valid until the next
    /// call.
    std::span<const Pixel> row(const LineStore& store, uint32_t line);

private:
    static constexpr uint32_t kAbsent = ~0U;
    GraphicWindow window_;
    FetchPlan plan_;
    uint32_t width_ = 0;             // visible, on the screen
    std::vector<uint32_t> numbers_;  // in the plan, by line of the raster
    std::vector<Pixel> pixels_, doubled_;
};

}  // namespace exysim::display
