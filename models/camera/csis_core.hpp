// MIPI CSI-2 receiver of Exynos4210 (hardware/fimc.md section 10): what passes, and which errors are seen.
// Knows neither time nor SystemC.
#pragma once

#include "models/base/register_bank.hpp"
#include "models/camera/frame_source.hpp"

namespace exysim::camera {

struct CsisCore {
    enum Reg : uint32_t {
        kCtrl = 0x00,
        kDphyctrl = 0x04,
        kConfig = 0x08,
        kIntmsk = 0x10,
        kIntsrc = 0x14,
        kResol = 0x2C,
        kPacketOdd = 0x2000,
        kPacketEven = 0x3000,
    };
    static constexpr uint32_t kPacketWords = 1024;
    // clang-format off
    //                                  register     name              high low  access        reset
    static constexpr Field kSwap       {kCtrl,       "DPDN_SWAP",       31, 31, Access::rw,   0};
    static constexpr Field kAlign      {kCtrl,       "PARALLEL32",      20, 20, Access::rw,   0};
    static constexpr Field kUpdate     {kCtrl,       "UPDATE_SHADOW",   16, 16, Access::w1p,  0};
    static constexpr Field kWclk       {kCtrl,       "WCLK_SRC",         8,  8, Access::rw,   0};
    static constexpr Field kReset      {kCtrl,       "SWRST",            4,  4, Access::w1p,  0};
    static constexpr Field kEnable     {kCtrl,       "ENABLE",           0,  0, Access::rw,   0};
    static constexpr Field kSettle     {kDphyctrl,   "HSSETTLE",        31, 27, Access::rw,   0};
    static constexpr Field kDphyOn     {kDphyctrl,   "DPHYON",           4,  0, Access::rw,   0};
    static constexpr Field kDataType   {kConfig,     "DATAFORMAT",       7,  2, Access::rw,   0};
    static constexpr Field kLanes      {kConfig,     "LANENUM",          1,  0, Access::rw,   0};  // less one
    static constexpr Field kMask       {kIntmsk,     "MSK_EMBEDDED",    31, 28, Access::rw,   0};
    static constexpr Field kMaskSot    {kIntmsk,     "MSK_SOTHS",       15, 12, Access::rw,   0};
    static constexpr Field kMaskErrors {kIntmsk,     "MSK_ERR",          5,  0, Access::rw,   0};
    static constexpr Field kEvenBefore {kIntsrc,     "EVENBEFORE",      31, 31, Access::w1c,  0};
    static constexpr Field kEvenAfter  {kIntsrc,     "EVENAFTER",       30, 30, Access::w1c,  0};
    static constexpr Field kOddBefore  {kIntsrc,     "ODDBEFORE",       29, 29, Access::w1c,  0};
    static constexpr Field kOddAfter   {kIntsrc,     "ODDAFTER",        28, 28, Access::w1c,  0};
    static constexpr Field kSotError   {kIntsrc,     "ERR_SOT_HS",      15, 12, Access::w1c,  0};  // by lane
    static constexpr Field kLostStart  {kIntsrc,     "ERR_LOST_FS",      5,  5, Access::w1c,  0};
    static constexpr Field kLostEnd    {kIntsrc,     "ERR_LOST_FE",      4,  4, Access::w1c,  0};
    static constexpr Field kOverflow   {kIntsrc,     "ERR_OVER",         3,  3, Access::w1c,  0};
    static constexpr Field kEcc        {kIntsrc,     "ERR_ECC",          2,  2, Access::w1c,  0};
    static constexpr Field kCrc        {kIntsrc,     "ERR_CRC",          1,  1, Access::w1c,  0};
    static constexpr Field kUnknown    {kIntsrc,     "ERR_ID",           0,  0, Access::w1c,  0};
    static constexpr Field kWidth      {kResol,      "HRESOL",          31, 16, Access::rw,   0};
    static constexpr Field kHeight     {kResol,      "VRESOL",          15,  0, Access::rw,   0};
    static constexpr Field kOddData    {kPacketOdd,  "PKTDATA_ODD",     31,  0, Access::ro,   0, kPacketWords};
    static constexpr Field kEvenData   {kPacketEven, "PKTDATA_EVEN",    31,  0, Access::ro,   0, kPacketWords};
    // clang-format on
    static constexpr Field kMap[] = {kSwap,       kAlign,      kUpdate,    kWclk,      kReset,    kEnable,
                                     kSettle,     kDphyOn,     kDataType,  kLanes,     kMask,     kMaskSot,
                                     kMaskErrors, kEvenBefore, kEvenAfter, kOddBefore, kOddAfter, kSotError,
                                     kLostStart,  kLostEnd,    kOverflow,  kEcc,       kCrc,      kUnknown,
                                     kWidth,      kHeight,     kOddData,   kEvenData};
    RegisterBank regs{kMap};

    /// `max_lanes`: that the instance has (bus-width: 4 on CSIS0, 2 on CSIS1).
    explicit CsisCore(uint32_t max_lanes = 4);
    CsisCore(const CsisCore&) = delete;
    CsisCore& operator=(const CsisCore&) = delete;

    /// A frame start packet arrives. True when its lines are passed on. Not so: while disabled or without
    /// power silently; with another number of lanes than the camera's, with start-of-transmission errors on
    /// the lanes that differ; with another data type, with ERR_ID. A frame that passed and has not ended is
    /// ERR_LOST_FE. Data type, lanes and size are those of the
    /// last UPDATE_SHADOW. `mistake` says what the guest has set wrong, else it is empty.
    bool begin_frame(const SentFormat& sent, bool powered, std::string_view& mistake);
    /// Lines or a frame end arrive: a receiver that was switched on in the middle of a frame has lost its
    /// start.
    void see_line();
    void end_frame();
    /// Embedded data before the picture; frames are odd and even in turn, the first is odd (Assumed).
    void embedded(std::span<const uint8_t> bytes);

    void power_off();
    /// The clock stops: the rest of the frame on the link is lost.
    void clock_lost() { on_ = passing_ = false; }

    bool irq() const { return (regs.word(kIntsrc) & regs.word(kIntmsk)) != 0; }
    bool passing() const { return passing_; }

private:
    /// What UPDATE_SHADOW has taken over.
    struct Shadow {
        uint32_t data_type = 0, lanes = 0;
        FrameSize size;
    };
    uint32_t max_lanes_;
    Shadow shadow_;
    bool on_ = false;       // the frame on the link began while the receiver was on
    bool passing_ = false;  // and its lines go on
    uint64_t frames_ = 0;
};
static_assert(well_formed(CsisCore::kMap));

}  // namespace exysim::camera
