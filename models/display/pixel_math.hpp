// Pixel arithmetic of the display path, stated in README.md. Plain functions on lines; no state.
#pragma once

#include <cstdint>
#include <span>

#include "models/display/pixels.hpp"

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
/// The same to opaque pixels. Coefficients are rounded to 2^-20, so that a value within 0.001 of a half may
/// go either way.
void to_pixels(const YcbcrLine& line, Matrix matrix, std::span<Pixel> out);

/// The mixer's way from full-range RGB to Y'CbCr: three rows of coefficients in 1 / 512, as CM_COEFF_* hold
/// them; `luma_offset` is 16 or 0.
struct RgbToYcbcr {
    int32_t y[3], cb[3], cr[3];  // of red, green, blue
    int32_t luma_offset;
};
/// What a screen shows of pixels that were sent as YUV444: to Y'CbCr, rounded to nearest, and back.
void through_ycbcr(const RgbToYcbcr& forth, Matrix back, std::span<Pixel> row);
/// What a screen shows of pixels that were sent as limited-range RGB (16 to 235), rounded to nearest both
/// ways.
void through_limited_range(std::span<Pixel> row);

}  // namespace exysim::display
