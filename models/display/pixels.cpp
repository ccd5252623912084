#include "models/display/pixels.hpp"

#include <algorithm>
#include <cstring>

#include "models/base/wide.hpp"

namespace exysim::display {

namespace {

uint32_t load16(const uint8_t* at) {
    uint16_t v;
    std::memcpy(&v, at, sizeof v);
    return v;
}
uint32_t load32(const uint8_t* at) {
    uint32_t v;
    std::memcpy(&v, at, sizeof v);
    return v;
}

constexpr Pixel from_565(uint32_t v) {
    return make_pixel(255, widen(v >> 11 & 31, 5), widen(v >> 5 & 63, 6), widen(v & 31, 5));
}
constexpr Pixel from_1555(uint32_t v) {
    return make_pixel((v >> 15) * 255, widen(v >> 10 & 31, 5), widen(v >> 5 & 31, 5), widen(v & 31, 5));
}
constexpr Pixel from_4444(uint32_t v) {
    return make_pixel((v >> 12 & 15) * 17, (v >> 8 & 15) * 17, (v >> 4 & 15) * 17, (v & 15) * 17);
}

constexpr Pixel kOpaque = 0xFF00'0000;

// Separate loops, so that each is simple enough to become vector code.
EXYSIM_WIDE void decode_565(const uint8_t* from, Pixel* out, size_t n, Pixel opaque) {
    for (size_t i = 0; i < n; ++i) out[i] = from_565(load16(from + 2 * i)) | opaque;
}
EXYSIM_WIDE void decode_1555(const uint8_t* from, Pixel* out, size_t n, Pixel opaque) {
    for (size_t i = 0; i < n; ++i) out[i] = from_1555(load16(from + 2 * i)) | opaque;
}
EXYSIM_WIDE void decode_4444(const uint8_t* from, Pixel* out, size_t n, Pixel opaque) {
    for (size_t i = 0; i < n; ++i) out[i] = from_4444(load16(from + 2 * i)) | opaque;
}
EXYSIM_WIDE void decode_8888(const uint8_t* from, Pixel* out, size_t n, Pixel opaque) {
    for (size_t i = 0; i < n; ++i) out[i] = load32(from + 4 * i) | opaque;
}

EXYSIM_WIDE void key_out16(const uint8_t* from, Pixel* out, size_t n, uint32_t key) {
    for (size_t i = 0; i < n; ++i) out[i] = load16(from + 2 * i) == key ? 0 : out[i];
}
EXYSIM_WIDE void key_out32(const uint8_t* from, Pixel* out, size_t n, uint32_t key) {
    for (size_t i = 0; i < n; ++i) out[i] = load32(from + 4 * i) == key ? 0 : out[i];
}

constexpr uint32_t kAlmostOne = 255 * 255;

EXYSIM_WIDE void blend_straight(const Pixel* above, Pixel* below, size_t n, uint32_t alpha) {
    for (size_t i = 0; i < n; ++i) {
        const uint32_t s = above[i], d = below[i];
        const uint32_t a = over_255((s >> 24) * alpha), rest = 255 - a;
        const uint32_t r = over_255((s >> 16 & 255) * a + (d >> 16 & 255) * rest);
        const uint32_t g = over_255((s >> 8 & 255) * a + (d >> 8 & 255) * rest);
        const uint32_t b = over_255((s & 255) * a + (d & 255) * rest);
        below[i] = (d & kOpaque) | r << 16 | g << 8 | b;
    }
}

EXYSIM_WIDE void blend_premultiplied(const Pixel* above, Pixel* below, size_t n, uint32_t alpha) {
    for (size_t i = 0; i < n; ++i) {
        const uint32_t s = above[i], d = below[i];
        const uint32_t rest = 255 - over_255((s >> 24) * alpha);
        const uint32_t r = over_255(std::min((s >> 16 & 255) * alpha + (d >> 16 & 255) * rest, kAlmostOne));
        const uint32_t g = over_255(std::min((s >> 8 & 255) * alpha + (d >> 8 & 255) * rest, kAlmostOne));
        const uint32_t b = over_255(std::min((s & 255) * alpha + (d & 255) * rest, kAlmostOne));
        below[i] = (d & kOpaque) | r << 16 | g << 8 | b;
    }
}

EXYSIM_WIDE void three_bytes(const Pixel* row, uint8_t* rgb, size_t n) {
    for (size_t i = 0; i < n; ++i) {
        rgb[3 * i] = static_cast<uint8_t>(row[i] >> 16);
        rgb[3 * i + 1] = static_cast<uint8_t>(row[i] >> 8);
        rgb[3 * i + 2] = static_cast<uint8_t>(row[i]);
    }
}

}  // namespace

void decode_row(const Decode& how, std::span<const uint8_t> bytes, std::span<Pixel> out) {
    using Loop = void (*)(const uint8_t*, Pixel*, size_t, Pixel);
    constexpr Loop kLoops[] = {decode_565, decode_1555, decode_4444, decode_8888};  // from format 4 on
    const auto code = static_cast<size_t>(how.format);
    kLoops[code - 4](bytes.data(), out.data(), out.size(), how.pixel_alpha ? 0 : kOpaque);
    if (!how.key) return;
    const auto key_out = bytes_per_pixel(how.format) == 4 ? key_out32 : key_out16;
    key_out(bytes.data(), out.data(), out.size(), *how.key);
}

void double_row(std::span<const Pixel> row, std::span<Pixel> out) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = row[i / 2];
}

void blend_row(std::span<const Pixel> above, const Blend& how, std::span<Pixel> below) {
    const auto blend = how.premultiplied ? blend_premultiplied : blend_straight;
    blend(above.data(), below.data(), std::min(above.size(), below.size()), how.alpha);
}

void pack_rgb(std::span<const Pixel> row, uint8_t* rgb) { three_bytes(row.data(), rgb, row.size()); }

}  // namespace exysim::display
