// FIMD: five windows of RGB over each other for a panel with its own raster. Knows neither time nor SystemC.
// Registers and bits: Linux 6.1's samsung_fimd.h by its use in exynos_drm_fimd.c; what no driver uses is
// marked Assumed. Local paths from FIMC, dithering and TV output are not modelled: storage, and said so when
// switched on.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string_view>

#include "models/base/register_bank.hpp"
#include "models/display/fimd_window.hpp"
#include "models/display/timing.hpp"

namespace exysim::display {

/// Upper bits of each colour that reach a panel.
struct ColourDepth {
    uint8_t red = 8, green = 8, blue = 8;
    friend bool operator==(const ColourDepth&, const ColourDepth&) = default;
};

struct FimdCore {
    static constexpr uint32_t kWindows = 5;
    enum Reg : uint32_t {
        kVidcon0 = 0x000,
        kVidcon1 = 0x004,
        kVidtcon0 = 0x010,
        kVidtcon1 = 0x014,
        kVidtcon2 = 0x018,
        kWincon = 0x020,
        kShadowcon = 0x034,
        kVidosd = 0x040,
        kBufStart = 0x0A0,
        kBufEnd = 0x0D0,
        kBufSize = 0x100,
        kVidintcon0 = 0x130,
        kVidintcon1 = 0x134,
        kWkeycon = 0x140,
        kWinmap = 0x180,
        kWpalcon = 0x1A0,
        kTrigcon = 0x1A4,
        kI80ifcona = 0x1B0,  // of the main panel, then of the sub panel
        kAlpha = 0x21C,      // ALPHA0 and ALPHA1 of window 0; others 8 apart
        kBlendeq = 0x244,
        kBlendcon = 0x260,
        kRgbOrder = 0x2020,
        kPalette = 0x2400,
        kShadowOffset = 0x4000,
    };
    // clang-format off
    //                                register      name           high low access       reset count stride
    static constexpr Field kEnvidF    {kVidcon0,    "ENVID_F",        0,  0, Access::rw,  0};
    static constexpr Field kEnvid     {kVidcon0,    "ENVID",          1,  1, Access::rw,  0};
    static constexpr Field kClkSel    {kVidcon0,    "CLKSEL",         3,  2, Access::rw,  0};
    static constexpr Field kClkDir    {kVidcon0,    "CLKDIR",         4,  4, Access::rw,  0};
    static constexpr Field kVclkFree  {kVidcon0,    "VCLKFREE",       5,  5, Access::rw,  0};
    static constexpr Field kClkVal    {kVidcon0,    "CLKVAL_F",      13,  6, Access::rw,  0};
    static constexpr Field kVidconRest{kVidcon0,    "VIDCON0_REST",  19, 14, Access::rw,  0};
    static constexpr Field kL0Data    {kVidcon0,    "L0_DATA",       22, 20, Access::rw,  0};
    static constexpr Field kL1Data    {kVidcon0,    "L1_DATA",       25, 23, Access::rw,  0};
    static constexpr Field kVidout    {kVidcon0,    "VIDOUT",        28, 26, Access::rw,  0};
    static constexpr Field kInterlace {kVidcon0,    "INTERLACE",     29, 29, Access::rw,  0};
    static constexpr Field kDsiEn     {kVidcon0,    "DSI_EN",        30, 30, Access::rw,  0};  // a 24-bit I80 bus
    static constexpr Field kVidconTop {kVidcon0,    "VIDCON0_TOP",   31, 31, Access::rw,  0};
    static constexpr Field kInvert    {kVidcon1,    "VIDCON1_INV",    7,  4, Access::rw,  0};
    static constexpr Field kVclkHold  {kVidcon1,    "VCLK",          10,  9, Access::rw,  0};
    static constexpr Field kVstatus   {kVidcon1,    "VSTATUS",       14, 13, Access::ro,  0};  // kept by the shell
    static constexpr Field kFstatus   {kVidcon1,    "FSTATUS",       15, 15, Access::ro,  0};
    static constexpr Field kLinecnt   {kVidcon1,    "LINECNT",       26, 16, Access::ro,  0};
    static constexpr Field kVidcon2   {0x008,       "VIDCON2",       31,  0, Access::rw,  0, 2};
    static constexpr Field kVbpdE     {kVidtcon0,   "VBPDE",         31, 24, Access::rw,  0};
    static constexpr Field kVbpd      {kVidtcon0,   "VBPD",          23, 16, Access::rw,  0};
    static constexpr Field kVfpd      {kVidtcon0,   "VFPD",          15,  8, Access::rw,  0};
    static constexpr Field kVspw      {kVidtcon0,   "VSPW",           7,  0, Access::rw,  0};
    static constexpr Field kVfpdE     {kVidtcon1,   "VFPDE",         31, 24, Access::rw,  0};
    static constexpr Field kHbpd      {kVidtcon1,   "HBPD",          23, 16, Access::rw,  0};
    static constexpr Field kHfpd      {kVidtcon1,   "HFPD",          15,  8, Access::rw,  0};
    static constexpr Field kHspw      {kVidtcon1,   "HSPW",           7,  0, Access::rw,  0};
    static constexpr Field kLinevalE  {kVidtcon2,   "LINEVAL_E",     23, 23, Access::rw,  0};
    static constexpr Field kHozvalE   {kVidtcon2,   "HOZVAL_E",      22, 22, Access::rw,  0};
    static constexpr Field kLineval   {kVidtcon2,   "LINEVAL",       21, 11, Access::rw,  0};
    static constexpr Field kHozval    {kVidtcon2,   "HOZVAL",        10,  0, Access::rw,  0};
    static constexpr Field kVidtcon3  {0x01C,       "VIDTCON3",      31,  0, Access::rw,  0};
    static constexpr Field kWin       {kWincon,     "WINCON",        31,  0, Access::rw,  0, kWindows};
    static constexpr Field kChannel   {kShadowcon,  "CH_ENABLE",      4,  0, Access::rw,  0};
    static constexpr Field kLocal     {kShadowcon,  "LOCAL_ENABLE",   7,  5, Access::rw,  0};
    static constexpr Field kProtect   {kShadowcon,  "PROTECT",       14, 10, Access::rw,  0};
    static constexpr Field kOsd       {kVidosd,     "VIDOSD",        31,  0, Access::rw,  0, 4 * kWindows};
    static constexpr Field kStart     {kBufStart,   "BUF_START",     31,  0, Access::rw,  0, 2 * kWindows};
    static constexpr Field kEnd       {kBufEnd,     "BUF_END",       31,  0, Access::rw,  0, 2 * kWindows};
    static constexpr Field kSize      {kBufSize,    "BUF_SIZE",      27,  0, Access::rw,  0, kWindows};
    static constexpr Field kIntEnable {kVidintcon0, "INT_EN",         0,  0, Access::rw,  0};
    static constexpr Field kIntFifo   {kVidintcon0, "INT_FIFO_EN",    1,  1, Access::rw,  0};
    static constexpr Field kFifoLevel {kVidintcon0, "FIFOLEVEL",      4,  2, Access::rw,  0};
    static constexpr Field kFifoSel   {kVidintcon0, "FIFOSEL",       11,  5, Access::rw,  0};
    static constexpr Field kIntFrame  {kVidintcon0, "INT_FRAME_EN",  12, 12, Access::rw,  0};
    static constexpr Field kFrameSel1 {kVidintcon0, "FRAMESEL1",     14, 13, Access::rw,  0};
    static constexpr Field kFrameSel0 {kVidintcon0, "FRAMESEL0",     16, 15, Access::rw,  0};
    static constexpr Field kI80Done   {kVidintcon0, "INT_I80IFDONE", 17, 17, Access::rw,  0};
    static constexpr Field kI80Sub    {kVidintcon0, "INT_SYSSUB",    18, 18, Access::rw,  0};
    static constexpr Field kI80Main   {kVidintcon0, "INT_SYSMAIN",   19, 19, Access::rw,  0};
    static constexpr Field kFifoIntv  {kVidintcon0, "FIFOINTERVAL",  25, 20, Access::rw,  0};
    static constexpr Field kFifo      {kVidintcon1, "INT_FIFO",       0,  0, Access::w1c, 0};
    static constexpr Field kFrame     {kVidintcon1, "INT_FRAME",      1,  1, Access::w1c, 0};
    static constexpr Field kI80       {kVidintcon1, "INT_I80",        2,  2, Access::w1c, 0};
    static constexpr Field kKeycon    {kWkeycon,    "WKEYCON",       31,  0, Access::rw,  0, 2 * (kWindows - 1)};
    static constexpr Field kDither    {0x170,       "DITHMODE",       6,  0, Access::rw,  0};
    static constexpr Field kMapReg    {kWinmap,     "WINMAP",        24,  0, Access::rw,  0, kWindows};
    static constexpr Field kPalcon    {kWpalcon,    "WPALCON",        9,  0, Access::rw,  0};
    static constexpr Field kTrgMode   {kTrigcon,    "TRGMODE",        0,  0, Access::rw,  0};
    static constexpr Field kTrigger   {kTrigcon,    "SWTRGCMD",       1,  1, Access::w1p, 0};
    static constexpr Field kTrigRest  {kTrigcon,    "TRIGCON_REST",  31,  2, Access::rw,  0};
    static constexpr Field kI80a      {kI80ifcona,  "I80IFCONA",     31,  0, Access::rw,  0, 2};
    static constexpr Field kI80b      {0x1B8,       "I80IFCONB",     31,  0, Access::rw,  0, 2};
    static constexpr Field kAlphas    {kAlpha,      "VIDW_ALPHA",    23,  0, Access::rw,  0, 2 * kWindows};
    static constexpr Field kBlend     {kBlendeq,    "BLENDEQ",       21,  0, Access::rw,  0xC2, kWindows - 1};
    static constexpr Field kNewAlpha  {kBlendcon,   "BLENDCON",       0,  0, Access::rw,  0};
    static constexpr Field kOrder     {kRgbOrder,   "WIN_RGB_ORDER", 31,  0, Access::rw,  0, kWindows};
    static constexpr Field kPal       {kPalette,    "PALETTE",       31,  0, Access::rw,  0, 256 * kWindows};
    static constexpr Field kStartS    {kShadowOffset + kBufStart, "BUF_START_S", 31, 0, Access::ro, 0, 2 * kWindows};
    static constexpr Field kEndS      {kShadowOffset + kBufEnd,   "BUF_END_S",   31, 0, Access::ro, 0, 2 * kWindows};
    static constexpr Field kSizeS     {kShadowOffset + kBufSize,  "BUF_SIZE_S",  27, 0, Access::ro, 0, kWindows};
    // clang-format on
    static constexpr Field kMap[] = {
        kEnvidF,    kEnvid,    kClkSel,    kClkDir,    kVclkFree,  kClkVal,    kVidconRest, kL0Data,
        kL1Data,    kDsiEn,    kVidout,    kInterlace, kVidconTop, kInvert,    kVclkHold,   kVstatus,
        kFstatus,   kLinecnt,  kVidcon2,   kVbpdE,     kVbpd,      kVfpd,      kVspw,       kVfpdE,
        kHbpd,      kHfpd,     kHspw,      kLinevalE,  kHozvalE,   kLineval,   kHozval,     kVidtcon3,
        kWin,       kChannel,  kLocal,     kProtect,   kOsd,       kStart,     kEnd,        kSize,
        kIntEnable, kIntFifo,  kFifoLevel, kFifoSel,   kIntFrame,  kFrameSel1, kFrameSel0,  kI80Done,
        kI80Sub,    kI80Main,  kFifoIntv,  kFifo,      kFrame,     kI80,       kKeycon,     kDither,
        kMapReg,    kPalcon,   kTrgMode,   kTrigger,   kTrigRest,  kI80a,      kI80b,       kAlphas,
        kBlend,     kNewAlpha, kOrder,     kPal,       kStartS,    kEndS,      kSizeS};
    static_assert(well_formed(kMap));

