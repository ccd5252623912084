// FIMC's colour conversion between R'G'B' and Y'CbCr (CSC_709, CSCR2Y_WIDE, CSCY2R_WIDE).
#pragma once

#include <array>

#include "models/camera/row.hpp"

namespace exysim::camera {

/// The matrix and the range of Y'CbCr: full (0..255) or limited (16..235, 16..240). R'G'B' is always full.
struct Colour {
    bool bt709 = false;
    bool full_range = true;
    friend bool operator==(const Colour&, const Colour&) = default;
};

/// Three sums of products with 16 fractional bits: out = (in . weights + offset + 1/2) rounded down, clamped
/// to 0..255. Each weight is its exact value times 65536, rounded to nearest; weights of ITU-R BT.601-7 and
/// BT.709-6. Assumed: the chip's own number of bits is not documented.
class ColourMatrix {
public:
    static ColourMatrix to_ycbcr(const Colour& colour);  ///< from R, G, B
    static ColourMatrix to_rgb(const Colour& colour);    ///< from Y, Cb, Cr

    void apply(Row& row) const;

private:
    struct Sum {
        std::array<int32_t, 3> weight;
        int32_t offset;  // with the half that rounds
    };
    std::array<Sum, 3> sums_{};
};

}  // namespace exysim::camera
