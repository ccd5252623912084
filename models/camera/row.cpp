#include "models/camera/row.hpp"

#include <algorithm>

namespace exysim::camera {

namespace {
/// Which of a pair's four bytes on the wire is taken for what.
struct Taken {
    uint8_t y[2], cb, cr;
};
constexpr Taken kTaken[] = {{{0, 2}, 1, 3}, {{0, 2}, 3, 1}, {{1, 3}, 0, 2}, {{1, 3}, 2, 0}};

void reordered(const Line422& line, uint32_t left, const Taken& taken, Row& to) {
    for (uint32_t x = 0; x < to.width(); ++x) {
        const uint32_t at = left + x, pair = at / 2;
        const uint8_t wire[] = {line.y[2 * pair], line.cb[pair], line.y[2 * pair + 1], line.cr[pair]};
        to.c[0][x] = wire[taken.y[at % 2]];
        to.c[1][x] = wire[taken.cb];
        to.c[2][x] = wire[taken.cr];
    }
}
}  // namespace

void from_422(const Line422& line, uint32_t left, uint32_t width, Row& to, uint32_t order) {
    to.resize(width);
    if (order != 0) return reordered(line, left, kTaken[order & 3], to);
    std::copy_n(line.y.begin() + left, width, to.c[0].begin());
    const uint32_t share = line.cb.size() == line.y.size() ? 1 : 2;
    for (uint32_t x = 0; x < width; ++x) {
        to.c[1][x] = line.cb[(left + x) / share];
        to.c[2][x] = line.cr[(left + x) / share];
    }
}

}  // namespace exysim::camera
