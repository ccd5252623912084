// Pictures that the processor draws: moving colour bars and a grey ramp, in any format.
#pragma once

#include "core/types.hpp"
#include "media/pixel_format.hpp"

namespace kernel {

/// A picture in kernel memory.
struct Canvas {
    const PixelFormat* format = nullptr;
    uint32_t width = 0, height = 0;
    uint8_t* planes[3] = {};

    uint32_t lines(uint32_t plane) const { return plane ? height >> format->chroma_v_shift : height; }
    uint32_t plane_count() const { return 1U + format->chroma_planes; }
};

enum class TestPicture : uint8_t { bars, ramp };

/// `phase`: how far the bars have moved, in eighths of the width. `brightness` is added to each sample of
/// luma (or of each colour).
void draw(const Canvas& canvas, TestPicture picture, uint32_t phase, int32_t brightness);
/// Copies pixels; both have one format and size.
void copy(const Canvas& to, const Canvas& from);

}  // namespace kernel
