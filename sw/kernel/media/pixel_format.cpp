#include "media/pixel_format.hpp"

#include "media/videodev.hpp"

namespace kernel {

namespace {
// clang-format off
constexpr PixelFormat kFormats[] = {
    // fourcc               description              luma chroma  subsampled  Cr first  buffers  RGB  raw
    {V4L2_PIX_FMT_NV12,     "Y/CbCr 4:2:0",          1,   1,      1, 1,       false,    1,       false},
    {V4L2_PIX_FMT_NV21,     "Y/CrCb 4:2:0",          1,   1,      1, 1,       true,     1,       false},
    {V4L2_PIX_FMT_YUV420,   "Planar YUV 4:2:0",      1,   2,      1, 1,       false,    1,       false},
    {V4L2_PIX_FMT_YUYV,     "YUYV 4:2:2",            2,   0,      0, 0,       false,    1,       false},
    {V4L2_PIX_FMT_NV12M,    "Y/CbCr 4:2:0 (N-C)",    1,   1,      1, 1,       false,    2,       false},
    {V4L2_PIX_FMT_NV21M,    "Y/CrCb 4:2:0 (N-C)",    1,   1,      1, 1,       true,     2,       false},
    {V4L2_PIX_FMT_YUV420M,  "Planar YUV 4:2:0 (N-C)",1,   2,      1, 1,       false,    3,       false},
    {V4L2_PIX_FMT_RGB565,   "16-bit RGB 5-6-5",      2,   0,      0, 0,       false,    1,       true},
    {V4L2_PIX_FMT_ARGB444,  "16-bit ARGB 4-4-4-4",   2,   0,      0, 0,       false,    1,       true},
    {V4L2_PIX_FMT_ARGB555,  "16-bit ARGB 1-5-5-5",   2,   0,      0, 0,       false,    1,       true},
    {V4L2_PIX_FMT_ABGR32,   "32-bit BGRA 8-8-8-8",   4,   0,      0, 0,       false,    1,       true},
    {V4L2_PIX_FMT_BGR32,    "32-bit BGRA/X 8-8-8-8", 4,   0,      0, 0,       false,    1,       true},
    {V4L2_PIX_FMT_SRGGB8,   "8-bit Bayer RGRG/GBGB",    1,  0,      0, 0,       false,    1,       false, 8},
    {V4L2_PIX_FMT_SRGGB10P, "10-bit Bayer RGRG/GBGB Packed", 1, 0, 0, 0,     false,    1,       false, 10},
    {V4L2_PIX_FMT_SGRBG8,   "8-bit Bayer GRGR/BGBG",    1,  0,      0, 0,       false,    1,       false, 8},
    {V4L2_PIX_FMT_SGRBG10P, "10-bit Bayer GRGR/BGBG Packed", 1, 0, 0, 0,     false,    1,       false, 10},
    {V4L2_PIX_FMT_SGBRG8,   "8-bit Bayer GBGB/RGRG",    1,  0,      0, 0,       false,    1,       false, 8},
    {V4L2_PIX_FMT_SGBRG10P, "10-bit Bayer GBGB/RGRG Packed", 1, 0, 0, 0,     false,    1,       false, 10},
    {V4L2_PIX_FMT_SBGGR8,   "8-bit Bayer BGBG/GRGR",    1,  0,      0, 0,       false,    1,       false, 8},
    {V4L2_PIX_FMT_SBGGR10P, "10-bit Bayer BGBG/GRGR Packed", 1, 0, 0, 0,     false,    1,       false, 10},
};
// clang-format on
}  // namespace

uint32_t PixelFormat::pitch(uint32_t width, uint32_t plane) const {
    if (raw_bits) return width * raw_bits / 8;
    if (plane == 0) return width * luma_bytes;
    const uint32_t samples = width >> chroma_h_shift;
    return chroma_planes == 1 ? 2 * samples : samples;
}

uint32_t PixelFormat::size(uint32_t width, uint32_t height) const {
    return chroma_offset(chroma_planes, width, height);
}

uint32_t PixelFormat::chroma_offset(uint32_t index, uint32_t width, uint32_t height) const {
    return pitch(width) * height + index * pitch(width, 1) * (height >> chroma_v_shift);
}

uint32_t PixelFormat::buffer_size(uint32_t buffer, uint32_t width, uint32_t height) const {
    if (buffers == 1) return size(width, height);
    return buffer == 0 ? pitch(width) * height : pitch(width, buffer) * (height >> chroma_v_shift);
}

PixelFormat::Place PixelFormat::place(uint32_t plane, uint32_t width, uint32_t height) const {
    if (plane < buffers && buffers > 1) return {plane, 0};
    return {0, plane == 0 ? 0 : chroma_offset(plane - 1, width, height)};
}

Result<const PixelFormat*> pixel_format(uint32_t fourcc) {
    for (const PixelFormat& f : kFormats) {
        if (f.fourcc == fourcc) return &f;
    }
    return Errno::kInval;
}

}  // namespace kernel
