// One of FIMD's windows: what it reads, the pixels that makes, and how it lies over the windows behind it.
// Plain C++; the arithmetic is stated in README.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/base/frame_events.hpp"
#include "models/display/fetch_plan.hpp"
#include "models/display/pixels.hpp"

namespace exysim::display {

/// BPPMODE codes of WINCON.
enum class FimdFormat : uint8_t {
    palette1 = 0,
    palette2,
    palette4,
    palette8,
    a232 = 4,
    rgb565,
    a555,
    i555,
    rgb666 = 8,
    a665,
    a666,
    rgb888 = 11,
    a887,
    a888
};
unsigned bits_of(FimdFormat format);

/// Weight of a colour in a blending equation (BLENDEQ codes).
enum class Factor : uint8_t {
    zero = 0,
    one = 1,
    alpha = 2,
    one_minus_alpha = 3,
    alpha0 = 6,
    above = 10,
    one_minus_above = 11,
    below = 12,
    one_minus_below = 13
};

struct FimdWindow {
    Iova base;
    uint32_t line_bytes = 0, pitch = 0;
    uint32_t left = 0, top = 0, width = 0, height = 0;
    FimdFormat format = FimdFormat::rgb888;
    unsigned swaps = 0;               ///< WINCON [18:15]: BITSWP, BYTSWP, HAWSWP, WSWP
    bool reversed = false;            ///< blue and red change places
    std::optional<Pixel> map_colour;  ///< shown instead of memory
    std::shared_ptr<const std::array<Pixel, 256>> palette;

    // Windows 1 to 4 only; window 0 is opaque.
    bool blends = false;
    bool per_pixel = false;     ///< else the whole window has one alpha
    bool alpha_select = false;  ///< per window: ALPHA1 instead of ALPHA0; per pixel: the pixel's own alpha
    bool multiply = false;      ///< the pixel's alpha times ALPHA0
    uint8_t alpha[2] = {255, 255};
    Factor above = Factor::alpha, below = Factor::one_minus_alpha;
    struct Key {
        bool on = false;
        bool matches_below = false;  ///< DIRCON: the window shows where the picture behind has the colour
        Pixel ignored = 0, colour = 0;
    } key;

    std::vector<IovaRange> planes() const { return {{base, pitch * height}}; }
};

/// A window's picture on its way from memory to the panel.
class FimdFrame {
public:
    void begin(const FimdWindow& window, uint32_t screen_width, uint32_t screen_lines);
    const FimdWindow& window() const { return window_; }
    const FetchPlan& plan() const { return plan_; }
    /// Puts line `line` of the raster over `out`, as far as its pixels have come.
    void blend(const LineStore& store, uint32_t line, std::span<Pixel> out);

private:
    void decode(std::span<const uint8_t> bytes, std::span<Pixel> out) const;
    void lay_over(std::span<const Pixel> row, std::span<Pixel> out) const;

    FimdWindow window_;
    FetchPlan plan_;
    uint32_t first_ = 0, lines_ = 0, width_ = 0;  // visible
    std::vector<Pixel> row_;
};

}  // namespace exysim::display
