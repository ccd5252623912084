// Picture layouts in memory that the video drivers know: one or more planes, in one buffer or in several.
#pragma once

#include <cstdint>
#include <span>

#include "core/result.hpp"

namespace kernel {

struct PixelFormat {
    uint32_t fourcc;  ///< V4L2_PIX_FMT_*
    const char* description;
    uint8_t luma_bytes;                      ///< bytes a pixel in the first plane
    uint8_t chroma_planes;                   ///< 0 packed, 1 interleaved CbCr, 2 separate
    uint8_t chroma_h_shift, chroma_v_shift;  ///< subsampling as powers of two
    bool swapped_chroma;                     ///< Cr first
    uint8_t buffers;                         ///< memory planes of the multi-planar API
    bool rgb;
    uint8_t raw_bits = 0;  ///< of a Bayer mosaic: 8, or 10 packed as MIPI CSI-2 does

    /// Bytes a line of plane `plane` (0 luma, then chroma).
    uint32_t pitch(uint32_t width, uint32_t plane = 0) const;
    /// Bytes of the picture, all planes.
    uint32_t size(uint32_t width, uint32_t height) const;
    /// Bytes in buffer `buffer`.
    uint32_t buffer_size(uint32_t buffer, uint32_t width, uint32_t height) const;
    /// Where plane `plane` (0 luma, then chroma) begins.
    struct Place {
        uint32_t buffer, offset;
    };
    Place place(uint32_t plane, uint32_t width, uint32_t height) const;
    /// Bytes before chroma plane `index` when all planes share a buffer.
    uint32_t chroma_offset(uint32_t index, uint32_t width, uint32_t height) const;
};

/// Errors: kInval for a code that is not in the table.
Result<const PixelFormat*> pixel_format(uint32_t fourcc);

}  // namespace kernel
