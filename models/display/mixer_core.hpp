// MIXER: what is on the screen and what software is told about it (hardware/mixer.md, sections 2 to 5). Knows
// neither time nor SystemC.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "models/base/register_bank.hpp"
#include "models/display/graphic_frame.hpp"
#include "models/display/pixel_math.hpp"

namespace exysim::display {

enum class Layer : uint8_t { video, graphic0, graphic1 };
constexpr size_t kLayers = 3;

/// What one frame shows, from the settings in force.
struct Composition {
    std::array<Layer, kLayers> order{};  ///< back to front; the first `count` are visible
    size_t count = 0;
    bool video = false;
    Blend video_blend;
    std::array<std::optional<GraphicWindow>, 2> graphic;
    Matrix matrix = Matrix::bt601;  ///< of the video layer and the background
    Rgb background{};
    bool limited_range = false;            ///< of the RGB sent
    std::optional<RgbToYcbcr> yuv;         ///< sent instead of RGB
    Matrix screen_matrix = Matrix::bt601;  ///< what a screen takes YUV for: BT.709 for HD
};

struct MixerCore {
    enum Reg : uint32_t {
        kStatus = 0x000,
        kCfg = 0x004,
        kIntEn = 0x008,
        kIntStatus = 0x00C,
        kLayerCfg = 0x010,
        kVideoCfg = 0x014,
        kGraphic = 0x020,  // and 0x040
        kBgCfg = 0x060,
        kCmCoeffY = 0x080,
        kShadowBase = 0x2000,
    };
    static constexpr uint32_t kGraphicStride = 0x20;
    // clang-format off
    //                                  register    name               high low access       reset count stride
    static constexpr Field kSoftReset  {kStatus,    "SOFT_RESET",         8,  8, Access::w1p, 0};
    static constexpr Field kBurst16    {kStatus,    "16_BURST",           7,  7, Access::rw,  0};
    static constexpr Field kBigEndian  {kStatus,    "BIG_ENDIAN",         3,  3, Access::rw,  0};
    static constexpr Field kSync       {kStatus,    "SYNC_ENABLE",        2,  2, Access::rw,  0};
    static constexpr Field kIdle       {kStatus,    "IDLE",               1,  1, Access::ro,  1};
    static constexpr Field kRun        {kStatus,    "RUN",                0,  0, Access::rw,  0};
    static constexpr Field kBt709      {kCfg,       "RGB_BT709",         10, 10, Access::rw,  0};
    static constexpr Field kLimited    {kCfg,       "RGB_LIMITED",        9,  9, Access::rw,  0};
    static constexpr Field kOutRgb     {kCfg,       "OUT_RGB888",         8,  8, Access::rw,  0};
    static constexpr Field kDstHdmi    {kCfg,       "DST_HDMI",           7,  7, Access::rw,  0};
    static constexpr Field kHd1080     {kCfg,       "HD_1080",            6,  6, Access::rw,  0};
    static constexpr Field kGrp1Enable {kCfg,       "GRP1_ENABLE",        5,  5, Access::rw,  0};
    static constexpr Field kGrp0Enable {kCfg,       "GRP0_ENABLE",        4,  4, Access::rw,  0};
    static constexpr Field kVpEnable   {kCfg,       "VP_ENABLE",          3,  3, Access::rw,  0};
    static constexpr Field kProgressive{kCfg,       "PROGRESSIVE",        2,  2, Access::rw,  0};
    static constexpr Field kPal        {kCfg,       "PAL",                1,  1, Access::rw,  0};
    static constexpr Field kHd         {kCfg,       "HD",                 0,  0, Access::rw,  0};
    static constexpr Field kEnVsync    {kIntEn,     "INT_EN_VSYNC",      11, 11, Access::rw,  0};
    static constexpr Field kEnUnder    {kIntEn,     "INT_EN_UNDERFLOW",  10,  8, Access::rw,  0};
    static constexpr Field kVsync      {kIntStatus, "INT_VSYNC",          0,  0, Access::ro,  0};
    static constexpr Field kGrp0Under  {kIntStatus, "INT_GRP0_UNDERFLOW", 8,  8, Access::w1c, 0};
    static constexpr Field kGrp1Under  {kIntStatus, "INT_GRP1_UNDERFLOW", 9,  9, Access::w1c, 0};
    static constexpr Field kVpUnder    {kIntStatus, "INT_VP_UNDERFLOW",  10, 10, Access::w1c, 0};
    static constexpr Field kClearVsync {kIntStatus, "INT_CLEAR_VSYNC",   11, 11, Access::w1p, 0};
    static constexpr Field kGrp1Prio   {kLayerCfg,  "GRP1_PRIORITY",     11,  8, Access::rw,  0};
    static constexpr Field kGrp0Prio   {kLayerCfg,  "GRP0_PRIORITY",      7,  4, Access::rw,  0};
    static constexpr Field kVpPriority {kLayerCfg,  "VP_PRIORITY",        3,  0, Access::rw,  0};
    static constexpr Field kVpBlend    {kVideoCfg,  "VP_BLEND_EN",       16, 16, Access::rw,  0};
    static constexpr Field kVpAlpha    {kVideoCfg,  "VP_ALPHA",           7,  0, Access::rw,  0};
    static constexpr Field kNoKey      {kGraphic,        "COLOR_KEY_DISABLE", 21, 21, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kPreMul     {kGraphic,        "PRE_MUL",           20, 20, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kWinBlend   {kGraphic,        "WIN_BLEND_EN",      17, 17, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kPixelBlend {kGraphic,        "PIXEL_BLEND_EN",    16, 16, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kFormat     {kGraphic,        "FORMAT",            11,  8, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kWinAlpha   {kGraphic,        "WIN_ALPHA",          7,  0, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kBase       {kGraphic + 0x04, "GRAPHIC_BASE",      31,  0, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kSpan       {kGraphic + 0x08, "GRAPHIC_SPAN",      14,  0, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kSrcX       {kGraphic + 0x0C, "GRAPHIC_SX",        26, 16, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kSrcY       {kGraphic + 0x0C, "GRAPHIC_SY",        10,  0, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kDoubleH    {kGraphic + 0x10, "GRAPHIC_H_SCALE",   28, 28, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kWidth      {kGraphic + 0x10, "GRAPHIC_WIDTH",     26, 16, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kDoubleV    {kGraphic + 0x10, "GRAPHIC_V_SCALE",   12, 12, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kHeight     {kGraphic + 0x10, "GRAPHIC_HEIGHT",    10,  0, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kDstX       {kGraphic + 0x14, "GRAPHIC_DX",        26, 16, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kDstY       {kGraphic + 0x14, "GRAPHIC_DY",        10,  0, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kBlank      {kGraphic + 0x18, "GRAPHIC_BLANK",     31,  0, Access::rw, 0, 2, kGraphicStride};
    static constexpr Field kDither     {kBgCfg,     "BG_CFG",            19, 17, Access::rw,  0};
    static constexpr Field kBgY        {0x064,      "BG_Y",              23, 16, Access::rw,  0x00, 3};
    static constexpr Field kBgCb       {0x064,      "BG_CB",             15,  8, Access::rw,  0x80, 3};
    static constexpr Field kBgCr       {0x064,      "BG_CR",              7,  0, Access::rw,  0x80, 3};
    // BT.601 for full-range RGB, which drivers leave as it is for standard definition [Assumed].
    static constexpr Field kCmY        {kCmCoeffY,  "CM_COEFF_Y",        29,  0, Access::rw,  132 << 20 | 258 << 10 | 50};
    static constexpr Field kCmFull     {kCmCoeffY,  "CM_RGB_FULL",       30, 30, Access::rw,  1};
    static constexpr Field kCmCb       {0x084,      "CM_COEFF_CB",       29,  0, Access::rw,  948 << 20 | 875 << 10 | 225};
    static constexpr Field kCmCr       {0x088,      "CM_COEFF_CR",       29,  0, Access::rw,  225 << 20 | 836 << 10 | 988};
    static constexpr Field kVersion    {0x100,      "VER",               31,  0, Access::ro,  0x0000'0010};
    static constexpr Field kShadow     {kShadowBase, "SHADOW",           31,  0, Access::ro,  0, 28};
    // clang-format on
    static constexpr Field kMap[] = {
        kSoftReset,  kBurst16,  kBigEndian,  kSync,       kIdle,       kRun,       kBt709,       kLimited,
        kOutRgb,     kDstHdmi,  kHd1080,     kGrp1Enable, kGrp0Enable, kVpEnable,  kProgressive, kPal,
        kHd,         kEnVsync,  kEnUnder,    kVsync,      kGrp0Under,  kGrp1Under, kVpUnder,     kClearVsync,
        kGrp1Prio,   kGrp0Prio, kVpPriority, kVpBlend,    kVpAlpha,    kNoKey,     kPreMul,      kWinBlend,
        kPixelBlend, kFormat,   kWinAlpha,   kBase,       kSpan,       kSrcX,      kSrcY,        kDoubleH,
        kWidth,      kDoubleV,  kHeight,     kDstX,       kDstY,       kBlank,     kDither,      kBgY,
        kBgCb,       kBgCr,     kCmY,        kCmFull,     kCmCb,       kCmCr,      kVersion,     kShadow};
    static_assert(well_formed(kMap));

    RegisterBank regs{kMap};

    MixerCore();
    MixerCore(const MixerCore&) = delete;
    MixerCore& operator=(const MixerCore&) = delete;

    void power_off();
    /// Counts resets, those by power-off among them.
    uint64_t resets() const { return resets_; }
    /// Vsync from the sink: the interrupt, and new settings if software allows it (SYNC_ENABLE).
    void vsync();
    /// Whether a frame begins at this vsync.
    bool running() const { return regs.get(kRun) != 0; }
    /// A frame is on the screen: IDLE reads zero until it ends.
    void begin_frame() { regs.set(kIdle, 0); }
    void end_frame() { regs.set(kIdle, 1); }
    /// A layer's line came too late.
    void underflow(Layer layer);
    /// Whose vsyncs count: HDMI's, or SDO's.
    bool to_hdmi() const { return regs.get(kDstHdmi) != 0; }
    uint32_t burst_bytes() const { return regs.get(kBurst16) ? 128 : 64; }  // beats of 64 bits

    /// What the settings in force show.
    Composition composition() const;
    /// What is odd about them; empty if nothing.
    std::string_view mistake() const;

    bool irq() const;

private:
    uint64_t resets_ = 0;
    void latch();
    uint32_t shadow(uint32_t reg) const { return regs.word(kShadowBase + reg); }
    uint32_t in_force(const Field& f, uint32_t index = 0) const {
        return (shadow(f.at(index)) & f.mask()) >> f.low;
    }
    uint32_t priority(Layer layer) const;
    std::optional<GraphicWindow> graphic(uint32_t n) const;
    RgbToYcbcr rgb_to_ycbcr() const;
};

}  // namespace exysim::display
