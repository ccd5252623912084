#include "apps/runner/g2d_engine.hpp"

#include <drm/drm_fourcc.h>
#include <exysim/g2d.h>

#include "apps/runner/g2d_registers.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

/// As cameras write it: BT.709 from 1280 pixels on. The order of chroma counts from the top of a 16-bit pair:
/// 0 is Cr, Cb there, which is Cb first in memory.
uint32_t colour_mode(const PictureLayout& picture) {
    uint32_t mode = g2d::kYcbcr420 | g2d::kTwoPlanes;
    if (picture.fourcc == DRM_FORMAT_NV21) mode |= g2d::kCrFirst;
    if (picture.width >= 1280) mode |= g2d::kBt709;
    return mode;
}

}  // namespace

/// The registers of source or destination.
struct G2dEngine::Surface {
    uint32_t base, plane2, stride, mode, left_top, right_bottom;
};

void add_scaling(G2dList& list, Size from, Size to) {
    if (from.width == to.width && from.height == to.height) return;
    list.commands.push_back({g2d::kSrcScale, g2d::kBilinear});
    list.commands.push_back({g2d::kSrcXScale, (from.width << 16) / to.width});
    list.commands.push_back({g2d::kSrcYScale, (from.height << 16) / to.height});
}

G2dEngine::G2dEngine(const DrmCard& card) : card_{card} {
    drm_exynos_g2d_get_ver version{};
    card.call(DRM_IOCTL_EXYNOS_G2D_GET_VER, &version, "EXYNOS_G2D_GET_VER");
    if (version.major < 4) throw Error{card.node() + ": the 2D engine of version 3 knows no YCbCr"};
}

uint32_t G2dEngine::address_of(uint32_t handle) const {
    drm_exysim_g2d_address address{handle, 0, 0};
    card_.call(DRM_IOCTL_EXYSIM_G2D_ADDRESS, &address, "EXYSIM_G2D_ADDRESS");
    return static_cast<uint32_t>(address.address);
}

void G2dEngine::add(G2dList& list, const Surface& surface, const PlaneHandles& planes,
                    const PictureLayout& picture, const G2dArea& area) const {
    if (planes.second) {
        list.buffers.push_back({surface.base, planes.first});
        list.buffers.push_back({surface.plane2, planes.second});
    } else {
        const uint32_t base = address_of(planes.first);
        list.commands.push_back({surface.base, base + picture.offsets[0]});
        list.commands.push_back({surface.plane2, base + picture.offsets[1]});
    }
    const drm_exynos_g2d_cmd commands[] = {
        {surface.stride, picture.pitches[0]},
        {surface.mode, colour_mode(picture)},
        {surface.left_top, g2d::at(area.left, area.top)},
        {surface.right_bottom, g2d::at(area.left + area.width, area.top + area.height)},
    };
    list.commands.insert(list.commands.end(), std::begin(commands), std::end(commands));
}

void G2dEngine::source(G2dList& list, const PlaneHandles& planes, const PictureLayout& picture,
                       const G2dArea& area) const {
    constexpr Surface kSource{g2d::kSrcBase, g2d::kSrcPlane2,  g2d::kSrcStride,
                              g2d::kSrcMode, g2d::kSrcLeftTop, g2d::kSrcRightBottom};
    add(list, kSource, planes, picture, area);
}

void G2dEngine::destination(G2dList& list, const PlaneHandles& planes, const PictureLayout& picture,
                            const G2dArea& area) const {
    constexpr Surface kDestination{g2d::kDstBase, g2d::kDstPlane2,  g2d::kDstStride,
                                   g2d::kDstMode, g2d::kDstLeftTop, g2d::kDstRightBottom};
    add(list, kDestination, planes, picture, area);
}

void G2dEngine::run(const G2dList& work) const {
    drm_exynos_g2d_set_cmdlist list{};
    list.cmd = reinterpret_cast<uintptr_t>(work.commands.data());
    list.cmd_nr = static_cast<uint32_t>(work.commands.size());
    list.cmd_buf = reinterpret_cast<uintptr_t>(work.buffers.data());
    list.cmd_buf_nr = static_cast<uint32_t>(work.buffers.size());
    card_.call(DRM_IOCTL_EXYNOS_G2D_SET_CMDLIST, &list, "EXYNOS_G2D_SET_CMDLIST");
    drm_exynos_g2d_exec exec{};
    card_.call(DRM_IOCTL_EXYNOS_G2D_EXEC, &exec, "EXYNOS_G2D_EXEC");
}

}  // namespace apps::runner
