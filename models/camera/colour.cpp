#include "models/camera/colour.hpp"

#include <algorithm>
#include <cmath>

namespace exysim::camera {

namespace {

constexpr int kFraction = 16;
constexpr double kOne = 1 << kFraction;

int32_t fixed(double value) { return static_cast<int32_t>(std::lround(value * kOne)); }

/// Weights of red, green and blue in luma.
struct Luma {
    double r, g, b;
};
Luma luma_of(const Colour& colour) {
    return colour.bt709 ? Luma{0.2126, 0.7152, 0.0722} : Luma{0.299, 0.587, 0.114};
}

/// What a full swing of 255 becomes, and where black is.
struct Range {
    double luma, chroma;
    int32_t black;
};
Range range_of(const Colour& colour) {
    return colour.full_range ? Range{1, 1, 0} : Range{219.0 / 255, 224.0 / 255, 16};
}

constexpr int32_t kHalf = 1 << (kFraction - 1);
constexpr int32_t kNeutral = 128;

uint8_t clamped(int32_t sum) { return static_cast<uint8_t>(std::clamp(sum >> kFraction, 0, 255)); }

}  // namespace

ColourMatrix ColourMatrix::to_ycbcr(const Colour& colour) {
    const Luma k = luma_of(colour);
    const Range range = range_of(colour);
    const double cb = range.chroma / (2 * (1 - k.b)), cr = range.chroma / (2 * (1 - k.r));
    ColourMatrix m;
    m.sums_[0] = {{fixed(k.r * range.luma), fixed(k.g * range.luma), fixed(k.b * range.luma)},
                  (range.black << kFraction) + kHalf};
    m.sums_[1] = {{fixed(-k.r * cb), fixed(-k.g * cb), fixed((1 - k.b) * cb)},
                  (kNeutral << kFraction) + kHalf};
    m.sums_[2] = {{fixed((1 - k.r) * cr), fixed(-k.g * cr), fixed(-k.b * cr)},
                  (kNeutral << kFraction) + kHalf};
    return m;
}

ColourMatrix ColourMatrix::to_rgb(const Colour& colour) {
    const Luma k = luma_of(colour);
    const Range range = range_of(colour);
    const int32_t y = fixed(1 / range.luma);
    const int32_t r_cr = fixed(2 * (1 - k.r) / range.chroma), b_cb = fixed(2 * (1 - k.b) / range.chroma);
    const int32_t g_cb = fixed(-2 * k.b * (1 - k.b) / k.g / range.chroma);
    const int32_t g_cr = fixed(-2 * k.r * (1 - k.r) / k.g / range.chroma);
    const int32_t black = -y * range.black + kHalf;
    ColourMatrix m;
    m.sums_[0] = {{y, 0, r_cr}, black - kNeutral * r_cr};
    m.sums_[1] = {{y, g_cb, g_cr}, black - kNeutral * (g_cb + g_cr)};
    m.sums_[2] = {{y, b_cb, 0}, black - kNeutral * b_cb};
    return m;
}

void ColourMatrix::apply(Row& row) const {
    uint8_t *const p0 = row.c[0].data(), *const p1 = row.c[1].data(), *const p2 = row.c[2].data();
    const uint32_t width = row.width();
    const auto sums = sums_;  // a copy, so that the compiler sees it does not change
    const auto one = [](const Sum& s, int32_t a, int32_t b, int32_t c) {
        return clamped(s.weight[0] * a + s.weight[1] * b + s.weight[2] * c + s.offset);
    };
    for (uint32_t x = 0; x < width; ++x) {
        const int32_t a = p0[x], b = p1[x], c = p2[x];
        p0[x] = one(sums[0], a, b, c);
        p1[x] = one(sums[1], a, b, c);
        p2[x] = one(sums[2], a, b, c);
    }
}

}  // namespace exysim::camera
