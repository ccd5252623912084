#include "models/camera/test_pattern.hpp"

#include <algorithm>

#include "models/camera/patterns.hpp"

namespace exysim::camera {

void test_pattern(uint32_t kind, uint32_t line, Row& row) {
    if (kind == 0) return;
    const uint32_t width = row.width();
    for (uint32_t x = 0; x < width; ++x) {
        const Ycbcr pixel = kind == 1   ? colour_bar(x * 8 / width)
                            : kind == 2 ? Ycbcr{static_cast<uint8_t>(x), 128, 128}
                                        : Ycbcr{static_cast<uint8_t>(line), 128, 128};
        row.c[0][x] = pixel.y;
        row.c[1][x] = pixel.cb;
        row.c[2][x] = pixel.cr;
    }
}

}  // namespace exysim::camera
