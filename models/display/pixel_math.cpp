#include "models/display/pixel_math.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/base/wide.hpp"

namespace exysim::display {

namespace {

constexpr int kFraction = 20;  // bits; sums stay below 2^30

/// What each sample contributes to each colour, in 1 / 2^kFraction; `bias` carries the offsets and the
/// rounding half.
struct Coefficients {
    int32_t y, cr_r, cb_g, cr_g, cb_b;
    int32_t bias_r, bias_g, bias_b;
};

/// Luma weights of red and blue; everything else follows from them (ITU-R BT.601-7 2.5, BT.709-6 3 and 4).
struct Weights {
    double red, blue;
};
constexpr Weights kWeights[] = {{0.299, 0.114}, {0.2126, 0.0722}};  // in the order of Matrix

int32_t fixed(double value) { return static_cast<int32_t>(std::lround(value * (1 << kFraction))); }

Coefficients make(Weights w) {
    const double green = 1 - w.red - w.blue;
    const double luma = 255 / 219.0, chroma = 255 / 224.0;
    const double cr_r = 2 * (1 - w.red) * chroma, cb_b = 2 * (1 - w.blue) * chroma;
    const double cb_g = -cb_b * w.blue / green, cr_g = -cr_r * w.red / green;
    const double black = 0.5 - 16 * luma;
    return {fixed(luma),
            fixed(cr_r),
            fixed(cb_g),
            fixed(cr_g),
            fixed(cb_b),
            fixed(black - 128 * cr_r),
            fixed(black - 128 * (cb_g + cr_g)),
            fixed(black - 128 * cb_b)};
}

const Coefficients& coefficients(Matrix matrix) {
    static const Coefficients kAll[] = {make(kWeights[0]), make(kWeights[1])};
    return kAll[static_cast<size_t>(matrix)];
}

inline uint32_t level(int32_t value) {
    return static_cast<uint32_t>(std::min(std::max(value >> kFraction, 0), 255));
}

EXYSIM_WIDE void convert(const Coefficients& c, const uint8_t* y, const uint8_t* cb, const uint8_t* cr,
                         Pixel* out, size_t n) {
    const Coefficients k = c;
    for (size_t i = 0; i < n; ++i) {
        const int32_t luma = y[i] * k.y, blue = cb[i], red = cr[i];
        const uint32_t r = level(luma + red * k.cr_r + k.bias_r);
        const uint32_t g = level(luma + blue * k.cb_g + red * k.cr_g + k.bias_g);
        const uint32_t b = level(luma + blue * k.cb_b + k.bias_b);
        out[i] = 0xFF00'0000 | r << 16 | g << 8 | b;
    }
}

uint8_t clamped(int32_t value) { return static_cast<uint8_t>(std::clamp(value, 0, 255)); }

uint8_t weighted(const int32_t (&k)[3], Pixel p, int32_t offset) {
    constexpr int32_t kHalf = 256;  // coefficients are in 1 / 512
    const auto r = static_cast<int32_t>(p >> 16 & 255), g = static_cast<int32_t>(p >> 8 & 255),
               b = static_cast<int32_t>(p & 255);
    return clamped(((k[0] * r + k[1] * g + k[2] * b + kHalf) >> 9) + offset);
}

/// Full range to limited and back, for each level.
std::array<uint8_t, 256> limited_round_trip() {
    std::array<uint8_t, 256> table{};
    for (int v = 0; v < 256; ++v) {
        const long sent = std::lround(16 + v * 219 / 255.0);
        table[static_cast<size_t>(v)] =
            static_cast<uint8_t>(std::lround(static_cast<double>(sent - 16) * 255 / 219));
    }
    return table;
}

}  // namespace

void to_pixels(const YcbcrLine& line, Matrix matrix, std::span<Pixel> out) {
    convert(coefficients(matrix), line.y.data(), line.cb.data(), line.cr.data(), out.data(),
            std::min(line.y.size(), out.size()));
}

Rgb to_rgb(uint8_t y, uint8_t cb, uint8_t cr, Matrix matrix) {
    Pixel p = 0;
    convert(coefficients(matrix), &y, &cb, &cr, &p, 1);
    return {static_cast<uint8_t>(p >> 16), static_cast<uint8_t>(p >> 8), static_cast<uint8_t>(p)};
}

void to_rgb(const YcbcrLine& line, Matrix matrix, std::span<uint8_t> rgb) {
    constexpr size_t kPiece = 256;
    std::array<Pixel, kPiece> pixels;
    for (size_t at = 0; at < line.y.size(); at += kPiece) {
        const size_t n = std::min(kPiece, line.y.size() - at);
        const std::span piece{pixels.data(), n};
        to_pixels({line.y.subspan(at, n), line.cb.subspan(at, n), line.cr.subspan(at, n)}, matrix, piece);
        pack_rgb(piece, rgb.data() + 3 * at);
    }
}

void through_ycbcr(const RgbToYcbcr& forth, Matrix back, std::span<Pixel> row) {
    for (Pixel& p : row) {
        const Rgb shown = to_rgb(weighted(forth.y, p, forth.luma_offset), weighted(forth.cb, p, 128),
                                 weighted(forth.cr, p, 128), back);
        p = make_pixel(255, shown.r, shown.g, shown.b);
    }
}

void through_limited_range(std::span<Pixel> row) {
    static const std::array<uint8_t, 256> kShown = limited_round_trip();
    for (Pixel& p : row) p = make_pixel(255, kShown[p >> 16 & 255], kShown[p >> 8 & 255], kShown[p & 255]);
}

}  // namespace exysim::display
