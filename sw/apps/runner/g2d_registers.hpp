// FIMG-2D 4.1's registers and codes that programs use. Source: hardware/fimg2d.md sections 1 to 5.
#pragma once

#include <cstdint>

namespace apps::runner::g2d {

constexpr uint32_t kCommand = 0x104, kBlendFunction = 0x108, kRotate = 0x200, kDstDirection = 0x208,
                   kSrcBase = 0x304, kSrcStride = 0x308, kSrcMode = 0x30C, kSrcLeftTop = 0x310,
                   kSrcRightBottom = 0x314, kSrcPlane2 = 0x318, kSrcScale = 0x328, kSrcXScale = 0x32C,
                   kSrcYScale = 0x330, kDstBase = 0x404, kDstStride = 0x408, kDstMode = 0x40C,
                   kDstLeftTop = 0x410, kDstRightBottom = 0x414, kDstPlane2 = 0x418, kRop4 = 0x614;
constexpr uint32_t kArgb8888 = 1, kYcbcr420 = 10, kTwoPlanes = 1 << 8, kCrFirst = 1 << 12, kBt709 = 1 << 16;
constexpr uint32_t kAlphaBlend = 1 << 20, kCopySource = 0xCCCC;
constexpr uint32_t kSourceOver = 2U << 8 | 1U << 18;  // source x one + destination x (1 - source alpha)
constexpr uint32_t kNegativeX = 1, kNegativeY = 2;    // of a direction
constexpr uint32_t kBilinear = 2;                     // of SRC_SCALE_CTRL

constexpr uint32_t at(uint32_t x, uint32_t y) { return y << 16 | x; }

}  // namespace apps::runner::g2d
