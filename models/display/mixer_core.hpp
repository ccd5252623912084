// MIXER: what is on the screen and what software is told about it (hardware/mixer.md, sections 2 to 5). Knows
// neither time nor SystemC. The video layer works; the graphics layers are storage and say so when switched
// on.
#pragma once

#include <string_view>

#include "models/base/register_bank.hpp"
#include "models/display/pixel_math.hpp"

namespace exysim::display {

/// What one frame shows, from the settings in force.
struct Composition {
    bool video = false;
    Matrix matrix = Matrix::bt601;
    Rgb background{};
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
    static constexpr Field kGrpEnable  {kCfg,       "GRP_ENABLE",         5,  4, Access::rw,  0};
    static constexpr Field kVpEnable   {kCfg,       "VP_ENABLE",          3,  3, Access::rw,  0};
    static constexpr Field kScan       {kCfg,       "SCAN",               2,  0, Access::rw,  0};
    static constexpr Field kEnVsync    {kIntEn,     "INT_EN_VSYNC",      11, 11, Access::rw,  0};
    static constexpr Field kEnUnder    {kIntEn,     "INT_EN_UNDERFLOW",  10,  8, Access::rw,  0};
    static constexpr Field kVsync      {kIntStatus, "INT_VSYNC",          0,  0, Access::ro,  0};
    static constexpr Field kGrpUnder   {kIntStatus, "INT_GRP_UNDERFLOW",  9,  8, Access::w1c, 0};
    static constexpr Field kVpUnder    {kIntStatus, "INT_VP_UNDERFLOW",  10, 10, Access::w1c, 0};
    static constexpr Field kClearVsync {kIntStatus, "INT_CLEAR_VSYNC",   11, 11, Access::w1p, 0};
    static constexpr Field kPriority   {kLayerCfg,  "GRP_PRIORITY",      11,  4, Access::rw,  0};
    static constexpr Field kVpPriority {kLayerCfg,  "VP_PRIORITY",        3,  0, Access::rw,  0};
    static constexpr Field kBlend      {kVideoCfg,  "VP_BLEND_EN",       16, 16, Access::rw,  0};
    static constexpr Field kAlpha      {kVideoCfg,  "VP_ALPHA",           7,  0, Access::rw,  0};
    static constexpr Field kGrpCfg     {kGraphic,        "GRAPHIC_CFG",  21,  0, Access::rw,  0, 2, kGraphicStride};
    static constexpr Field kGrpBase    {kGraphic + 0x04, "GRAPHIC_BASE", 31,  0, Access::rw,  0, 2, kGraphicStride};
    static constexpr Field kGrpSpan    {kGraphic + 0x08, "GRAPHIC_SPAN", 14,  0, Access::rw,  0, 2, kGraphicStride};
    static constexpr Field kGrpSxy     {kGraphic + 0x0C, "GRAPHIC_SXY",  26,  0, Access::rw,  0, 2, kGraphicStride};
    static constexpr Field kGrpWh      {kGraphic + 0x10, "GRAPHIC_WH",   28,  0, Access::rw,  0, 2, kGraphicStride};
    static constexpr Field kGrpDxy     {kGraphic + 0x14, "GRAPHIC_DXY",  26,  0, Access::rw,  0, 2, kGraphicStride};
    static constexpr Field kGrpBlank   {kGraphic + 0x18, "GRAPHIC_BLANK",31,  0, Access::rw,  0, 2, kGraphicStride};
    static constexpr Field kDither     {kBgCfg,     "BG_CFG",            19, 17, Access::rw,  0};
    static constexpr Field kBgY        {0x064,      "BG_Y",              23, 16, Access::rw,  0x00, 3};
    static constexpr Field kBgCb       {0x064,      "BG_CB",             15,  8, Access::rw,  0x80, 3};
    static constexpr Field kBgCr       {0x064,      "BG_CR",              7,  0, Access::rw,  0x80, 3};
    static constexpr Field kCmCoeff    {0x080,      "CM_COEFF",          30,  0, Access::rw,  0, 3};
    static constexpr Field kVersion    {0x100,      "VER",               31,  0, Access::ro,  0x0000'0010};
    static constexpr Field kShadow     {kShadowBase, "SHADOW",           31,  0, Access::ro,  0, 28};
    // clang-format on
    static constexpr Field kMap[] = {
        kSoftReset, kBurst16,  kBigEndian, kSync,       kIdle,     kRun,        kBt709,    kLimited,
        kOutRgb,    kDstHdmi,  kHd1080,    kGrpEnable,  kVpEnable, kScan,       kEnVsync,  kEnUnder,
        kVsync,     kGrpUnder, kVpUnder,   kClearVsync, kPriority, kVpPriority, kBlend,    kAlpha,
        kGrpCfg,    kGrpBase,  kGrpSpan,   kGrpSxy,     kGrpWh,    kGrpDxy,     kGrpBlank, kDither,
        kBgY,       kBgCb,     kBgCr,      kCmCoeff,    kVersion,  kShadow};
    static_assert(well_formed(kMap));

    RegisterBank regs{kMap};

    MixerCore();
    MixerCore(const MixerCore&) = delete;
    MixerCore& operator=(const MixerCore&) = delete;

    /// Vsync from the sink: the interrupt, and new settings if software allows it (SYNC_ENABLE).
    void vsync();
    /// Whether a frame begins at this vsync.
    bool running() const { return regs.get(kRun) != 0; }
    /// A frame is on the screen: IDLE reads zero until it ends.
    void begin_frame() { regs.set(kIdle, 0); }
    void end_frame() { regs.set(kIdle, 1); }

    /// What the settings in force show.
    Composition composition() const;
    /// Which of them this model does not do; empty if all is well.
    std::string_view unsupported() const;

    bool irq() const;

private:
    uint32_t shadow(uint32_t reg) const { return regs.word(kShadowBase + reg); }
    uint32_t in_force(const Field& f) const { return (shadow(f.offset) & f.mask()) >> f.low; }
};

}  // namespace exysim::display