    /// Parts of a frame, in their order; the code FRAMESEL0 and VSTATUS know them by.
    enum class Part : uint8_t { back_porch = 0, vsync = 1, active = 2, front_porch = 3 };

    RegisterBank regs{kMap};

    /// Told of a guest mistake at once. Set by the shell.
    std::function<void(std::string_view what, uint32_t offset, uint32_t value)> complain =
        [](std::string_view, uint32_t, uint32_t) {};

    FimdCore();
    FimdCore(const FimdCore&) = delete;
    FimdCore& operator=(const FimdCore&) = delete;

    void power_off();
    /// Video output is on; ENVID_F alone counts at frame ends.
    bool running() const { return regs.get(kEnvid) && regs.get(kEnvidF); }
    bool stops_at_once() const { return !regs.get(kEnvid); }
    /// The panel's raster; `clock_hz` is SCLK_FIMD. To a panel with an I80 interface go two empty lines
    /// [Assumed: the time to fetch the first one] and then the picture.
    Timing timing(uint64_t clock_hz) const;

    /// VIDOUT chooses an I80 interface: frames go out when asked for, to a panel that keeps them.
    bool command_mode() const { return (regs.get(kVidout) & 2) != 0; }
    /// VIDOUT sends what is shown to a FIMC as well.
    bool writes_back() const { return (regs.get(kVidout) & 4) != 0; }
    /// Whether a frame is to go out now: its interface is on, and it was triggered or needs no trigger.
    bool frame_wanted() const;
    /// A frame begins and uses the trigger up. A further trigger before frame_sent() is a mistake.
    void begin_command_frame();
    /// The frame is in the panel: the I80 interrupt.
    void frame_sent();
    /// Output has stopped; a frame under way is lost.
    void stopped();
    /// Bits of a pixel that the bus to the panel carries, by colour.
    ColourDepth depth() const;
    /// Vsync: windows that are not protected take their settings over.
    void vsync();
    /// A part of the frame begins: the frame interrupt, if it was chosen.
    void enter(Part part);
    /// A window's line came too late.
    void underflow() { regs.raise(kFifo); }
    /// The window as it was taken over; nothing if it is off.
    const std::optional<FimdWindow>& window(uint32_t n) const { return windows_[n]; }
    /// What is odd or not modelled in the settings taken over; empty if nothing.
    std::string_view mistake() const { return mistake_; }
    /// The register it is in.
    uint32_t mistake_offset() const { return mistake_offset_; }

    bool fifo_irq() const { return regs.get(kIntEnable) && regs.get(kIntFifo) && regs.get(kFifo); }
    bool frame_irq() const { return regs.get(kIntEnable) && regs.get(kIntFrame) && regs.get(kFrame); }
    bool i80_irq() const;

private:
    /// The panel at the chosen I80 interface: 0 main, 1 sub.
    uint32_t ldi() const { return regs.get(kVidout) & 1; }
    uint32_t bus_format() const;
    uint32_t clocks_per_pixel() const;
    bool interface_on() const { return (regs.get(kI80a, ldi()) & 1) != 0; }
    std::optional<FimdWindow> described(uint32_t n) const;
    uint32_t alpha_value(uint32_t n, uint32_t which) const;
    void describe_blend(uint32_t n, FimdWindow& w) const;
    void describe_palette(uint32_t n, FimdWindow& w) const;
    std::string_view oddity(uint32_t n) const;
    void note_mistakes();

    std::array<std::optional<FimdWindow>, kWindows> windows_;
    std::string_view mistake_;
    uint32_t mistake_offset_ = 0;
    bool triggered_ = false, sending_ = false;
};

}  // namespace exysim::display
