// VP, the video processor: what it shows and when that changes (hardware/mixer.md, section 6). Knows neither
// time nor SystemC.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "models/base/address.hpp"
#include "models/base/register_bank.hpp"
#include "models/display/graphic_frame.hpp"
#include "models/display/video_frame.hpp"

namespace exysim::display {

struct VpCore {
    enum Reg : uint32_t {
        kEnable = 0x000,
        kSreset = 0x004,
        kShadowUpdate = 0x008,
        kFieldId = 0x00C,
        kModeReg = 0x010,
        kImgSizeY = 0x014,
        kImgSizeC = 0x018,
        kPerRate = 0x01C,
        kTopYPtr = 0x028,
        kBotYPtr = 0x02C,
        kTopCPtr = 0x030,
        kBotCPtr = 0x034,
        kSrcHPosition = 0x044,
        kSrcVPosition = 0x048,
        kSrcWidthReg = 0x04C,
        kSrcHeightReg = 0x050,
        kDstHPosition = 0x054,
        kDstVPosition = 0x058,
        kDstWidthReg = 0x05C,
        kDstHeightReg = 0x060,
        kHRatioReg = 0x064,
        kVRatioReg = 0x068,
    };
    // clang-format off
    //                               register        name               high low access       reset count
    static constexpr Field kOn        {kEnable,       "ENABLE",            0,  0, Access::rw,  0};
    static constexpr Field kOperating {kEnable,       "OPERATING",         1,  1, Access::ro,  0};
    static constexpr Field kOnShadow  {kEnable,       "ENABLE_S",          2,  2, Access::ro,  0};
    static constexpr Field kReset     {kSreset,       "SRESET",            0,  0, Access::rw,  0};  // done at once
    static constexpr Field kUpdate    {kShadowUpdate, "SHADOW_UPDATE",     0,  0, Access::rw,  0};
    static constexpr Field kField     {kFieldId,      "FIELD_ID",          0,  0, Access::rw,  0};
    static constexpr Field kNv21      {kModeReg,      "NV21",              6,  6, Access::rw,  0};
    static constexpr Field kLineSkip  {kModeReg,      "LINE_SKIP",         5,  5, Access::rw,  0};
    static constexpr Field kTiled     {kModeReg,      "TILED",             4,  4, Access::rw,  0};
    static constexpr Field kChromaBoth{kModeReg,      "C_TOP_BOT",         3,  3, Access::rw,  0};
    static constexpr Field kAutoField {kModeReg,      "FIELD_ID_AUTO",     2,  2, Access::rw,  0};
    static constexpr Field kIpc       {kModeReg,      "2D_IPC",            1,  1, Access::rw,  0};
    static constexpr Field kModeRest  {kModeReg,      "MODE_REST",         0,  0, Access::rw,  0};
    static constexpr Field kPitch     {kImgSizeY,     "IMG_HSIZE_Y",      29, 16, Access::rw,  0};  // bytes
    static constexpr Field kLines     {kImgSizeY,     "IMG_VSIZE_Y",      13,  0, Access::rw,  0};
    static constexpr Field kPitchC    {kImgSizeC,     "IMG_HSIZE_C",      29, 16, Access::rw,  0};
    static constexpr Field kLinesC    {kImgSizeC,     "IMG_VSIZE_C",      13,  0, Access::rw,  0};
    static constexpr Field kRate      {kPerRate,      "PER_RATE_CTRL",     1,  0, Access::rw,  0};
    static constexpr Field kTopY      {kTopYPtr,      "TOP_Y_PTR",        31,  0, Access::rw,  0};
    static constexpr Field kBotY      {kBotYPtr,      "BOT_Y_PTR",        31,  0, Access::rw,  0};
    static constexpr Field kTopC      {kTopCPtr,      "TOP_C_PTR",        31,  0, Access::rw,  0};
    static constexpr Field kBotC      {kBotCPtr,      "BOT_C_PTR",        31,  0, Access::rw,  0};
    static constexpr Field kSrcX      {kSrcHPosition, "SRC_H_POSITION",   14,  4, Access::rw,  0};
    static constexpr Field kSrcXFrac  {kSrcHPosition, "SRC_H_FRACTION",    3,  0, Access::rw,  0};
    static constexpr Field kSrcY      {kSrcVPosition, "SRC_V_POSITION",   10,  0, Access::rw,  0};
    static constexpr Field kSrcWidth  {kSrcWidthReg,  "SRC_WIDTH",        10,  0, Access::rw,  0};
    static constexpr Field kSrcHeight {kSrcHeightReg, "SRC_HEIGHT",       10,  0, Access::rw,  0};
    static constexpr Field kDstX      {kDstHPosition, "DST_H_POSITION",   10,  0, Access::rw,  0};
    static constexpr Field kDstY      {kDstVPosition, "DST_V_POSITION",   10,  0, Access::rw,  0};
    static constexpr Field kDstWidth  {kDstWidthReg,  "DST_WIDTH",        10,  0, Access::rw,  0};
    static constexpr Field kDstHeight {kDstHeightReg, "DST_HEIGHT",       10,  0, Access::rw,  0};
    static constexpr Field kHRatio    {kHRatioReg,    "H_RATIO",          18,  0, Access::rw,  0};
    static constexpr Field kVRatio    {kVRatioReg,    "V_RATIO",          18,  0, Access::rw,  0};
    static constexpr Field kPoly      {0x06C,         "POLY",             31,  0, Access::rw,  0, 64};  // filters
    static constexpr Field kShadow    {0x16C,         "SHADOW",           31,  0, Access::ro,  0, 26};
    static constexpr Field kPpCsc     {0x1D4,         "PP_CSC",           11,  0, Access::rw,  0, 9};
    static constexpr Field kPpBypass  {0x200,         "PP_BYPASS",         0,  0, Access::rw,  1};
    static constexpr Field kSaturation{0x20C,         "PP_SATURATION",     7,  0, Access::rw,  0x80};
    static constexpr Field kSharpTh   {0x210,         "PP_SHARP_TH",      15,  8, Access::rw,  0};
    static constexpr Field kSharpness {0x210,         "PP_SHARPNESS",      1,  0, Access::rw,  0};
    static constexpr Field kIntercept {0x218,         "PP_LINE_INTC",     23,  8, Access::rw,  0, 8};
    static constexpr Field kSlope     {0x218,         "PP_LINE_SLOPE",     7,  0, Access::rw,  0x80, 8};
    static constexpr Field kBrightness{0x238,         "PP_BRIGHT_OFFSET",  8,  0, Access::rw,  0};
    static constexpr Field kSubY      {0x23C,         "PP_SUB_Y_OFFSET",   1,  1, Access::rw,  0};
    static constexpr Field kCscEnable {0x23C,         "PP_CSC_EN",         0,  0, Access::rw,  0};
    static constexpr Field kEndian    {0x3CC,         "ENDIAN_MODE",       0,  0, Access::rw,  0};  // 1 = little
    static constexpr Field kVersion   {0x3FC,         "VERSION_INFO",     31,  0, Access::ro,  0};
    // clang-format on
    static constexpr Field kMap[] = {
        kOn,        kOperating,  kOnShadow,   kReset, kUpdate,    kField,      kNv21,      kLineSkip,
        kTiled,     kChromaBoth, kAutoField,  kIpc,   kModeRest,  kPitch,      kLines,     kPitchC,
        kLinesC,    kRate,       kTopY,       kBotY,  kTopC,      kBotC,       kSrcX,      kSrcXFrac,
        kSrcY,      kSrcWidth,   kSrcHeight,  kDstX,  kDstY,      kDstWidth,   kDstHeight, kHRatio,
        kVRatio,    kPoly,       kShadow,     kPpCsc, kPpBypass,  kSaturation, kSharpTh,   kSharpness,
        kIntercept, kSlope,      kBrightness, kSubY,  kCscEnable, kEndian,     kVersion};
    static_assert(well_formed(kMap));

