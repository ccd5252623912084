// Pixels in memory and the 32-bit A-R-G-B words the engine computes with.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "models/gpu/g2d_registers.hpp"

namespace exysim::gpu {

/// 8 bits of alpha, red, green, blue, alpha on top.
using Argb = uint32_t;

constexpr uint32_t channel(Argb pixel, unsigned index) { return pixel >> (8 * index) & 0xFF; }

enum class PixelKind : uint8_t {
    rgb8888,
    rgb565,
    rgb1555,
    rgb4444,
    rgb888,
    ycbcr444,
    ycbcr422,
    ycbcr420,
    a8,
    l8,
    a1,  ///< masks only: a bit of alpha, the first in the highest [Assumed]
    a4   ///< masks only: four bits of alpha, the first in the higher half [Assumed]
};

/// What a COLOR_MODE register says (hardware/fimg2d.md section 3).
struct PixelFormat {
    PixelKind kind = PixelKind::rgb8888;
    bool alpha = false;       ///< ARGB rather than XRGB
    uint8_t order = 0;        ///< 0 ARGB, 1 RGBA, 2 ABGR, 3 BGRA, from the top of the little-endian word
    bool two_planes = false;  ///< chroma in a plane of its own
    uint8_t ycbcr_order = 0;
    bool bt709 = false;
    bool wide = false;  ///< luma and chroma use 0..255

    bool ycbcr() const {
        return kind == PixelKind::ycbcr444 || kind == PixelKind::ycbcr422 || kind == PixelKind::ycbcr420;
    }
    /// Bits of a pixel in the only plane, or of luma.
    uint32_t bits() const;
    /// Pixels [x, x + n) take these bytes of a row: of the only plane, or of luma. Whole granules.
    uint32_t bytes(uint32_t pixels) const { return pixels * bits() / 8; }
    /// A row is read from and to a multiple of so many pixels: those that share chroma, or a byte.
    uint32_t granule() const { return paired() || kind == PixelKind::a4 ? 2 : kind == PixelKind::a1 ? 8 : 1; }
    /// Chroma comes in pairs of pixels.
    bool paired() const { return kind == PixelKind::ycbcr422 || kind == PixelKind::ycbcr420; }
};

/// Nothing for reserved codes and for plane counts that the format does not have.
std::optional<PixelFormat> decode_format(uint32_t color_mode, Version version);
/// What 4.1's MASK_MODE says in [2:0] and [5:4]: 1, 4 and 8 bits of alpha, 565, 1555, 4444, 8888; 7, the
/// fonts of Windows CE, have 4 bits. Source: Samsung's 3.0 fimg2d4x_regs.h.
PixelFormat decode_mask_format(uint32_t mask_mode);

/// Bytes of one row as they lie in memory; `chroma` only with two planes, 2 bytes a pixel pair (4:2:0, 4:2:2)
/// or a pixel (4:4:4).
struct RowBytes {
    std::span<uint8_t> plane1;
    std::span<uint8_t> chroma;
};

/// Turns a row of `pixels.size()` pixels into words and back. Paired formats start at an even pixel.
///   a8_rgb  colour of a format that holds alpha only
/// A missing alpha reads as 255; unused bits are written as ones. [Assumed]
void unpack(const PixelFormat& format, uint32_t a8_rgb, const RowBytes& row, std::span<Argb> pixels);
void pack(const PixelFormat& format, std::span<const Argb> pixels, const RowBytes& row);

/// A colour register, which is written in the destination's format (A-R-G-B for formats that are not RGB).
Argb unpack_colour(const PixelFormat& format, uint32_t value);

}  // namespace exysim::gpu
