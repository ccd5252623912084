#include "apps/runner/g2d_blend.hpp"

#include <drm/drm_fourcc.h>
#include <drm/exynos_drm.h>
#include <exysim/g2d.h>

#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

// FIMG-2D 4.1's registers and codes (hardware/fimg2d.md sections 1 to 4)
constexpr uint32_t kCommand = 0x104, kBlendFunction = 0x108, kSrcBase = 0x304, kSrcStride = 0x308,
                   kSrcMode = 0x30C, kSrcLeftTop = 0x310, kSrcRightBottom = 0x314, kDstBase = 0x404,
                   kDstStride = 0x408, kDstMode = 0x40C, kDstLeftTop = 0x410, kDstRightBottom = 0x414,
                   kDstPlane2 = 0x418, kRop4 = 0x614;
constexpr uint32_t kArgb8888 = 1, kYcbcr420 = 10, kTwoPlanes = 1 << 8, kCbFirst = 1 << 12, kBt709 = 1 << 16;
constexpr uint32_t kAlphaBlend = 1 << 20, kCopySource = 0xCCCC;
constexpr uint32_t kSourceOver = 2U << 8 | 1U << 18;  // source x one + destination x (1 - source alpha)

constexpr uint32_t at(uint32_t x, uint32_t y) { return y << 16 | x; }

/// As cameras write it: BT.709 from 1280 pixels on.
uint32_t colour_mode(const PictureLayout& picture) {
    uint32_t mode = kYcbcr420 | kTwoPlanes;
    if (picture.fourcc == DRM_FORMAT_NV12) mode |= kCbFirst;
    if (picture.width >= 1280) mode |= kBt709;
    return mode;
}

}  // namespace

G2dBlend::G2dBlend(const DrmCard& card) : card_{card} {
    drm_exynos_g2d_get_ver version{};
    card.call(DRM_IOCTL_EXYNOS_G2D_GET_VER, &version, "EXYNOS_G2D_GET_VER");
    if (version.major < 4)
        throw Error{card.node() + ": the 2D engine of version 3 blends nothing into YCbCr"};
}

uint32_t G2dBlend::address_of(uint32_t handle) const {
    drm_exysim_g2d_address address{handle, 0, 0};
    card_.call(DRM_IOCTL_EXYSIM_G2D_ADDRESS, &address, "EXYSIM_G2D_ADDRESS");
    return static_cast<uint32_t>(address.address);
}

void G2dBlend::blend(const Badge& badge, uint32_t handle, const PictureLayout& picture) const {
    const uint32_t base = address_of(handle);
    const drm_exynos_g2d_cmd commands[] = {
        {kSrcStride, badge.pitch},
        {kSrcMode, kArgb8888},
        {kSrcLeftTop, 0},
        {kSrcRightBottom, at(Badge::kWidth, Badge::kHeight)},
        {kDstBase, base + picture.offsets[0]},
        {kDstPlane2, base + picture.offsets[1]},
        {kDstStride, picture.pitches[0]},
        {kDstMode, colour_mode(picture)},
        {kDstLeftTop, at(Badge::kLeft, Badge::kTop)},
        {kDstRightBottom, at(Badge::kLeft + Badge::kWidth, Badge::kTop + Badge::kHeight)},
        {kRop4, kCopySource},
        {kBlendFunction, kSourceOver},
        {kCommand, kAlphaBlend},
    };
    const drm_exynos_g2d_cmd buffers[] = {{kSrcBase, badge.handle}};
    drm_exynos_g2d_set_cmdlist list{};
    list.cmd = reinterpret_cast<uintptr_t>(commands);
    list.cmd_nr = static_cast<uint32_t>(std::size(commands));
    list.cmd_buf = reinterpret_cast<uintptr_t>(buffers);
    list.cmd_buf_nr = 1;
    card_.call(DRM_IOCTL_EXYNOS_G2D_SET_CMDLIST, &list, "EXYNOS_G2D_SET_CMDLIST");
    drm_exynos_g2d_exec exec{};
    card_.call(DRM_IOCTL_EXYNOS_G2D_EXEC, &exec, "EXYNOS_G2D_EXEC");
}

}  // namespace apps::runner
