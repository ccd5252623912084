#include "tests/system/pipeline/expected_picture.hpp"

#include <algorithm>
#include <cmath>

namespace exysim::test {

namespace {

/// Luma weights of red and blue; green's is the rest.
struct Weights {
    double red;
    double blue;
    double green() const { return 1.0 - red - blue; }
};
constexpr Weights kBt601{0.299, 0.114};
constexpr Weights kBt709{0.2126, 0.0722};

/// Chroma of the 4:2:0 picture in memory at (column, line) of the half-size plane.
double captured_chroma(const YcbcrFrame& f, const std::vector<uint8_t>& plane, uint32_t column,
                       uint32_t line) {
    const size_t pitch = f.width / 2;
    if (f.chroma_420) return plane[line * pitch + column];  // repeated, then averaged with itself
    const int upper = plane[2 * line * pitch + column];
    const int lower = plane[(2 * line + 1) * pitch + column];
    return (upper + lower + 1) >> 1;
}

uint8_t level(double v) { return static_cast<uint8_t>(std::lround(std::clamp(v, 0.0, 255.0))); }

void convert(double y, double cb, double cr, const Weights& w, uint8_t* rgb) {
    const double luma = (y - 16.0) * 255.0 / 219.0;
    const double pb = (cb - 128.0) * 255.0 / 224.0;
    const double pr = (cr - 128.0) * 255.0 / 224.0;
    const double red = luma + 2.0 * (1.0 - w.red) * pr;
    const double blue = luma + 2.0 * (1.0 - w.blue) * pb;
    const double green = (luma - w.red * red - w.blue * blue) / w.green();
    rgb[0] = level(red);
    rgb[1] = level(green);
    rgb[2] = level(blue);
}

}  // namespace

RgbImage expected_picture(const YcbcrFrame& frame) {
    const Weights& weights = frame.width >= 1280 ? kBt709 : kBt601;
    RgbImage picture{frame.width, frame.height, std::vector<uint8_t>(size_t{frame.width} * frame.height * 3)};
    for (uint32_t line = 0; line < frame.height; ++line) {
        for (uint32_t column = 0; column < frame.width; ++column) {
            const size_t at = size_t{line} * frame.width + column;
            convert(frame.y[at], captured_chroma(frame, frame.cb, column / 2, line / 2),
                    captured_chroma(frame, frame.cr, column / 2, line / 2), weights, &picture.rgb[at * 3]);
        }
    }
    return picture;
}

}  // namespace exysim::test
