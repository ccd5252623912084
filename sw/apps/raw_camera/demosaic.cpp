#include "apps/raw_camera/demosaic.hpp"

#include <arm_neon.h>

#include <cstring>
#include <utility>
#include <vector>

namespace apps::raw_camera {

namespace {

constexpr uint32_t kStep = 16;  // pixels at a time

/// One line with room for a mirrored pixel on each side.
class Line {
public:
    explicit Line(uint32_t width) : bytes_(width + 2 * kStep), width_{width} {}
    uint8_t* pixels() { return bytes_.data() + kStep; }
    const uint8_t* pixels() const { return bytes_.data() + kStep; }
    void mirror_edges() {
        pixels()[-1] = pixels()[1];
        pixels()[width_] = pixels()[width_ - 2];
    }

private:
    std::vector<uint8_t> bytes_;
    uint32_t width_;
};

/// The upper eight bits of RAW10: every fifth byte has the lower bits of the four before it.
void unpack(const uint8_t* from, uint32_t width, uint8_t* to) {
    constexpr uint8_t kPlaces[] = {0, 1, 2, 3, 5, 6, 7, 8};
    const uint8x8_t places = vld1_u8(kPlaces);
    uint32_t x = 0;
    for (; x + 16 <= width; x += 8, from += 10) {  // reads 16 bytes for 10
        const uint8x16_t packed = vld1q_u8(from);
        vst1_u8(to + x, vtbl2_u8({{vget_low_u8(packed), vget_high_u8(packed)}}, places));
    }
    for (; x < width; x += 4, from += 5) std::memcpy(to + x, from, 4);
}

/// Three lines of the mosaic, the middle one to be coloured.
struct Window {
    const uint8_t *above, *here, *below;
};

struct Colours {
    uint8x16_t r, g, b;
};

uint8x16_t mean4(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    const uint16x8_t low =
        vaddq_u16(vaddl_u8(vget_low_u8(a), vget_low_u8(b)), vaddl_u8(vget_low_u8(c), vget_low_u8(d)));
    const uint16x8_t high =
        vaddq_u16(vaddl_u8(vget_high_u8(a), vget_high_u8(b)), vaddl_u8(vget_high_u8(c), vget_high_u8(d)));
    return vcombine_u8(vrshrn_n_u16(low, 2), vrshrn_n_u16(high, 2));
}

/// Of pixels x to x + 15. `coloured`: the pixels of this line that are not green; those are red if
/// `red_line`.
Colours colours_at(const Window& w, uint32_t x, uint8x16_t coloured, bool red_line) {
    const auto at = [x](const uint8_t* line, int dx) { return vld1q_u8(line + x + dx); };
    const uint8x16_t here = at(w.here, 0), left = at(w.here, -1), right = at(w.here, 1), up = at(w.above, 0),
                     down = at(w.below, 0);
    const uint8x16_t cross = mean4(left, right, up, down);
    const uint8x16_t diagonal = mean4(at(w.above, -1), at(w.above, 1), at(w.below, -1), at(w.below, 1));
    const uint8x16_t own = vbslq_u8(coloured, here, vrhaddq_u8(left, right));
    const uint8x16_t other = vbslq_u8(coloured, diagonal, vrhaddq_u8(up, down));
    return {red_line ? own : other, vbslq_u8(coloured, cross, here), red_line ? other : own};
}

uint8x8_t luma(uint8x8_t r, uint8x8_t g, uint8x8_t b) {
    uint16x8_t sum = vmull_u8(r, vdup_n_u8(47));
    sum = vmlal_u8(sum, g, vdup_n_u8(157));
    sum = vmlal_u8(sum, b, vdup_n_u8(16));
    return vadd_u8(vrshrn_n_u16(sum, 8), vdup_n_u8(16));
}

void put_luma(const Colours& c, uint8_t* to) {
    vst1q_u8(to, vcombine_u8(luma(vget_low_u8(c.r), vget_low_u8(c.g), vget_low_u8(c.b)),
                             luma(vget_high_u8(c.r), vget_high_u8(c.g), vget_high_u8(c.b))));
}

/// Rounded means of two by two pixels, as signed words.
int16x8_t means(uint8x16_t upper, uint8x16_t lower) {
    return vreinterpretq_s16_u16(vrshrq_n_u16(vpadalq_u8(vpaddlq_u8(upper), lower), 2));
}

uint8x8_t chroma(const int16x8_t (&rgb)[3], int16_t r, int16_t g, int16_t b) {
    int16x8_t sum = vmulq_n_s16(rgb[0], r);
    sum = vmlaq_n_s16(sum, rgb[1], g);
    sum = vmlaq_n_s16(sum, rgb[2], b);
    return vadd_u8(vreinterpret_u8_s8(vrshrn_n_s16(sum, 8)), vdup_n_u8(128));
}

void put_chroma(const Colours& upper, const Colours& lower, uint8_t* to) {
    const int16x8_t rgb[] = {means(upper.r, lower.r), means(upper.g, lower.g), means(upper.b, lower.b)};
    vst2_u8(to, {{chroma(rgb, -26, -86, 112), chroma(rgb, 112, -102, -10)}});
}

/// Which pixels of a line are not green.
uint8x16_t coloured_mask(BayerOrder order, uint32_t y) {
    const auto bits = static_cast<uint32_t>(order);
    const bool odd_columns = (bits & 1) != ((y + (bits >> 1)) & 1);
    return vreinterpretq_u8_u16(vdupq_n_u16(odd_columns ? 0xFF00 : 0x00FF));
}
bool is_red_line(BayerOrder order, uint32_t y) {
    return ((y + (static_cast<uint32_t>(order) >> 1)) & 1) == 0;
}

/// Line `y` of the mosaic, mirrored beyond its first and last line.
void load(const Mosaic& m, int32_t y, Line& to) {
    const int32_t last = static_cast<int32_t>(m.height) - 1;
    const int32_t inside = y < 0 ? -y : y > last ? 2 * last - y : y;
    const uint8_t* from = m.bytes + m.line_bytes() * static_cast<uint32_t>(inside);
    if (m.packed10) {
        unpack(from, m.width, to.pixels());
    } else {
        std::memcpy(to.pixels(), from, m.width);
    }
    to.mirror_edges();
}

/// Lines y and y + 1, with one more on each side.
void colour_pair(const Mosaic& m, const Line (&lines)[4], uint32_t y, uint8_t* nv12) {
    const Window upper{lines[0].pixels(), lines[1].pixels(), lines[2].pixels()},
        lower{lines[1].pixels(), lines[2].pixels(), lines[3].pixels()};
    const uint8x16_t upper_mask = coloured_mask(m.order, y), lower_mask = coloured_mask(m.order, y + 1);
    uint8_t* const luma_at = nv12 + size_t{y} * m.width;
    uint8_t* const chroma_at = nv12 + size_t{m.width} * m.height + size_t{y} / 2 * m.width;
    for (uint32_t x = 0; x < m.width; x += kStep) {
        const Colours a = colours_at(upper, x, upper_mask, is_red_line(m.order, y));
        const Colours b = colours_at(lower, x, lower_mask, is_red_line(m.order, y + 1));
        put_luma(a, luma_at + x);
        put_luma(b, luma_at + m.width + x);
        put_chroma(a, b, chroma_at + x);
    }
}

}  // namespace

void demosaic_to_nv12(const Mosaic& m, uint8_t* nv12) {
    Line lines[] = {Line{m.width}, Line{m.width}, Line{m.width}, Line{m.width}};
    load(m, -1, lines[2]);
    load(m, 0, lines[3]);
    for (uint32_t y = 0; y < m.height; y += 2) {
        std::swap(lines[0], lines[2]);
        std::swap(lines[1], lines[3]);
        load(m, static_cast<int32_t>(y) + 1, lines[2]);
        load(m, static_cast<int32_t>(y) + 2, lines[3]);
        colour_pair(m, lines, y, nv12);
    }
}

}  // namespace apps::raw_camera
