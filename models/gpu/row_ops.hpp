// What the engine does to whole rows of pixels: raster operations, blending, premultiplication.
#pragma once

#include <span>
#include <vector>

#include "models/gpu/blit.hpp"

namespace exysim::gpu {

/// `source` = rop(third, source, destination), bit by bit: bit p<<2 | s<<1 | d of `rop` is the result.
/// Alpha keeps its value unless `with_alpha`.
void raster_operation(uint8_t rop, bool with_alpha, std::span<Argb> source, std::span<const Argb> third,
                      std::span<const Argb> destination);
/// Whether the result depends on the operand.
constexpr bool rop_reads_third(uint8_t rop) { return (rop >> 4 & 0xF) != (rop & 0xF); }
constexpr bool rop_reads_destination(uint8_t rop) { return (rop >> 1 & 0x55) != (rop & 0x55); }

/// The hardware's four ways to multiply two 8-bit fractions (hardware/fimg2d.md section 4), a = the factor.
/// Blend rounding 0..2 are 1..3 of these; blend rounding 3 adds both products first and rounds once.
constexpr uint32_t multiply(unsigned mode, uint32_t a, uint32_t b) {
    switch (mode) {
        case 0:
            return a * b >> 8;
        case 1:
            return (a + 1) * b >> 8;
        case 2:
            return (a + (a >> 7)) * b >> 8;
        default:
            break;
    }
    const uint32_t t = a * b + 0x80;
    return (t + (t >> 8)) >> 8;
}

/// Colour times alpha, alpha unchanged.
void premultiply(unsigned mode, std::span<Argb> row);
/// Colour over alpha, to nearest, at most 255; nothing is left where alpha is zero. [Assumed]
void unpremultiply(std::span<Argb> row);
/// Each channel times the mask's. [Assumed: the blender's multiplication]
void apply_mask(unsigned blend_rounding, std::span<Argb> row, std::span<const Argb> mask);

/// Blends rows as BLEND_FUNCTION says. Keeps its work space from row to row.
class Blender {
public:
    /// `source` becomes cs * source + cd * destination, every channel, at most 255.
    void blend(const Blend& how, uint32_t alpha_register, std::span<Argb> source,
               std::span<const Argb> destination);

private:
    std::vector<Argb> source_factor_, destination_factor_;
};

/// Version 3. [Assumed rounding] blend: (s * (a + 1) >> 8) + (d * (255 - a) >> 8); fade: (s * (a + 1) >> 8) +
/// offset. a = ALPHA[7:0], or the source pixel's; offset = ALPHA[15:8]; at most 255.
void blend_plain(const PlainAlpha& how, uint32_t alpha_register, std::span<Argb> source,
                 std::span<const Argb> destination);

}  // namespace exysim::gpu
