// Pixels of RGB layers: from memory formats to one form, blended line by line. Plain functions on lines; no
// state. The arithmetic is stated in README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace exysim::display {

/// A pixel on its way to the screen: alpha in bits 31:24, then red, green, blue.
using Pixel = uint32_t;

constexpr Pixel make_pixel(uint32_t a, uint32_t r, uint32_t g, uint32_t b) {
    return a << 24 | r << 16 | g << 8 | b;
}

/// x / 255, rounded to nearest, for x up to 65535.
constexpr uint32_t over_255(uint32_t x) { return (x + 128) * 257 >> 16; }

/// n bits to 8: the value's bits are repeated, so that zero stays zero and all ones become 255. n is 4 to 8.
constexpr uint32_t widen(uint32_t value, unsigned bits) {
    return value << (8 - bits) | value >> (2 * bits - 8);
}

/// Formats of the mixer's graphics layers, by their code in GRAPHICn_CFG (hardware/mixer.md, section 2).
/// Words are little-endian, alpha in the top bits, then red, green, blue.
enum class GraphicFormat : uint8_t { rgb565 = 4, argb1555 = 5, argb4444 = 6, argb8888 = 7 };

constexpr bool is_graphic_format(uint32_t code) { return code >= 4 && code <= 7; }
constexpr uint32_t bytes_per_pixel(GraphicFormat f) { return f == GraphicFormat::argb8888 ? 4 : 2; }

struct Decode {
    GraphicFormat format = GraphicFormat::argb8888;
    bool pixel_alpha = false;     ///< else every pixel is opaque
    std::optional<uint32_t> key;  ///< raw pixels of this value are left out: they become zero
};

/// `bytes` holds at least as many pixels as `out`.
void decode_row(const Decode& how, std::span<const uint8_t> bytes, std::span<Pixel> out);
/// Each pixel twice; `out` may be cut short.
void double_row(std::span<const Pixel> row, std::span<Pixel> out);

struct Blend {
    uint8_t alpha = 255;         ///< of the whole layer
    bool premultiplied = false;  ///< colours have been multiplied by the pixel's alpha already
};

/// `above` over `below`, in place. With a = a_pixel * alpha / 255, rounded to nearest: straight pixels give
/// (s * a + d * (255 - a)) / 255, premultiplied ones (s * alpha + d * (255 - a)) / 255, at most 255, rounded
/// to nearest. Alpha of `below` is kept.
void blend_row(std::span<const Pixel> above, const Blend& how, std::span<Pixel> below);

/// To three bytes a pixel: R G B.
void pack_rgb(std::span<const Pixel> row, uint8_t* rgb);

}  // namespace exysim::display