    RegisterBank regs{kMap};

    VpCore();
    VpCore(const VpCore&) = delete;
    VpCore& operator=(const VpCore&) = delete;

    void power_off() { reset(); }
    /// Vsync: takes the settings over if software has asked for it. `scan`: what the raster shows now.
    void vsync(const Scan& scan = {});
    /// The picture that the settings taken over describe, in the raster's present field; nothing if the layer
    /// is off or cannot be shown.
    const std::optional<VideoWindow>& window() const { return window_; }
    const VideoFilters& filters() const { return filters_; }
    const PostProcess& post() const { return post_; }
    /// The memory that the settings not yet taken over describe.
    std::vector<IovaRange> pending_planes() const;
    /// Called when software asks for its settings to be taken over.
    std::function<void()> update_asked;
    /// Height of the image in memory.
    uint32_t image_lines() const { return image_lines_; }
    /// Why the last settings taken over cannot be shown, or what is odd about them; empty if nothing.
    std::string_view mistake() const { return mistake_; }
    /// Counts resets: a frame that was begun under another count is lost.
    uint64_t resets() const { return resets_; }

private:
    /// Addresses of a field's first lines.
    struct Pointers {
        Iova luma, chroma;
    };
    void reset();
    void take_over();
    void copy_to_shadows();
    std::string_view unsupported() const;
    std::string_view oddity() const;
    VideoWindow described() const;
    VideoFilters described_filters() const;
    PostProcess described_post() const;

    std::optional<VideoWindow> window_;
    Pointers fields_[2];
    uint32_t field_id_ = 0;    // in force for progressive rasters
    bool auto_field_ = false;  // ... and toggles at each vsync
    VideoFilters filters_;
    PostProcess post_;
    uint32_t image_lines_ = 0;
    std::string_view mistake_;
    uint64_t resets_ = 0;
};

}  // namespace exysim::display
