// Pixel formats of framebuffers, by DRM's four-character codes.
#pragma once

#include <cstdint>

#include "display/mixer.hpp"

namespace kernel::drm {

struct Format {
    uint32_t fourcc;       ///< DRM_FORMAT_*
    uint8_t depth, bpp;    ///< as ADDFB names it; 0 = ADDFB cannot
    uint8_t planes;        ///< 1 or 2
    uint8_t bytes[2];      ///< a sample of each plane
    uint8_t h_sub, v_sub;  ///< subsampling of the second plane
    bool has_alpha;
    GraphicsFormat graphics;  ///< of the mixer's and FIMD's RGB layers, where planes == 1

    constexpr uint32_t width_of(uint32_t plane, uint32_t width) const {
        return plane ? (width + h_sub - 1) / h_sub : width;
    }
    constexpr uint32_t height_of(uint32_t plane, uint32_t height) const {
        return plane ? (height + v_sub - 1) / v_sub : height;
    }
};

/// Null for a code that is not in the table.
const Format* find_format(uint32_t fourcc);
/// What ADDFB's numbers mean; null for a pair that means nothing here.
const Format* legacy_format(uint32_t bpp, uint32_t depth);

}  // namespace kernel::drm
