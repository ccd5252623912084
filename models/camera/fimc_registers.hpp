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
    kCiscpreratio = 0x050,
    kCiscpredst = 0x054,
    kCiscctrl = 0x058,
    kCitarea = 0x05C,
    kCistatus = 0x064,
    kCistatus2 = 0x068,
    kCiimgcpt = 0x0C0,
    kCicptseq = 0x0C4,
    kCiimgeff = 0x0D0,
    kCiiysa0 = 0x0D4,
    kCiilineskip = 0x0EC,
    kCirealIsize = 0x0F8,
    kMsctrl = 0x0FC,
    kCioyoff = 0x168,
    kCiocboff = 0x16C,
    kCiocroff = 0x170,
    kCiiyoff = 0x174,
    kOrgisize = 0x180,
    kOrgosize = 0x184,
    kCiexten = 0x188,
    kCidmaparam = 0x18C,
    kCsiimgfmt = 0x194,
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
inline constexpr Field kWritebackA   {kCigctrl,    "SELWB_A",         10, 10, Access::rw,  0};  // stored
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
inline constexpr Field kPreShift     {kCiscpreratio, "SHFACTOR",      31, 28, Access::rw,  0};
inline constexpr Field kPreH         {kCiscpreratio, "PREHORRATIO",   22, 16, Access::rw,  0};
inline constexpr Field kPreV         {kCiscpreratio, "PREVERRATIO",    6,  0, Access::rw,  0};
inline constexpr Field kPreWidth     {kCiscpredst, "PREDSTWIDTH",     29, 16, Access::rw,  0};
inline constexpr Field kPreHeight    {kCiscpredst, "PREDSTHEIGHT",    13,  0, Access::rw,  0};
inline constexpr Field kBypass       {kCiscctrl,   "SCALERBYPASS",    31, 31, Access::rw,  0};
inline constexpr Field kScaleUp      {kCiscctrl,   "SCALEUP",         30, 29, Access::rw,  0};
inline constexpr Field kR2yWide      {kCiscctrl,   "CSCR2Y_WIDE",     28, 28, Access::rw,  1};
inline constexpr Field kY2rWide      {kCiscctrl,   "CSCY2R_WIDE",     27, 27, Access::rw,  1};
inline constexpr Field kToLcd        {kCiscctrl,   "LCDPATHEN_FIFO",  26, 26, Access::rw,  0};
inline constexpr Field kInterlaceOut {kCiscctrl,   "INTERLACE",       25, 25, Access::rw,  0};
inline constexpr Field kMainH        {kCiscctrl,   "MAINHORRATIO",    24, 16, Access::rw,  0};
inline constexpr Field kScalerStart  {kCiscctrl,   "SCALERSTART",     15, 15, Access::rw,  0};
inline constexpr Field kInRgb        {kCiscctrl,   "INRGB_FMT",       14, 13, Access::rw,  0};
inline constexpr Field kOutRgb       {kCiscctrl,   "OUTRGB_FMT",      12, 11, Access::rw,  0};
inline constexpr Field kRgbExtended  {kCiscctrl,   "EXTRGB",          10, 10, Access::rw,  0};
inline constexpr Field kOneToOne     {kCiscctrl,   "ONE2ONE",          9,  9, Access::rw,  0};
inline constexpr Field kMainV        {kCiscctrl,   "MAINVERRATIO",     8,  0, Access::rw,  0};
inline constexpr Field kArea         {0x05C,       "CITAREA",         27,  0, Access::rw,  0};
inline constexpr Field kOvfY         {kCistatus,   "OVFIY",           31, 31, Access::ro,  0};
inline constexpr Field kOvfCb        {kCistatus,   "OVFICB",          30, 30, Access::ro,  0};
inline constexpr Field kOvfCr        {kCistatus,   "OVFICR",          29, 29, Access::ro,  0};
inline constexpr Field kStatusVsync  {kCistatus,   "VSYNC",           28, 28, Access::ro,  0};
inline constexpr Field kStatusScaler {kCistatus,   "SCALERSTART_ST",  26, 26, Access::ro,  0};
inline constexpr Field kStatusWindow {kCistatus,   "WINOFSTEN_ST",    25, 25, Access::ro,  0};
inline constexpr Field kStatusCpt    {kCistatus,   "IMGCPTEN_ST",     22, 22, Access::ro,  0};
inline constexpr Field kStatusCptSc  {kCistatus,   "IMGCPTENSC_ST",   21, 21, Access::ro,  0};
inline constexpr Field kFrameEnd     {kCistatus,   "FRAMEEND",        17, 17, Access::rw,  0};
inline constexpr Field kLastCapture  {kCistatus,   "LASTCAPTUREEND",  16, 16, Access::rw,  0};
inline constexpr Field kVsyncA       {kCistatus,   "VSYNC_A",         20, 20, Access::ro,  0};
inline constexpr Field kVsyncB       {kCistatus,   "VSYNC_B",         19, 19, Access::ro,  0};
inline constexpr Field kVvalidA      {kCistatus,   "VVALID_A",        15, 15, Access::ro,  0};
inline constexpr Field kVvalidB      {kCistatus,   "VVALID_B",        14, 14, Access::ro,  0};
inline constexpr Field kStatusEnvid  {kCistatus,   "ENVID_ST",         8,  8, Access::ro,  0};
inline constexpr Field kBefore       {kCistatus2,  "FRAMECNT_BEFORE", 12,  7, Access::ro,  0};
inline constexpr Field kPresent      {kCistatus2,  "FRAMECNT_PRESENT", 5,  0, Access::ro,  0};
inline constexpr Field kCapture      {kCiimgcpt,   "IMGCPTEN",        31, 31, Access::rw,  0};
inline constexpr Field kCaptureSc    {kCiimgcpt,   "IMGCPTEN_SC",     30, 30, Access::rw,  0};
inline constexpr Field kFrameControl {kCiimgcpt,   "CPT_FREN",        25, 25, Access::rw,  0};
inline constexpr Field kCountMode    {kCiimgcpt,   "CPT_FRMOD",       18, 18, Access::rw,  0};
inline constexpr Field kFrameCount   {kCiimgcpt,   "CPT_FRCNT",       17, 10, Access::rw,  0};
inline constexpr Field kSequence     {kCicptseq,      "CICPTSEQ",        31,  0, Access::rw,  0xFFFF'FFFF};
inline constexpr Field kEffectOn     {kCiimgeff,   "IE_ON",           30, 30, Access::rw,  0};
inline constexpr Field kEffectAfter  {kCiimgeff,   "IE_AFTER_SC",     29, 29, Access::rw,  0};
inline constexpr Field kEffectKind   {kCiimgeff,   "FIN",             28, 26, Access::rw,  0};
inline constexpr Field kEffectCb     {kCiimgeff,   "PAT_CB",          20, 13, Access::rw,  0x80};
inline constexpr Field kEffectCr     {kCiimgeff,   "PAT_CR",           7,  0, Access::rw,  0x80};
inline constexpr Field kInput        {kCiiysa0,      "CIIYSA0",         31,  0, Access::rw,  0, 3};
inline constexpr Field kLineSkip     {kCiilineskip,      "CIILINESKIP",     27, 24, Access::rw,  0, 3};
inline constexpr Field kAutoload     {kCirealIsize, "AUTOLOADENABLE", 31, 31, Access::rw,  0};
inline constexpr Field kAddressHold  {kCirealIsize, "ADDR_CH_DISABLE", 30, 30, Access::rw, 0};
inline constexpr Field kRealHeight   {kCirealIsize, "REAL_HEIGHT",    29, 16, Access::rw,  0};
inline constexpr Field kRealWidth    {kCirealIsize, "REAL_WIDTH",     13,  0, Access::rw,  0};
inline constexpr Field kWeaveIn      {kMsctrl,     "WEAVE_IN",        31, 31, Access::rw,  0};
inline constexpr Field kBurstIn      {kMsctrl,     "SUCCESSIVE_CNT",  27, 24, Access::rw,  4};
inline constexpr Field kOrder2pIn    {kMsctrl,     "ORDER2P_IN",      17, 16, Access::rw,  0};
inline constexpr Field kTwoPlanesIn  {kMsctrl,     "C_INT_IN",        15, 15, Access::rw,  0};
inline constexpr Field kFlipIn       {kMsctrl,     "FLIPMD_IN",       14, 13, Access::rw,  0};
inline constexpr Field kFifoControl  {kMsctrl,     "FIFO_CTRL",       12, 12, Access::rw,  0};
inline constexpr Field kOrder1pIn    {kMsctrl,     "ORDER422_IN",      5,  4, Access::rw,  0};
inline constexpr Field kInputMemory  {kMsctrl,     "INPUT",            3,  3, Access::rw,  0};
inline constexpr Field kInputFormat  {kMsctrl,     "INFORMAT",         2,  1, Access::rw,  0};
inline constexpr Field kEnvid        {kMsctrl,     "ENVID",            0,  0, Access::rw,  0};
inline constexpr Field kInput1       {0x144,       "CIIYSA1",         31,  0, Access::rw,  0, 3};
inline constexpr Field kOffsetV      {kCioyoff,    "CIOOFF_V",        29, 16, Access::rw,  0, 3};
inline constexpr Field kOffsetH      {kCioyoff,    "CIOOFF_H",        13,  0, Access::rw,  0, 3};
inline constexpr Field kInOffsetV    {kCiiyoff,    "CIIOFF_V",        29, 16, Access::rw,  0, 3};
inline constexpr Field kInOffsetH    {kCiiyoff,    "CIIOFF_H",        13,  0, Access::rw,  0, 3};
inline constexpr Field kInCanvasTop  {kOrgisize,   "AUTOLOAD",        31, 30, Access::rw,  0};
inline constexpr Field kInCanvasHeight {kOrgisize, "ORGINVSIZE",      29, 16, Access::rw,  0};
inline constexpr Field kInCanvasWidth {kOrgisize,  "ORGINHSIZE",      15,  0, Access::rw,  0};
inline constexpr Field kCanvasHeight {kOrgosize,   "ORGOUTVSIZE",     31, 16, Access::rw,  0};
inline constexpr Field kCanvasWidth  {kOrgosize,   "ORGOUTHSIZE",     15,  0, Access::rw,  0};
inline constexpr Field kTargetWidth13 {kCiexten,   "TARGETH_EXT",     26, 26, Access::rw,  0};
inline constexpr Field kTargetHeight13 {kCiexten,  "TARGETV_EXT",     24, 24, Access::rw,  0};
inline constexpr Field kYuv444Out    {kCiexten,    "YUV444_OUT",      22, 22, Access::rw,  0};
inline constexpr Field kMainHLow     {kCiexten,    "MAINHORRATIO_EXT", 15, 10, Access::rw, 0};
inline constexpr Field kMainVLow     {kCiexten,    "MAINVERRATIO_EXT", 5,  0, Access::rw,  0};
inline constexpr Field kReadMode     {kCidmaparam, "R_MODE",          30, 29, Access::rw,  0};
inline constexpr Field kReadTileH    {kCidmaparam, "R_TILE_H",        26, 24, Access::rw,  0};
inline constexpr Field kReadTileV    {kCidmaparam, "R_TILE_V",        22, 20, Access::rw,  0};
inline constexpr Field kWriteMode    {kCidmaparam, "W_MODE",          14, 13, Access::rw,  0};
inline constexpr Field kWriteTileH   {kCidmaparam, "W_TILE_H",        10,  8, Access::rw,  0};
inline constexpr Field kWriteTileV   {kCidmaparam, "W_TILE_V",         6,  4, Access::rw,  0};
inline constexpr Field kCsiAlign32   {kCsiimgfmt,  "CSI_ALIGN32",      8,  8, Access::rw,  0};
inline constexpr Field kCsiFormat    {kCsiimgfmt,  "CSIIMGFMT",        5,  0, Access::rw,  0x1E};
inline constexpr Field kMisc         {0x198,       "MISC_FIMC",       31,  0, Access::rw,  0};
inline constexpr Field kRing         {kCifcntseq,  "CIFCNTSEQ",       31,  0, Access::rw,  0};
inline constexpr Field kAddressY5    {0x200,       "CIOYSA5",         31,  0, Access::rw,  0, 28};
inline constexpr Field kAddressCb5   {0x270,       "CIOCBSA5",        31,  0, Access::rw,  0, 28};
inline constexpr Field kAddressCr5   {0x2E0,       "CIOCRSA5",        31,  0, Access::rw,  0, 28};
// clang-format on

/// All of the above.
std::span<const Field> map();

}  // namespace exysim::camera::fimc
