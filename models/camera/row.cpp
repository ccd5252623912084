#include "models/camera/row.hpp"

#include <algorithm>

namespace exysim::camera {

void from_422(const Line422& line, uint32_t left, uint32_t width, Row& to) {
    to.resize(width);
    std::copy_n(line.y.begin() + left, width, to.c[0].begin());
    for (uint32_t x = 0; x < width; ++x) {
        to.c[1][x] = line.cb[(left + x) / 2];
        to.c[2][x] = line.cr[(left + x) / 2];
    }
}

}  // namespace exysim::camera
