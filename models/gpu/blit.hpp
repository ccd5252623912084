// One blit as its registers state it, decoded: plain numbers for the blitter.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "models/base/address.hpp"
#include "models/gpu/pixel_format.hpp"

namespace exysim::gpu {

/// [left, right) by [top, bottom), pixels.
struct Rect {
    int32_t left = 0, top = 0, right = 0, bottom = 0;
    int32_t width() const { return right - left; }
    int32_t height() const { return bottom - top; }
    bool empty() const { return width() <= 0 || height() <= 0; }
};

/// A picture in memory and the part of it that a blit uses.
struct Image {
    Iova base;    ///< of pixel (0, 0)
    Iova plane2;  ///< chroma
    int32_t stride = 0;
    PixelFormat format;
    Rect rect;
    uint32_t a8_rgb = 0;
    bool negative_x = false, negative_y = false;
};

enum class Select : uint8_t { memory, foreground, background };
enum class Filter : uint8_t { none, nearest, bilinear, bilinear_past_edge };
enum class Repeat : uint8_t { repeat, pad, reflect, clamp, none, run_on };
enum class Transparency : uint8_t { opaque, transparent, blue_screen };
enum class Third : uint8_t { pattern, foreground, background };
enum class MaskUse : uint8_t { none, rop, alpha };
/// What 4.1 multiplies the source with: all channels by the mask's alpha, or each by the mask's own. Source:
/// Samsung's 3.0 fimg2d4x.h. It has two names for the second, ARGB and MIXED; what tells them apart is open.
enum class MaskType : uint8_t { alpha, channels };

/// How a picture is laid on the destination.
struct Sampling {
    bool rotate = false;  ///< by 90 degrees, clockwise on version 3, counter-clockwise on 4.1
    Filter filter = Filter::none;
    Repeat repeat = Repeat::run_on;
    uint32_t x_step = 1 << 16, y_step = 1 << 16;  ///< pixels of the picture a destination pixel, 16.16
    Argb pad = 0;
};

/// A range test on colours: bits of `ctrl` 0, 4, 8, 12 take blue, green, red, alpha part, bit 16 inverts.
/// A pixel that fails is not drawn. [Assumed: places of the bits, as in Samsung's earlier FIMG-2D]
struct ColourKey {
    bool enabled = false;
    uint32_t ctrl = 0;
    Argb least = 0, most = 0;

    bool passes(Argb pixel) const;
};

/// Version 4.1's BLEND_FUNCTION and ROUND_MODE. Section 4 of the facts.
struct Blend {
    struct Coefficient {
        uint8_t code = 0;  ///< 0 one, 1 zero, 2 Sa, 3 Sc, 4 Da, 5 Dc, 6 Ga, 7 Gc, 8..11 dis- and conjoint
        bool invert = false;
        uint8_t source_alpha = 0, destination_alpha = 0;  ///< 0 pixel's, 1 plus global, 2 times global
    };
    enum class Special : uint8_t { none, lighten, darken };
    bool enabled = false;
    Coefficient source, destination;
    Special special = Special::none;
    uint8_t rounding = 3;
};

/// Version 3's alpha modes.
struct PlainAlpha {
    enum class Mode : uint8_t { none, blend, fade };
    Mode mode = Mode::none;
    bool per_pixel = false;
};

/// Something that software has switched on and the model has not, and the register that says so.
struct NotModelled {
    std::string_view what;
    uint32_t offset;
};

struct Blit {
    Version version = Version::v3;
    bool solid_fill = false;
    Image source, destination, pattern;
    Select source_select = Select::memory, destination_select = Select::memory;
    Sampling sampling, mask_sampling;
    Rect clip;  ///< destination rectangle, cut by the clip window
    Transparency transparency = Transparency::opaque;
    ColourKey source_key, destination_key;
    int32_t pattern_x = 0, pattern_y = 0;
    bool pattern_rotate = false;  ///< as the source is
    MaskUse mask = MaskUse::none;
    MaskType mask_type = MaskType::alpha;
    Image mask_image;
    uint8_t rop = 0xCC, masked_rop = 0xCC;
    Third third = Third::pattern, masked_third = Third::pattern;
    bool rop_alpha = true;  ///< the raster operation computes alpha too
    Blend blend;
    PlainAlpha plain_alpha;
    uint8_t premultiply_rounding = 3;
    bool premultiply_source = false, premultiply_pattern = false, premultiply_destination = false;
    bool unpremultiply = false;
    Argb foreground = 0, background = 0, blue_screen = 0, fill = 0;
    uint32_t alpha = 0;  ///< ALPHA register

    bool nothing_to_do = false;  ///< empty, or so wrong that the engine ends at once
    std::string_view mistake;    ///< what is wrong with the settings, empty if nothing
    uint32_t mistake_offset = 0;
    /// Settings that are on and that this model leaves without effect; the rest of the blit is carried out.
    std::vector<NotModelled> not_modelled;
};

/// Reads the command registers.
Blit decode_blit(const RegisterBank& regs, Version version);

}  // namespace exysim::gpu
