// FIMC-LITE of Exynos4412: registers, which frames are taken and where to, and its interrupts. Knows neither
// time nor SystemC. Source: Linux 6.1's fimc-lite driver and fimc-lite-reg.h, by use; what they leave open is
// marked Assumed.
#pragma once

#include <optional>
#include <string_view>

#include "models/base/address.hpp"
#include "models/base/register_bank.hpp"
#include "models/camera/frame_source.hpp"

namespace exysim::camera {

/// Where and how the lines of a frame are written.
struct LiteFrame {
    FrameSize source;            ///< as it arrives
    uint32_t left = 0, top = 0;  ///< of the window
    FrameSize window;
    uint8_t format = 0;      ///< a data type: 4:2:2, raw, or bytes that nothing looks into
    uint32_t order_in = 0;   ///< what a parallel camera's bytes are taken for, as from_422()'s
    uint32_t order_out = 0;  ///< 0 Y Cb Y Cr, 1 Y Cr Y Cb, 2 Cb Y Cr Y, 3 Cr Y Cb Y
    bool packed = false;     ///< raw samples of more than 8 bits: 12 bits each instead of 16
    bool bars = false;       ///< colour bars in place of the picture
    uint32_t canvas_width = 0, offset_left = 0, offset_top = 0;  ///< pixels and lines of the buffer
};

class FimcLiteCore {
public:
    static constexpr uint32_t kSlots = 32;
    enum Reg : uint32_t {
        kCisrcsize = 0x00,
        kCigctrl = 0x04,
        kCiimgcpt = 0x08,
        kCicptseq = 0x0C,
        kCiwdofst = 0x10,
        kCiwdofst2 = 0x14,
        kCiodmafmt = 0x18,
        kCiocan = 0x20,
        kCiooff = 0x24,
        kCiosa = 0x30,
        kCistatus = 0x40,
        kCistatus2 = 0x44,
        kCithold = 0xF0,
        kCigeneral = 0xFC,
        kCifcntseq = 0x100,
        kCiosan = 0x200,
    };
    // clang-format off
    //                                   register     name                high low  access       reset
    static constexpr Field kWidth       {kCisrcsize, "SIZE_HCAM",           29, 16, Access::rw,  0};
    static constexpr Field kOrderIn     {kCisrcsize, "ORDER422_IN",         15, 14, Access::rw,  0};
    static constexpr Field kHeight      {kCisrcsize, "SIZE_VCAM",           13,  0, Access::rw,  0};
    static constexpr Field kFormat      {kCigctrl,   "FMT",                 29, 24, Access::rw,  0};
    static constexpr Field kShadowOff   {kCigctrl,   "SHADOWMASK_DISABLE",  21, 21, Access::rw,  0};
    static constexpr Field kDmaOff      {kCigctrl,   "ODMA_DISABLE",        20, 20, Access::rw,  0};
    static constexpr Field kResetAsked  {kCigctrl,   "SWRST_REQ",           19, 19, Access::rw,  0};
    static constexpr Field kResetReady  {kCigctrl,   "SWRST_RDY",           18, 18, Access::ro,  0};
    static constexpr Field kReset       {kCigctrl,   "SWRST",               17, 17, Access::w1p, 0};
    static constexpr Field kBars        {kCigctrl,   "TEST_PATTERN",        15, 15, Access::rw,  0};
    static constexpr Field kPolarity    {kCigctrl,   "INVPOL",              14, 12, Access::rw,  0};
    static constexpr Field kIrqMask     {kCigctrl,   "IRQ_DISABLE",          8,  5, Access::rw,  0};  // last, end, start, overflow
    static constexpr Field kMipi        {kCigctrl,   "SELCAM_MIPI",          3,  3, Access::rw,  0};
    static constexpr Field kCapture     {kCiimgcpt,  "IMGCPTEN",            31, 31, Access::rw,  0};
    static constexpr Field kFrameControl{kCiimgcpt,  "CPT_FREN",            25, 25, Access::rw,  0};
    static constexpr Field kCountMode   {kCiimgcpt,  "CPT_MOD",             18, 18, Access::rw,  0};
    static constexpr Field kFrameCount  {kCiimgcpt,  "CPT_FRCNT",           17, 10, Access::rw,  0};  // Assumed: as FIMC's
    static constexpr Field kSequence    {kCicptseq,  "CICPTSEQ",            31,  0, Access::rw,  0xFFFF'FFFF};
    static constexpr Field kWindowOn    {kCiwdofst,  "WINOFSEN",            31, 31, Access::rw,  0};
    static constexpr Field kClearOvfY   {kCiwdofst,  "CLROVFIY",            30, 30, Access::w1p, 0};  // Assumed: as FIMC's
    static constexpr Field kWindowLeft  {kCiwdofst,  "WINHOROFST",          28, 16, Access::rw,  0};
    static constexpr Field kClearOvfCb  {kCiwdofst,  "CLROVFICB",           15, 15, Access::w1p, 0};
    static constexpr Field kClearOvfCr  {kCiwdofst,  "CLROVFICR",           14, 14, Access::w1p, 0};
    static constexpr Field kWindowTop   {kCiwdofst,  "WINVEROFST",          12,  0, Access::rw,  0};
    static constexpr Field kWindowRight {kCiwdofst2, "WINHOROFST2",         28, 16, Access::rw,  0};
    static constexpr Field kWindowBottom{kCiwdofst2, "WINVEROFST2",         12,  0, Access::rw,  0};
    static constexpr Field kRawControl  {kCiodmafmt, "RAW_CON",             15, 15, Access::rw,  0};
    static constexpr Field kPack12      {kCiodmafmt, "PACK12",              14, 14, Access::rw,  0};
    static constexpr Field kOrderOut    {kCiodmafmt, "ORDER422_OUT",         5,  4, Access::rw,  0};
    static constexpr Field kCanvasHeight{kCiocan,    "OCAN_V",              29, 16, Access::rw,  0};
    static constexpr Field kCanvasWidth {kCiocan,    "OCAN_H",              13,  0, Access::rw,  0};
    static constexpr Field kOffsetTop   {kCiooff,    "OOFF_V",              29, 16, Access::rw,  0};
    static constexpr Field kOffsetLeft  {kCiooff,    "OOFF_H",              13,  0, Access::rw,  0};
    static constexpr Field kAddress     {kCiosa,     "CIOSA",               31,  0, Access::rw,  0};
    static constexpr Field kMipiValid   {kCistatus,  "MIPI_VALID",          22, 20, Access::ro,  0};  // frame, line, data
    static constexpr Field kItuVsync    {kCistatus,  "ITU_VSYNC",           14, 14, Access::ro,  0};
    static constexpr Field kItuHref     {kCistatus,  "ITU_HREF",            13, 13, Access::ro,  0};
    static constexpr Field kOverflowY   {kCistatus,  "OVFIY",               10, 10, Access::ro,  0};
    static constexpr Field kOverflowCb  {kCistatus,  "OVFICB",               9,  9, Access::ro,  0};
    static constexpr Field kOverflowCr  {kCistatus,  "OVFICR",               8,  8, Access::ro,  0};
    static constexpr Field kIrqSource   {kCistatus,  "IRQ_SRC",              7,  4, Access::ro,  0};  // overflow, last, start, end
    static constexpr Field kIrqCam      {kCistatus,  "IRQ_CAM",              0,  0, Access::rw,  0};  // written 0 clears
    static constexpr Field kLastCapture {kCistatus2, "LASTCAPEND",           1,  1, Access::rw,  0};
    static constexpr Field kFrameEnd    {kCistatus2, "FRMEND",               0,  0, Access::rw,  0};
    static constexpr Field kQos         {kCithold,   "CITHOLD",             31,  0, Access::rw,  0};
    static constexpr Field kPortB       {kCigeneral, "CAM_B",                0,  0, Access::rw,  0};
    static constexpr Field kGeneral     {kCigeneral, "CIGENERAL_REST",      31,  1, Access::rw,  0};
    static constexpr Field kRing        {kCifcntseq, "CIFCNTSEQ",           31,  0, Access::rw,  0};
    static constexpr Field kAddresses   {kCiosan,    "CIOSA1",              31,  0, Access::rw,  0, kSlots - 1};
    // clang-format on
    static constexpr Field kMap[] = {
        kWidth,        kOrderIn,      kHeight,      kFormat,      kShadowOff,    kDmaOff,     kResetAsked,
        kResetReady,   kReset,        kBars,        kPolarity,    kIrqMask,      kMipi,       kCapture,
        kFrameControl, kCountMode,    kFrameCount,  kSequence,    kWindowOn,     kClearOvfY,  kWindowLeft,
        kClearOvfCb,   kClearOvfCr,   kWindowTop,   kWindowRight, kWindowBottom, kRawControl, kPack12,
        kOrderOut,     kCanvasHeight, kCanvasWidth, kOffsetTop,   kOffsetLeft,   kAddress,    kMipiValid,
        kItuVsync,     kItuHref,      kOverflowY,   kOverflowCb,  kOverflowCr,   kIrqSource,  kIrqCam,
        kLastCapture,  kFrameEnd,     kQos,         kPortB,       kGeneral,      kRing,       kAddresses};
    static_assert(well_formed(kMap));

    RegisterBank regs{kMap};

    FimcLiteCore();
    FimcLiteCore(const FimcLiteCore&) = delete;
    FimcLiteCore& operator=(const FimcLiteCore&) = delete;

    /// What becomes of a frame that begins.
    struct Decision {
        std::optional<LiteFrame> frame = {};
        std::string_view drop_reason = {};  ///< otherwise
        std::string_view mistake = {};      ///< what the guest did wrong, or empty
    };
    /// VSYNC: the start interrupt, if the frame is captured.
    Decision begin_frame(const SentFormat& sent);
    /// The first line arrives: the buffer it goes to. Linux chooses it after the start interrupt, so not
    /// before this. Nothing: the frame goes to no memory (no buffer, or output DMA is off).
    std::optional<Iova> begin_lines();
    /// The captured frame is in memory: the end interrupt, and another one if it was the last of a capture.
    void end_frame();
    /// The FIFO towards memory was full.
    void overflow();

    CameraPort selected() const;
    bool irq() const { return pending_; }
    void power_off();
    /// Counts resets: a frame that was begun under another count is lost.
    uint64_t resets() const { return resets_; }

private:
    enum Source : uint32_t { kEnd = 1, kStart = 2, kLast = 4, kOverflow = 8 };
    void control(uint32_t written);
    void raise(Source source);
    bool wanted_by_sequence();
    std::optional<uint32_t> next_slot() const;
    Decision planned(const SentFormat& sent) const;

    bool pending_ = false;
    bool capturing_ = false, was_enabled_ = false;
    uint32_t frames_enabled_ = 0;
    uint32_t last_slot_ = kSlots - 1;
    uint64_t resets_ = 0;
};

/// Bytes that a pixel of the frame takes in memory, times two (packed raw samples take one and a half).
uint32_t twice_pixel_bytes(const LiteFrame& frame);

/// One line's window as it lies in memory. Raw samples come as CSI-2 carries them and lie as 16-bit words,
/// little-endian, the sample in the lowest bits; packed as 12 bits each, the first sample in the lower bits
/// (a sample of 10 bits in the upper ones) [Assumed].
std::vector<uint8_t> lite_bytes(const LiteFrame& frame, uint32_t line, const Line422& pixels);

}  // namespace exysim::camera
