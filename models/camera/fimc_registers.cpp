#include "models/camera/fimc_registers.hpp"

namespace exysim::camera::fimc {

namespace {
constexpr Field kMap[] = {
    kItu601,       kItu601Wide,  kSourceWidth,  kSourceOrder, kSourceHeight, kWindowOn,     kClearOvfY,
    kClearOvfLine, kWindowLeft,  kClearOvfCb,   kClearOvfCr,  kWindowTop,    kSwReset,      kCameraReset,
    kPortA,        kTestPattern, kPolarity,     kOverflowIrq, kHrefMask,     kIrqLevel,     kIrqClear,
    kIrqEndOff,    kIrqEnable,   kShadowOff,    kWritebackA,  kJpeg,         kMipiA,        kWriteback,
    kBt709,        kPolarityH,   kMipi,         kFieldBits,   kWindowRight,  kWindowBottom, kAddressY,
    kAddressCb,    kAddressCr,   kInRotate,     kOutFormat,   kTargetWidth,  kFlip,         kOutRotate,
    kTargetHeight, kWeaveOut,    kLastEnd,      kOrder2p,     kRgb16,        kAlphaOut,     kTwoPlanes,
    kLastIrq,      kOrder1p,     kPreRatio,     kPreSize,     kScaler,       kArea,         kOvfY,
    kOvfCb,        kOvfCr,       kStatusWindow, kStatusCpt,   kStatusCptSc,  kFrameEnd,     kLastCapture,
    kBefore,       kPresent,     kCapture,      kCaptureSc,   kCaptureRest,  kSequence,     kEffectOn,
    kEffect,       kInput,       kLineSkip,     kRealSize,    kMsctrlRest,   kInputMemory,  kInputFormat,
    kEnvid,        kInput1,      kOffsetV,      kOffsetH,     kInputOffset,  kOrgInput,     kCanvasHeight,
    kCanvasWidth,  kExtended,    kDmaRest,      kWriteMode,   kDmaTiles,     kCsiFormat,    kMisc,
    kRing,         kAddressY5,   kAddressCb5,   kAddressCr5,
};
static_assert(well_formed(kMap));
}  // namespace

std::span<const Field> map() { return kMap; }

}  // namespace exysim::camera::fimc
