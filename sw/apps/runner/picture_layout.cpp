#include "apps/runner/picture_layout.hpp"

#include <drm/drm_fourcc.h>

#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

struct FormatRow {
    const char* name;  // V4L2's fourcc
    uint32_t fourcc;   // DRM's
    uint32_t bytes;    // a pixel of the first plane
    bool chroma;       // there is a second plane of half the lines
    bool apart;        // ... in memory of its own
};
constexpr FormatRow kFormats[] = {{"NV12", DRM_FORMAT_NV12, 1, true, false},
                                  {"NV21", DRM_FORMAT_NV21, 1, true, false},
                                  {"NM12", DRM_FORMAT_NV12, 1, true, true}};

}  // namespace

PictureLayout layout_of(const Buffers& buffers) {
    for (const FormatRow& row : kFormats) {
        if (buffers.format != row.name) continue;
        const uint32_t pitch = buffers.size.width * row.bytes;
        PictureLayout layout{row.fourcc, buffers.size.width, buffers.size.height, {pitch}, {}};
        if (row.chroma) {
            layout.pitches[1] = pitch;
            layout.offsets[1] = row.apart ? 0 : pitch * buffers.size.height;
        }
        return layout;
    }
    throw Error{"DRM shows no " + buffers.format};
}

uint32_t bytes_of(const PictureLayout& layout) {
    return layout.pitches[0] * layout.height + layout.pitches[1] * layout.height / 2;
}

}  // namespace apps::runner
