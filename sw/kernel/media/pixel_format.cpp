#include "media/pixel_format.hpp"

#include "media/videodev.hpp"

namespace kernel {

namespace {
// clang-format off
constexpr PixelFormat kFormats[] = {
    // fourcc               description              luma chroma  subsampled  Cr first
    {V4L2_PIX_FMT_NV12,     "Y/CbCr 4:2:0",          1,   1,      1, 1,       false},
    {V4L2_PIX_FMT_NV21,     "Y/CrCb 4:2:0",          1,   1,      1, 1,       true},
    {V4L2_PIX_FMT_YUV420,   "Planar YUV 4:2:0",      1,   2,      1, 1,       false},
    {V4L2_PIX_FMT_YUYV,     "YUYV 4:2:2",            2,   0,      0, 0,       false},
};
// clang-format on
}  // namespace

uint32_t PixelFormat::size(uint32_t width, uint32_t height) const {
    return chroma_offset(chroma_planes, width, height);
}

uint32_t PixelFormat::chroma_offset(uint32_t index, uint32_t width, uint32_t height) const {
    const uint32_t samples = (width >> chroma_h_shift) * (height >> chroma_v_shift);
    const uint32_t plane = chroma_planes == 1 ? 2 * samples : samples;
    return pitch(width) * height + index * plane;
}

Result<const PixelFormat*> pixel_format(uint32_t fourcc) {
    for (const PixelFormat& f : kFormats) {
        if (f.fourcc == fourcc) return &f;
    }
    return Errno::kInval;
}

}  // namespace kernel
