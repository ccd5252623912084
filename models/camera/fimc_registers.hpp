// FIMC registers of Exynos4210 (hardware/fimc.md section 1).
#pragma once

#include "models/base/register_bank.hpp"

namespace exysim::camera::fimc {

enum Reg : uint32_t {
    kCisrcfmt = 0x000,
    kCiwdofst = 0x004,
    kCigctrl = 0x008,
    kCiwdofst2 = 0x014,
    kCioysa = 0x018,
    kCiocbsa = 0x028,
    kCiocrsa = 0x038,
    kCitrgfmt = 0x048,
    kCioctrl = 0x04C,
    kCiscctrl = 0x058,
    kCistatus = 0x064,
    kCistatus2 = 0x068,
    kCiimgcpt = 0x0C0,
    kMsctrl = 0x0FC,
    kCioyoff = 0x168,
    kCiocboff = 0x16C,
    kCiocroff = 0x170,
    kOrgosize = 0x184,
    kCifcntseq = 0x1FC,
};

inline constexpr uint32_t kSlots = 32;      ///< output address registers
inline constexpr uint32_t kFirstSlots = 4;  ///< those in the original place; the others are at 0x200

// clang-format off
//                                     register     name              high low  access       reset
inline constexpr Field kItu601       {kCisrcfmt,   "ITU601_8BIT",     31, 31, Access::rw,  1};
inline constexpr Field kItu601Wide   {kCisrcfmt,   "ITU601_16BIT",    29, 29, Access::rw,  0};
inline constexpr Field kSourceWidth  {kCisrcfmt,   "SRC_WIDTH",       28, 16, Access::rw,  0};
inline constexpr Field kSourceOrder  {kCisrcfmt,   "ORDER422",        15, 14, Access::rw,  0};
inline constexpr Field kSourceHeight {kCisrcfmt,   "SRC_HEIGHT",      12,  0, Access::rw,  0};
inline constexpr Field kWindowOn     {kCiwdofst,   "WINOFSEN",        31, 31, Access::rw,  0};
inline constexpr Field kClearOvfY    {kCiwdofst,   "CLROVFIY",        30, 30, Access::rw,  0};
inline constexpr Field kClearOvfLine {kCiwdofst,   "CLROVRLB",        29, 29, Access::rw,  0};
inline constexpr Field kWindowLeft   {kCiwdofst,   "WINHOROFST",      26, 16, Access::rw,  0};
inline constexpr Field kClearOvfCb   {kCiwdofst,   "CLROVFICB",       15, 15, Access::rw,  0};
inline constexpr Field kClearOvfCr   {kCiwdofst,   "CLROVFICR",       14, 14, Access::rw,  0};
inline constexpr Field kWindowTop    {kCiwdofst,   "WINVEROFST",      11,  0, Access::rw,  0};
inline constexpr Field kSwReset      {kCigctrl,    "SWRST",           31, 31, Access::rw,  0};
inline constexpr Field kCameraReset  {kCigctrl,    "CAMRST_A",        30, 30, Access::rw,  0};
inline constexpr Field kPortA        {kCigctrl,    "SELCAM_ITU_A",    29, 29, Access::rw,  1};
inline constexpr Field kTestPattern  {kCigctrl,    "TESTPATTERN",     28, 27, Access::rw,  0};
inline constexpr Field kPolarity     {kCigctrl,    "INVPOL",          26, 24, Access::rw,  0};
inline constexpr Field kOverflowIrq  {kCigctrl,    "IRQ_OVFEN",       22, 22, Access::rw,  0};
inline constexpr Field kHrefMask     {kCigctrl,    "HREF_MASK",       21, 21, Access::rw,  0};
inline constexpr Field kIrqLevel     {kCigctrl,    "IRQ_LEVEL",       20, 20, Access::rw,  0};
inline constexpr Field kIrqClear     {kCigctrl,    "IRQ_CLR",         19, 19, Access::w1p, 0};
inline constexpr Field kIrqEndOff    {kCigctrl,    "IRQ_END_DISABLE", 18, 18, Access::rw,  0};
inline constexpr Field kIrqEnable    {kCigctrl,    "IRQ_ENABLE",      16, 16, Access::rw,  1};
inline constexpr Field kShadowOff    {kCigctrl,    "SHADOW_DISABLE",  12, 12, Access::rw,  0};
inline constexpr Field kWritebackA   {kCigctrl,    "SELWB_A",         10, 10, Access::rw,  0};
inline constexpr Field kJpeg         {kCigctrl,    "CAM_JPEG",         8,  8, Access::rw,  0};
inline constexpr Field kMipiA        {kCigctrl,    "SELCAM_MIPI_A",    7,  7, Access::rw,  1};
inline constexpr Field kWriteback    {kCigctrl,    "SELWB_CAMIF",      6,  6, Access::rw,  0};
inline constexpr Field kBt709        {kCigctrl,    "CSC_709",          5,  5, Access::rw,  0};
inline constexpr Field kPolarityH    {kCigctrl,    "INVPOLHSYNC",      4,  4, Access::rw,  0};
inline constexpr Field kMipi         {kCigctrl,    "SELCAM_MIPI",      3,  3, Access::rw,  0};
inline constexpr Field kFieldBits    {kCigctrl,    "INTERLACE",        1,  0, Access::rw,  0};
inline constexpr Field kWindowRight  {kCiwdofst2,  "WINHOROFST2",     27, 16, Access::rw,  0};
inline constexpr Field kWindowBottom {kCiwdofst2,  "WINVEROFST2",     11,  0, Access::rw,  0};
inline constexpr Field kAddressY     {kCioysa,     "CIOYSA",          31,  0, Access::rw,  0, 4};
inline constexpr Field kAddressCb    {kCiocbsa,    "CIOCBSA",         31,  0, Access::rw,  0, 4};
inline constexpr Field kAddressCr    {kCiocrsa,    "CIOCRSA",         31,  0, Access::rw,  0, 4};
inline constexpr Field kInRotate     {kCitrgfmt,   "INROT90",         31, 31, Access::rw,  0};
inline constexpr Field kOutFormat    {kCitrgfmt,   "OUTFORMAT",       30, 29, Access::rw,  0};
inline constexpr Field kTargetWidth  {kCitrgfmt,   "TARGETHSIZE",     28, 16, Access::rw,  0};
inline constexpr Field kFlip         {kCitrgfmt,   "FLIPMD",          15, 14, Access::rw,  0};
inline constexpr Field kOutRotate    {kCitrgfmt,   "OUTROT90",        13, 13, Access::rw,  0};
inline constexpr Field kTargetHeight {kCitrgfmt,   "TARGETVSIZE",     12,  0, Access::rw,  0};
inline constexpr Field kWeaveOut     {kCioctrl,    "WEAVE_OUT",       31, 31, Access::rw,  0};
inline constexpr Field kLastEnd      {kCioctrl,    "LASTENDEN",       30, 30, Access::rw,  0};
inline constexpr Field kOrder2p      {kCioctrl,    "ORDER2P_OUT",     25, 24, Access::rw,  0};
inline constexpr Field kRgb16        {kCioctrl,    "RGB16FMT",        17, 16, Access::rw,  0};
inline constexpr Field kAlphaOut     {kCioctrl,    "ALPHA_OUT",       11,  4, Access::rw,  0};
inline constexpr Field kTwoPlanes    {kCioctrl,    "C_INT_OUT",        3,  3, Access::rw,  0};
inline constexpr Field kLastIrq      {kCioctrl,    "LASTIRQEN",        2,  2, Access::rw,  0};
inline constexpr Field kOrder1p      {kCioctrl,    "ORDER422_OUT",     1,  0, Access::rw,  0};
inline constexpr Field kPreRatio     {0x050,       "CISCPRERATIO",    31,  0, Access::rw,  0};
inline constexpr Field kPreSize      {0x054,       "CISCPREDST",      31,  0, Access::rw,  0};
inline constexpr Field kScaler       {kCiscctrl,   "CISCCTRL",        31,  0, Access::rw,  0x1800'0000};
inline constexpr Field kArea         {0x05C,       "CITAREA",         27,  0, Access::rw,  0};
inline constexpr Field kOvfY         {kCistatus,   "OVFIY",           31, 31, Access::ro,  0};
inline constexpr Field kOvfCb        {kCistatus,   "OVFICB",          30, 30, Access::ro,  0};
inline constexpr Field kOvfCr        {kCistatus,   "OVFICR",          29, 29, Access::ro,  0};
inline constexpr Field kStatusWindow {kCistatus,   "WINOFSTEN_ST",    25, 25, Access::ro,  0};
inline constexpr Field kStatusCpt    {kCistatus,   "IMGCPTEN_ST",     22, 22, Access::ro,  0};
inline constexpr Field kStatusCptSc  {kCistatus,   "IMGCPTENSC_ST",   21, 21, Access::ro,  0};
inline constexpr Field kFrameEnd     {kCistatus,   "FRAMEEND",        17, 17, Access::rw,  0};
inline constexpr Field kLastCapture  {kCistatus,   "LASTCAPTUREEND",  16, 16, Access::rw,  0};
inline constexpr Field kBefore       {kCistatus2,  "FRAMECNT_BEFORE", 12,  7, Access::ro,  0};
inline constexpr Field kPresent      {kCistatus2,  "FRAMECNT_PRESENT", 5,  0, Access::ro,  0};
inline constexpr Field kCapture      {kCiimgcpt,   "IMGCPTEN",        31, 31, Access::rw,  0};
inline constexpr Field kCaptureSc    {kCiimgcpt,   "IMGCPTEN_SC",     30, 30, Access::rw,  0};
inline constexpr Field kCaptureRest  {kCiimgcpt,   "CPT_CONTROL",     25, 10, Access::rw,  0};
inline constexpr Field kSequence     {0x0C4,       "CICPTSEQ",        31,  0, Access::rw,  0xFFFF'FFFF};
inline constexpr Field kEffectOn     {0x0D0,       "IE_ON",           30, 30, Access::rw,  0};
inline constexpr Field kEffect       {0x0D0,       "CIIMGEFF",        29,  0, Access::rw,  0x0010'0080};
inline constexpr Field kInput        {0x0D4,       "CIIYSA0",         31,  0, Access::rw,  0, 3};
inline constexpr Field kLineSkip     {0x0EC,       "CIILINESKIP",     27, 24, Access::rw,  0, 3};
inline constexpr Field kRealSize     {0x0F8,       "CIREAL_ISIZE",    31,  0, Access::rw,  0};
inline constexpr Field kMsctrlRest   {kMsctrl,     "MSCTRL",          31,  4, Access::rw,  0x0040'0000};
inline constexpr Field kInputMemory  {kMsctrl,     "INPUT",            3,  3, Access::rw,  0};
inline constexpr Field kInputFormat  {kMsctrl,     "INFORMAT",         2,  1, Access::rw,  0};
inline constexpr Field kEnvid        {kMsctrl,     "ENVID",            0,  0, Access::rw,  0};
inline constexpr Field kInput1       {0x144,       "CIIYSA1",         31,  0, Access::rw,  0, 3};
inline constexpr Field kOffsetV      {kCioyoff,    "CIOOFF_V",        29, 16, Access::rw,  0, 3};
inline constexpr Field kOffsetH      {kCioyoff,    "CIOOFF_H",        13,  0, Access::rw,  0, 3};
inline constexpr Field kInputOffset  {0x174,       "CIIOFF",          31,  0, Access::rw,  0, 3};
inline constexpr Field kOrgInput     {0x180,       "ORGISIZE",        31,  0, Access::rw,  0};
inline constexpr Field kCanvasHeight {kOrgosize,   "ORGOUTVSIZE",     31, 16, Access::rw,  0};
inline constexpr Field kCanvasWidth  {kOrgosize,   "ORGOUTHSIZE",     15,  0, Access::rw,  0};
inline constexpr Field kExtended     {0x188,       "CIEXTEN",         31,  0, Access::rw,  0};
inline constexpr Field kDmaRest      {0x18C,       "CIDMAPARAM",      31, 15, Access::rw,  0};
inline constexpr Field kWriteMode    {0x18C,       "W_MODE",          14, 13, Access::rw,  0};
inline constexpr Field kDmaTiles     {0x18C,       "W_TILE",          12,  0, Access::rw,  0};
inline constexpr Field kCsiFormat    {0x194,       "CSIIMGFMT",       31,  0, Access::rw,  0x1E};
inline constexpr Field kMisc         {0x198,       "MISC_FIMC",       31,  0, Access::rw,  0};
inline constexpr Field kRing         {kCifcntseq,  "CIFCNTSEQ",       31,  0, Access::rw,  0};
inline constexpr Field kAddressY5    {0x200,       "CIOYSA5",         31,  0, Access::rw,  0, 28};
inline constexpr Field kAddressCb5   {0x270,       "CIOCBSA5",        31,  0, Access::rw,  0, 28};
inline constexpr Field kAddressCr5   {0x2E0,       "CIOCRSA5",        31,  0, Access::rw,  0, 28};
// clang-format on

/// All of the above.
std::span<const Field> map();

}  // namespace exysim::camera::fimc
