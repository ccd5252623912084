// FIMG-2D's registers, version 3 (Exynos4210) and 4.1 (Exynos4412): what both have and what each has alone.
// Source: hardware/fimg2d.md section 1 (Linux 6.1's s5p-g2d and exynos_drm_g2d, Samsung's 3.0 fimg2d3x and
// fimg2d4x).
#pragma once

#include <array>
#include <cstddef>

#include "models/base/register_bank.hpp"

namespace exysim::gpu {

enum class Version : uint8_t { v3, v4_1 };

namespace reg {

enum Offset : uint32_t {
    kSoftReset = 0x000,
    kInten = 0x004,
    kIntcPend = 0x00C,
    kFifoStat = 0x010,
    kAxiIdMode = 0x014,
    kCacheCtl = 0x018,
    kAxiMode = 0x01C,
    kDmaSfrBase = 0x080,
    kDmaCommand = 0x084,
    kDmaExeListNum = 0x088,
    kDmaStatus = 0x08C,
    kDmaHoldCmd = 0x090,
    kBitbltStart = 0x100,  // from here on: command registers, which SFRCLEAR clears
    kBitbltCommand = 0x104,
    kBlendFunction = 0x108,
    kRoundMode = 0x10C,
    kRotate = 0x200,
    kSrcMskDirect = 0x204,
    kDstPatDirect = 0x208,
    kSrcSelect = 0x300,
    kSrcBase = 0x304,
    kSrcStride = 0x308,
    kSrcColorMode = 0x30C,
    kSrcLeftTop = 0x310,
    kSrcRightBottom = 0x314,
    kSrcPlane2 = 0x318,
    kSrcRepeatMode = 0x31C,
    kSrcPadValue = 0x320,
    kSrcA8RgbExt = 0x324,
    kSrcScaleCtrl = 0x328,
    kSrcXScale = 0x32C,
    kSrcYScale = 0x330,
    kDstSelect = 0x400,
    kDstBase = 0x404,
    kDstStride = 0x408,
    kDstColorMode = 0x40C,
    kDstLeftTop = 0x410,
    kDstRightBottom = 0x414,
    kDstPlane2 = 0x418,
    kDstA8RgbExt = 0x41C,
    kPatBase = 0x500,
    kPatSize = 0x504,
    kPatColorMode = 0x508,
    kPatOffset = 0x50C,
    kPatStride = 0x510,
    kMaskBase = 0x520,
    kMaskStride = 0x524,
    kMaskLeftTop = 0x528,
    kMaskRightBottom = 0x52C,
    kMaskMode = 0x530,
    kMaskRepeat = 0x534,
    kMaskPad = 0x538,
    kMaskScaleCtrl = 0x53C,
    kMaskXScale = 0x540,
    kCwLeftTop = 0x600,
    kCwRightBottom = 0x604,
    kThirdOperand = 0x610,
    kRop4 = 0x614,
    kAlpha = 0x618,
    kFgColor = 0x700,
    kBgColor = 0x704,
    kBsColor = 0x708,
    kSfColor = 0x70C,
    kSrcKeyCtrl = 0x710,
    kSrcKeyMin = 0x714,
    kSrcKeyMax = 0x718,
    kDstKeyCtrl = 0x71C,
    kDstKeyMin = 0x720,
    kDstKeyMax = 0x724,
    kYccKey = 0x728,
    kGamma = 0x800,  // the table, and behind it the reference colour
    kGammaEnd = 0x884,
};

// clang-format off
//                        register        name             high low  access       reset
constexpr Field kReset       {kSoftReset,  "R",               0,  0, Access::w1p, 0};
constexpr Field kExeLists    {kDmaExeListNum, "EXE_LIST_NUM", 7,  0, Access::rw,  0};
constexpr Field kDone        {kDmaStatus,  "DONE",            0,  0, Access::ro,  0};
constexpr Field kBlitsDone   {kDmaStatus,  "BLIT_DONE",      16,  1, Access::ro,  0};
constexpr Field kListsDone   {kDmaStatus,  "LIST_DONE",      24, 17, Access::ro,  0};
constexpr Field kHoldBlit    {kDmaHoldCmd, "BITBLT_HOLD",     0,  0, Access::rw,  0};
constexpr Field kHoldList    {kDmaHoldCmd, "LIST_HOLD",       1,  1, Access::rw,  0};
constexpr Field kHoldUser    {kDmaHoldCmd, "USER_HOLD",       2,  2, Access::rw,  0};
constexpr Field kIdle        {kFifoStat,   "IDLE",            0,  0, Access::ro,  1};
constexpr Field kPend3       {kIntcPend,   "INTC_PEND",       0,  0, Access::w1c, 0};
constexpr Field kPend4       {kIntcPend,   "INTC_PEND",       3,  0, Access::w1c, 0};

constexpr Field kBoth[] = {
    kReset, kIdle,
    {kRotate,        "SRC_ROTATE",     0,  0, Access::rw, 0},
    {kRotate,        "PAT_ROTATE",     4,  4, Access::rw, 0},
    {kRotate,        "MASK_ROTATE",    8,  8, Access::rw, 0},
    {kSrcMskDirect,  "SRC_DIRECT",     1,  0, Access::rw, 0},
    {kSrcMskDirect,  "MSK_DIRECT",     5,  4, Access::rw, 0},
    {kDstPatDirect,  "DST_DIRECT",     1,  0, Access::rw, 0},
    {kDstPatDirect,  "PAT_DIRECT",     5,  4, Access::rw, 0},
    {kSrcSelect,     "SRC_SELECT",     1,  0, Access::rw, 0},
    {kSrcBase,       "SRC_BASE_ADDR", 31,  0, Access::rw, 0},
    {kSrcStride,     "SRC_STRIDE",    15,  0, Access::rw, 0},
    {kSrcLeftTop,    "SRC_LEFT",      12,  0, Access::rw, 0},
    {kSrcLeftTop,    "SRC_TOP",       28, 16, Access::rw, 0},
    {kSrcRightBottom,"SRC_RIGHT",     12,  0, Access::rw, 0},
    {kSrcRightBottom,"SRC_BOTTOM",    28, 16, Access::rw, 0},
    {kDstSelect,     "DST_SELECT",     1,  0, Access::rw, 0},
    {kDstBase,       "DST_BASE_ADDR", 31,  0, Access::rw, 0},
    {kDstStride,     "DST_STRIDE",    15,  0, Access::rw, 0},
    {kDstLeftTop,    "DST_LEFT",      12,  0, Access::rw, 0},
    {kDstLeftTop,    "DST_TOP",       28, 16, Access::rw, 0},
    {kDstRightBottom,"DST_RIGHT",     12,  0, Access::rw, 0},
    {kDstRightBottom,"DST_BOTTOM",    28, 16, Access::rw, 0},
    {kPatBase,       "PAT_BASE_ADDR", 31,  0, Access::rw, 0},
    {kPatSize,       "PAT_WIDTH",     12,  0, Access::rw, 0},
    {kPatSize,       "PAT_HEIGHT",    28, 16, Access::rw, 0},
    {kPatOffset,     "PAT_OFFSET_X",  12,  0, Access::rw, 0},
    {kPatOffset,     "PAT_OFFSET_Y",  28, 16, Access::rw, 0},
    {kPatStride,     "PAT_STRIDE",    15,  0, Access::rw, 0},
    {kMaskBase,      "MASK_BASE_ADDR",31,  0, Access::rw, 0},
    {kMaskStride,    "MASK_STRIDE",   15,  0, Access::rw, 0},
    {kCwLeftTop,     "CW_LEFT",       12,  0, Access::rw, 0},
    {kCwLeftTop,     "CW_TOP",        28, 16, Access::rw, 0},
    {kCwRightBottom, "CW_RIGHT",      12,  0, Access::rw, 0},
    {kCwRightBottom, "CW_BOTTOM",     28, 16, Access::rw, 0},
    {kThirdOperand,  "UNMASKED",       1,  0, Access::rw, 0},
    {kThirdOperand,  "MASKED",         5,  4, Access::rw, 0},
    {kRop4,          "ROP4",          15,  0, Access::rw, 0},
    {kFgColor,       "COLOR",         31,  0, Access::rw, 0, 3},  // foreground, background, blue screen
    {kSrcKeyCtrl,    "SRC_KEY_CTRL",  31,  0, Access::rw, 0},
    {kSrcKeyMin,     "SRC_KEY_RANGE", 31,  0, Access::rw, 0, 2},
    {kDstKeyCtrl,    "DST_KEY_CTRL",  31,  0, Access::rw, 0},
    {kDstKeyMin,     "DST_KEY_RANGE", 31,  0, Access::rw, 0, 2},
};

constexpr Field kOnly3[] = {
    kPend3,
    {kInten,         "CCF_EN",         0,  0, Access::rw,  0},
    {kInten,         "INT_TYPE",       1,  1, Access::rw,  0},  // 1 = edge
    {kAxiIdMode,     "AXI_ID_MODE",   31,  0, Access::rw,  0},
    {kCacheCtl,      "CACHE_CLEAR",    2,  0, Access::w1p, 0},  // mask, source and pattern buffers
    {kBitbltStart,   "START",          0,  0, Access::w1p, 0},
    {kBitbltCommand, "MASK_EN",        0,  0, Access::rw,  0},
    {kBitbltCommand, "STRETCH_EN",     4,  4, Access::rw,  0},
    {kBitbltCommand, "CW_EN",          8,  8, Access::rw,  0},
    {kBitbltCommand, "TRANSPARENT",   13, 12, Access::rw,  0},
    {kBitbltCommand, "COLORKEY",      17, 16, Access::rw,  0},
    {kBitbltCommand, "ALPHA_MODE",    21, 20, Access::rw,  0},
    {kBitbltCommand, "NON_PREMULT",   23, 22, Access::rw,  0},
    {kBitbltCommand, "COLOR_EXPAND",  24, 24, Access::rw,  0},
    {kSrcColorMode,  "SRC_FORMAT",     2,  0, Access::rw,  0},
    {kSrcColorMode,  "SRC_ORDER",      5,  4, Access::rw,  0},
    {kDstColorMode,  "DST_FORMAT",     2,  0, Access::rw,  0},
    {kDstColorMode,  "DST_ORDER",      5,  4, Access::rw,  0},
    {kPatColorMode,  "PAT_FORMAT",     2,  0, Access::rw,  0},
    {kPatColorMode,  "PAT_ORDER",      5,  4, Access::rw,  0},
    {kAlpha,         "ALPHA",         15,  0, Access::rw,  0},  // alpha, fading offset
};

constexpr Field kOnly4[] = {
    kPend4, kExeLists, kDone, kBlitsDone, kListsDone, kHoldBlit, kHoldList, kHoldUser,
    {kSoftReset,     "SFRCLEAR",       1,  1, Access::w1p, 0},
    {kInten,         "INTEN",          4,  0, Access::rw,  0},  // SCF, GCF, UCF, ACF; [4] 1 = edge
    {kAxiMode,       "AXI_MODE",      25,  0, Access::rw,  0},
    {kDmaSfrBase,    "DMA_SFR_BASE",  31,  0, Access::rw,  0},
    {kDmaCommand,    "DMA_COMMAND",    2,  0, Access::w1p, 0},  // START, CONTINUE, HALT
    {kBitbltStart,   "START",          1,  0, Access::w1p, 0},  // start, start without hold
    {kBitbltStart,   "CASESEL",        2,  2, Access::w1p, 0},
    {kBitbltCommand, "ROP4_MASK",      0,  0, Access::rw,  0},
    {kBitbltCommand, "NORMAL_MASK",    1,  1, Access::rw,  0},
    {kBitbltCommand, "ROP_ALPHA",      2,  2, Access::rw,  0},
    {kBitbltCommand, "DITHER",         3,  3, Access::rw,  0},
    {kBitbltCommand, "CW_EN",          8,  8, Access::rw,  0},
    {kBitbltCommand, "TRANSPARENT",   13, 12, Access::rw,  0},
    {kBitbltCommand, "COLORKEY",      19, 16, Access::rw,  0},
    {kBitbltCommand, "ALPHA_BLEND",   20, 20, Access::rw,  0},
    {kBitbltCommand, "PREMULT",       27, 24, Access::rw,  0},
    {kBitbltCommand, "SOLID_FILL",    28, 28, Access::rw,  0},
    {kBlendFunction, "COEF",           7,  0, Access::rw,  0},
    {kBlendFunction, "DST_COEF",      16,  8, Access::rw,  0},
    {kBlendFunction, "INV_DST",       18, 18, Access::rw,  0},
    {kBlendFunction, "SPECIAL",       22, 20, Access::rw,  0},  // lighten, darken, WinCE SRC_OVER
    {kRoundMode,     "BLEND_ROUND",    1,  0, Access::rw,  3},
    {kRoundMode,     "PREMULT_ROUND",  5,  4, Access::rw,  3},
    {kSrcColorMode,  "SRC_FORMAT",     3,  0, Access::rw,  0},
    {kSrcColorMode,  "SRC_ORDER",      5,  4, Access::rw,  0},
    {kSrcColorMode,  "SRC_YCBCR",     17,  8, Access::rw,  0},
    {kDstColorMode,  "DST_FORMAT",     3,  0, Access::rw,  0},
    {kDstColorMode,  "DST_ORDER",      5,  4, Access::rw,  0},
    {kDstColorMode,  "DST_YCBCR",     17,  8, Access::rw,  0},
    {kPatColorMode,  "PAT_FORMAT",     3,  0, Access::rw,  0},
    {kPatColorMode,  "PAT_ORDER",      5,  4, Access::rw,  0},
    {kSrcPlane2,     "SRC_PLANE2",    31,  0, Access::rw,  0},
    {kSrcRepeatMode, "SRC_REPEAT",     2,  0, Access::rw,  0},
    {kSrcPadValue,   "SRC_PAD",       31,  0, Access::rw,  0},
    {kSrcA8RgbExt,   "SRC_A8_RGB",    31,  0, Access::rw,  0},
    {kSrcScaleCtrl,  "SRC_SCALE",      1,  0, Access::rw,  0},
    {kSrcXScale,     "SRC_SCALE_XY",  31,  0, Access::rw,  0, 2},
    {kDstPlane2,     "DST_PLANE2",    31,  0, Access::rw,  0},
    {kDstA8RgbExt,   "DST_A8_RGB",    31,  0, Access::rw,  0},
    {kMaskLeftTop,   "MASK_LEFT",     12,  0, Access::rw,  0},
    {kMaskLeftTop,   "MASK_TOP",      28, 16, Access::rw,  0},
    {kMaskRightBottom,"MASK_RIGHT",   12,  0, Access::rw,  0},
    {kMaskRightBottom,"MASK_BOTTOM",  28, 16, Access::rw,  0},
    {kMaskMode,      "MASK_FORMAT",    2,  0, Access::rw,  0},
    {kMaskMode,      "MASK_ORDER",     5,  4, Access::rw,  0},
    {kMaskMode,      "MASK_TYPE",      9,  8, Access::rw,  0},  // alpha, ARGB, mixed
    {kMaskRepeat,    "MASK_REPEAT",    2,  0, Access::rw,  0},
    {kMaskPad,       "MASK_PAD",      31,  0, Access::rw,  0},
    {kMaskScaleCtrl, "MASK_SCALE",     1,  0, Access::rw,  0},
    {kMaskXScale,    "MASK_SCALE_XY", 31,  0, Access::rw,  0, 2},
    {kAlpha,         "ALPHA",         31,  0, Access::rw,  0},
    {kSfColor,       "SF_COLOR",      31,  0, Access::rw,  0},
    {kYccKey,        "YCBCR_KEY",     31,  0, Access::rw,  0, 6},
    {kGamma,         "GAMMA",         31,  0, Access::rw,  0, 33},  // 0x880: reference colour
};
// clang-format on

template <size_t A, size_t B>
constexpr std::array<Field, A + B> joined(const Field (&a)[A], const Field (&b)[B]) {
    std::array<Field, A + B> all{};
    for (size_t i = 0; i < A; ++i) all[i] = a[i];
    for (size_t i = 0; i < B; ++i) all[A + i] = b[i];
    return all;
}
inline constexpr auto kMap3 = joined(kBoth, kOnly3);
inline constexpr auto kMap4 = joined(kBoth, kOnly4);
static_assert(well_formed(kMap3));
static_assert(well_formed(kMap4));

}  // namespace reg
}  // namespace exysim::gpu
