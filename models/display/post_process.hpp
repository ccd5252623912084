// The video processor's post-processing: contrast curve, brightness, saturation, sharpness and a matrix of
// its own. No source says more than the registers' names and widths (hardware/mixer.md, section 6); the units
// below are Assumed and stated in README.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace exysim::display {

struct PostProcess {
    /// One piece of the luma curve, for 32 levels each: y * slope / 128 + intercept.
    struct Piece {
        int32_t slope = 128, intercept = 0;
    };
    bool on = false;
    std::array<Piece, 8> curve{};
    int32_t brightness = 0;    ///< added to luma
    int32_t saturation = 128;  ///< chroma's distance from 128, in 1 / 128
    int32_t sharpness = 0;     ///< 0 to 3: eighths of the difference to both neighbours
    int32_t threshold = 0;     ///< smaller differences are noise
    bool matrix_on = false;
    bool from_black = false;          ///< the matrix sees luma less 16
    std::array<int32_t, 9> matrix{};  ///< rows Y, Cb, Cr of columns Y, Cb, Cr, in 1 / 1024

    /// Sharpens, then bends luma and saturates chroma, then applies the matrix; each step rounds to nearest
    /// and clamps to 0..255.
    void apply(std::span<uint8_t> y, std::span<uint8_t> cb, std::span<uint8_t> cr) const;
};

}  // namespace exysim::display
