#include "drm/format.hpp"

#include "drm/uapi.hpp"

namespace kernel::drm {

namespace {
using enum GraphicsFormat;
// clang-format off
constexpr Format kFormats[] = {
    // code                depth bpp planes bytes   subsampling alpha  layer
    {DRM_FORMAT_XRGB8888,  24,   32, 1,     {4, 0}, 1, 1,       false, argb8888},
    {DRM_FORMAT_ARGB8888,  32,   32, 1,     {4, 0}, 1, 1,       true,  argb8888},
    {DRM_FORMAT_RGB565,    16,   16, 1,     {2, 0}, 1, 1,       false, rgb565},
    {DRM_FORMAT_XRGB1555,  15,   16, 1,     {2, 0}, 1, 1,       false, argb1555},
    {DRM_FORMAT_ARGB1555,  0,    0,  1,     {2, 0}, 1, 1,       true,  argb1555},
    {DRM_FORMAT_XRGB4444,  0,    0,  1,     {2, 0}, 1, 1,       false, argb4444},
    {DRM_FORMAT_ARGB4444,  0,    0,  1,     {2, 0}, 1, 1,       true,  argb4444},
    {DRM_FORMAT_NV12,      0,    0,  2,     {1, 2}, 2, 2,       false, argb8888},
    {DRM_FORMAT_NV21,      0,    0,  2,     {1, 2}, 2, 2,       false, argb8888},
};
// clang-format on
}  // namespace

const Format* find_format(uint32_t fourcc) {
    for (const Format& f : kFormats) {
        if (f.fourcc == fourcc) return &f;
    }
    return nullptr;
}

const Format* legacy_format(uint32_t bpp, uint32_t depth) {
    if (bpp == 0) return nullptr;
    for (const Format& f : kFormats) {
        if (f.bpp == bpp && f.depth == depth) return &f;
    }
    return nullptr;
}

}  // namespace kernel::drm
