#include "models/camera/fimc_registers.hpp"

namespace exysim::camera::fimc {

namespace {
constexpr Field kMap[] = {
    kItu601,         kItu601Wide,    kSourceWidth,  kSourceOrder,  kSourceHeight,  kWindowOn,
    kClearOvfY,      kClearOvfLine,  kWindowLeft,   kClearOvfCb,   kClearOvfCr,    kWindowTop,
    kSwReset,        kCameraReset,   kPortA,        kTestPattern,  kPolarity,      kOverflowIrq,
    kHrefMask,       kIrqLevel,      kIrqClear,     kIrqEndOff,    kIrqEnable,     kShadowOff,
    kWritebackA,     kJpeg,          kMipiA,        kWriteback,    kBt709,         kPolarityH,
    kMipi,           kFieldBits,     kWindowRight,  kWindowBottom, kAddressY,      kAddressCb,
    kAddressCr,      kInRotate,      kOutFormat,    kTargetWidth,  kFlip,          kOutRotate,
    kTargetHeight,   kWeaveOut,      kLastEnd,      kOrder2p,      kRgb16,         kAlphaOut,
    kTwoPlanes,      kLastIrq,       kOrder1p,      kPreShift,     kPreH,          kPreV,
    kPreWidth,       kPreHeight,     kBypass,       kScaleUp,      kR2yWide,       kY2rWide,
    kToLcd,          kInterlaceOut,  kMainH,        kScalerStart,  kInRgb,         kOutRgb,
    kRgbExtended,    kOneToOne,      kMainV,        kArea,         kOvfY,          kOvfCb,
    kOvfCr,          kStatusVsync,   kStatusScaler, kStatusWindow, kStatusCpt,     kStatusCptSc,
    kFrameEnd,       kLastCapture,   kVsyncA,       kVsyncB,       kVvalidA,       kVvalidB,
    kStatusEnvid,    kBefore,        kPresent,      kCapture,      kCaptureSc,     kFrameControl,
    kCountMode,      kFrameCount,    kSequence,     kEffectOn,     kEffectAfter,   kEffectKind,
    kEffectCb,       kEffectCr,      kInput,        kLineSkip,     kAutoload,      kAddressHold,
    kRealHeight,     kRealWidth,     kWeaveIn,      kBurstIn,      kOrder2pIn,     kTwoPlanesIn,
    kFlipIn,         kFifoControl,   kOrder1pIn,    kInputMemory,  kInputFormat,   kEnvid,
    kInput1,         kOffsetV,       kOffsetH,      kInOffsetV,    kInOffsetH,     kInCanvasTop,
    kInCanvasHeight, kInCanvasWidth, kCanvasHeight, kCanvasWidth,  kTargetWidth13, kTargetHeight13,
    kYuv444Out,      kMainHLow,      kMainVLow,     kReadMode,     kReadTileH,     kReadTileV,
    kWriteMode,      kWriteTileH,    kWriteTileV,   kCsiAlign32,   kCsiFormat,     kMisc,
    kRing,           kAddressY5,     kAddressCb5,   kAddressCr5,
};
static_assert(well_formed(kMap));
}  // namespace

std::span<const Field> map() { return kMap; }

}  // namespace exysim::camera::fimc
