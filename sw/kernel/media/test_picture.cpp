#include "media/test_picture.hpp"

#include "core/string.hpp"

namespace kernel {

namespace {

struct Colour {
    uint8_t y, cb, cr, r, g, b;
};
// 75 % bars: BT.601 Y'CbCr of ITU-R BT.471, R'G'B' of the same levels.
constexpr Colour kBars[] = {
    {180, 128, 128, 191, 191, 191}, {162, 44, 142, 191, 191, 0}, {131, 156, 44, 0, 191, 191},
    {112, 72, 58, 0, 191, 0},       {84, 184, 198, 191, 0, 191}, {65, 100, 212, 191, 0, 0},
    {35, 212, 114, 0, 0, 191},      {16, 128, 128, 0, 0, 0},
};
constexpr uint32_t kBarCount = 8;

uint8_t clamped(int32_t v) { return static_cast<uint8_t>(v < 0 ? 0 : v > 255 ? 255 : v); }

/// What is at column `x`.
Colour colour_at(const Canvas& c, TestPicture picture, uint32_t x, uint32_t phase, int32_t brightness) {
    const auto grey = static_cast<uint8_t>(x * 255 / c.width);
    Colour k = picture == TestPicture::bars ? kBars[(x * kBarCount / c.width + phase) % kBarCount]
                                            : Colour{grey, 128, 128, grey, grey, grey};
    for (uint8_t* sample : {&k.y, &k.r, &k.g, &k.b}) *sample = clamped(*sample + brightness);
    return k;
}

void put_rgb(const PixelFormat& f, uint8_t* to, const Colour& k) {
    if (f.luma_bytes == 4) {
        const uint8_t bytes[] = {k.b, k.g, k.r, 0xFF};
        memcpy(to, bytes, sizeof bytes);
        return;
    }
    const auto packed = static_cast<uint16_t>(k.r >> 3 << 11 | k.g >> 2 << 5 | k.b >> 3);
    memcpy(to, &packed, sizeof packed);
}

/// One line of a plane; all lines are alike.
void draw_line(const Canvas& c, uint32_t plane, TestPicture picture, uint32_t phase, int32_t brightness) {
    const PixelFormat& f = *c.format;
    uint8_t* line = c.planes[plane];
    const uint32_t step = plane ? 1U << f.chroma_h_shift : 1;
    for (uint32_t x = 0; x < c.width; x += step) {
        const Colour k = colour_at(c, picture, x, phase, brightness);
        const uint8_t first = f.swapped_chroma ? k.cr : k.cb, second = f.swapped_chroma ? k.cb : k.cr;
        if (f.rgb) {
            put_rgb(f, line + x * f.luma_bytes, k);
        } else if (f.chroma_planes == 0) {
            line[2 * x] = k.y;
            line[2 * x + 1] = x % 2 ? k.cr : k.cb;
        } else if (plane == 0) {
            line[x] = k.y;
        } else if (f.chroma_planes == 1) {
            line[x] = first;
            line[x + 1] = second;
        } else {
            line[x / step] = plane == 1 ? first : second;
        }
    }
}

}  // namespace

void draw(const Canvas& c, TestPicture picture, uint32_t phase, int32_t brightness) {
    for (uint32_t plane = 0; plane < c.plane_count(); ++plane) {
        draw_line(c, plane, picture, phase, brightness);
        const uint32_t pitch = c.format->pitch(c.width, plane);
        for (uint32_t y = 1; y < c.lines(plane); ++y)
            memcpy(c.planes[plane] + y * pitch, c.planes[plane], pitch);
    }
}

void copy(const Canvas& to, const Canvas& from) {
    for (uint32_t plane = 0; plane < to.plane_count(); ++plane)
        memcpy(to.planes[plane], from.planes[plane], to.format->pitch(to.width, plane) * to.lines(plane));
}

}  // namespace kernel
