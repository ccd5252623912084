// From a Bayer mosaic to Y'CbCr 4:2:0, by NEON.
#pragma once

#include <cstddef>
#include <cstdint>

namespace apps::raw_camera {

/// Which colour the mosaic begins with: bit 0, red is in odd columns; bit 1, red is in odd lines.
enum class BayerOrder : uint8_t { rggb = 0, grbg = 1, gbrg = 2, bggr = 3 };

/// Lines of a mosaic, one byte a pixel or (packed) four pixels in five bytes as MIPI CSI-2's RAW10.
struct Mosaic {
    const uint8_t* bytes = nullptr;
    uint32_t width = 0;   ///< pixels, a multiple of 16
    uint32_t height = 0;  ///< lines, even, at least 4
    BayerOrder order = BayerOrder::rggb;
    bool packed10 = false;
    size_t line_bytes() const { return packed10 ? size_t{width} * 5 / 4 : width; }
};

/// Writes NV12: `width * height` bytes of Y', then Cb and Cr in turn for each two by two pixels.
///
/// - Of ten bits the upper eight count.
/// - Bilinear: a colour that a pixel does not have is the mean of its nearest neighbours that have it, two or
/// four, rounded
///   to the nearest (a half upwards). Beyond the edges the mosaic is mirrored at its first and last line and
///   column.
/// - BT.709, limited range: Y' = 16 + (47 R + 157 G + 16 B + 128 >> 8); with R, G, B the rounded mean of two
/// by two
///   pixels, Cb = 128 + (-26 R - 86 G + 112 B + 128 >> 8), Cr = 128 + (112 R - 102 G - 10 B + 128 >> 8).
void demosaic_to_nv12(const Mosaic& mosaic, uint8_t* nv12);

}  // namespace apps::raw_camera
