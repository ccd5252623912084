#include "models/display/pixel_math.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace exysim::display {

namespace {

constexpr int kFraction = 20;  // bits: three rounded table entries err by less than 2e-6 together

/// Contributions of each sample value to each colour, in 1 / 2^kFraction; y carries the rounding half.
struct Tables {
    std::array<int32_t, 256> y, cr_r, cb_g, cr_g, cb_b;
};

/// Luma weights of red and blue; everything else follows from them (ITU-R BT.601-7 2.5, BT.709-6 3 and 4).
struct Weights {
    double red, blue;
};
constexpr Weights kWeights[] = {{0.299, 0.114}, {0.2126, 0.0722}};  // in the order of Matrix

Tables make(Weights w) {
    const double green = 1 - w.red - w.blue;
    const auto fixed = [](double value) {
        return static_cast<int32_t>(std::lround(value * (1 << kFraction)));
    };
    Tables t{};
    for (int v = 0; v < 256; ++v) {
        const auto at = static_cast<size_t>(v);
        const double luma = (v - 16) / 219.0 * 255;
        const double chroma = (v - 128) / 224.0 * 255;
        t.y[at] = fixed(luma + 0.5);
        t.cr_r[at] = fixed(2 * (1 - w.red) * chroma);
        t.cb_b[at] = fixed(2 * (1 - w.blue) * chroma);
        t.cr_g[at] = fixed(-2 * (1 - w.red) * w.red / green * chroma);
        t.cb_g[at] = fixed(-2 * (1 - w.blue) * w.blue / green * chroma);
    }
    return t;
}

const Tables& tables(Matrix matrix) {
    static const Tables kTables[] = {make(kWeights[0]), make(kWeights[1])};
    return kTables[static_cast<size_t>(matrix)];
}

uint8_t clamp(int32_t fixed) { return static_cast<uint8_t>(std::clamp(fixed >> kFraction, 0, 255)); }

Rgb convert(const Tables& t, uint8_t y, uint8_t cb, uint8_t cr) {
    const int32_t luma = t.y[y];
    return {clamp(luma + t.cr_r[cr]), clamp(luma + t.cb_g[cb] + t.cr_g[cr]), clamp(luma + t.cb_b[cb])};
}

}  // namespace

void to_rgb(const YcbcrLine& line, Matrix matrix, std::span<uint8_t> rgb) {
    const Tables& t = tables(matrix);
    uint8_t* out = rgb.data();
    for (size_t x = 0; x < line.y.size(); ++x, out += 3) {
        const Rgb pixel = convert(t, line.y[x], line.cb[x], line.cr[x]);
        out[0] = pixel.r;
        out[1] = pixel.g;
        out[2] = pixel.b;
    }
}

Rgb to_rgb(uint8_t y, uint8_t cb, uint8_t cr, Matrix matrix) { return convert(tables(matrix), y, cb, cr); }

}  // namespace exysim::display
