// Every Y'CbCr value against the formulas of ITU-R BT.601-7 (2.5) and BT.709-6 (3, 4) in double precision.
#include "models/display/pixel_math.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace exysim::display;

namespace {

struct Exact {
    double r, g, b;
};

/// Solved from the definitions: Y' = Kr R' + Kg G' + Kb B', Cb = (B' - Y') / (2 - 2 Kb), Cr = (R' - Y') / (2
/// - 2 Kr).
Exact exact(int y, int cb, int cr, double kr, double kb) {
    const double luma = (y - 16) / 219.0, blue_difference = (cb - 128) / 224.0,
                 red_difference = (cr - 128) / 224.0;
    const double r = luma + 2 * (1 - kr) * red_difference, b = luma + 2 * (1 - kb) * blue_difference;
    const double g = (luma - kr * r - kb * b) / (1 - kr - kb);
    return {255 * r, 255 * g, 255 * b};
}

/// Rounded to nearest and clamped; at a half either neighbour is good.
bool nearest(uint8_t level, double wanted) {
    const double clamped = std::clamp(wanted, 0.0, 255.0);
    return std::abs(level - clamped) <= 0.5 + 1e-3;
}

uint64_t mismatches(Matrix matrix, double kr, double kb) {
    uint64_t wrong = 0;
    for (int y = 0; y < 256; ++y) {
        for (int cb = 0; cb < 256; ++cb) {
            for (int cr = 0; cr < 256; ++cr) {
                const Rgb got = to_rgb(static_cast<uint8_t>(y), static_cast<uint8_t>(cb),
                                       static_cast<uint8_t>(cr), matrix);
                const Exact want = exact(y, cb, cr, kr, kb);
                wrong += !nearest(got.r, want.r) || !nearest(got.g, want.g) || !nearest(got.b, want.b);
            }
        }
    }
    return wrong;
}

}  // namespace

TEST_CASE("pixel math: BT.601 for every value", "[display]") {
    CHECK(mismatches(Matrix::bt601, 0.299, 0.114) == 0);
}

TEST_CASE("pixel math: BT.709 for every value", "[display]") {
    CHECK(mismatches(Matrix::bt709, 0.2126, 0.0722) == 0);
}

TEST_CASE("pixel math: a line is its pixels", "[display]") {
    const std::vector<uint8_t> y{16, 235, 81}, cb{128, 128, 90}, cr{128, 128, 240};
    std::vector<uint8_t> rgb(9);
    to_rgb({y, cb, cr}, Matrix::bt601, rgb);
    CHECK(rgb == std::vector<uint8_t>{0, 0, 0, 255, 255, 255, 254, 0, 0});
}
