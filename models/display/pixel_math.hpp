// Pixel arithmetic of the display path, stated in README.md. Plain functions on lines; no state.
#pragma once

#include <cstdint>
#include <span>

namespace exysim::display {

enum class Matrix : uint8_t { bt601, bt709 };

/// One line of a picture with three samples a pixel.
struct YcbcrLine {
    std::span<const uint8_t> y, cb, cr;  // equally long
};

struct Rgb {
    uint8_t r, g, b;
    friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// Limited-range Y'CbCr to full-range R'G'B', rounded to nearest and clamped. `rgb`: 3 bytes a pixel.
void to_rgb(const YcbcrLine& line, Matrix matrix, std::span<uint8_t> rgb);
Rgb to_rgb(uint8_t y, uint8_t cb, uint8_t cr, Matrix matrix);

}  // namespace exysim::display
