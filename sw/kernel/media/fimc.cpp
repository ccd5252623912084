#include "media/fimc.hpp"

#include "core/time.hpp"

namespace kernel {

namespace {

// fimc.md section 1
constexpr uint32_t kSourceFormat = 0x00, kWindow = 0x04, kGlobal = 0x08, kWindow2 = 0x14, kOutputY = 0x18,
                   kOutputCb = 0x28, kOutputCr = 0x38, kTargetFormat = 0x48, kOutputControl = 0x4C,
                   kPreRatio = 0x50, kPreSize = 0x54, kScaler = 0x58, kTargetArea = 0x5C, kStatus = 0x64,
                   kCapture = 0xC0, kEffect = 0xD0, kInputY = 0xD4, kInputCb = 0xD8, kInputCr = 0xDC,
                   kInputSize = 0xF8, kMemory = 0xFC, kOutputOffsetY = 0x168, kInputOffsetY = 0x174,
                   kInputCanvas = 0x180, kOutputCanvas = 0x184, kExtended = 0x188, kTiles = 0x18C,
                   kMipiFormat = 0x194, kRing = 0x1FC;

constexpr uint32_t kItu601 = 1U << 31;
constexpr uint32_t kSoftReset = 1U << 31, kParallelA = 1 << 29, kPassRaw = 1 << 8, kMipiA = 1 << 7,
                   kMipi = 1 << 3;
constexpr uint32_t kCameraBits = kParallelA | kPassRaw | kMipiA | kMipi;
constexpr uint32_t kPortBits[] = {kParallelA, 0, kMipi | kMipiA, kMipi};  // by CameraPort
constexpr uint32_t kIrqLevel = 1 << 20, kIrqClear = 1 << 19, kIrqEndDisable = 1 << 18, kBt709 = 1 << 5;
constexpr uint32_t kWindowEnable = 1U << 31, kClearOverflow = 1 << 30 | 1 << 15 | 1 << 14;
constexpr uint32_t kOverflow = 7U << 29;
constexpr uint32_t kTwoPlanes = 1 << 3, kCrFirst = 1 << 24, kLastIrq = 1 << 2, kOpaque = 0xFF << 4;
constexpr uint32_t kRotate = 1 << 13, kFlipShift = 14, kFlipX = 1, kFlipY = 2;
constexpr uint32_t kScalerBypass = 1U << 31, kScalerStart = 1 << 15;
constexpr uint32_t kCaptureEnable = 1U << 31, kCaptureScaler = 1 << 30, kFrameControl = 1 << 25;
constexpr uint32_t kInputMemory = 1 << 3, kInputTwoPlanes = 1 << 15, kInputCrFirst = 1 << 16,
                   kFifoFull = 1 << 12, kBurst4 = 4 << 24, kInputYCbYCr = 3 << 4, kStartInput = 1 << 0;
constexpr uint32_t kAddressHold = 1 << 30;
constexpr uint32_t kHighDefinitionWidth = 1280;

constexpr uint32_t slot_register(uint32_t first, uint32_t slot) { return first + 4 * slot; }

/// Codes of CITRGFMT and MSCTRL alike.
uint32_t format_code(const PixelFormat& f) {
    constexpr uint32_t k420 = 0, k422Packed = 2, kRgb = 3;
    return f.rgb ? kRgb : f.chroma_planes ? k420 : k422Packed;
}

/// CISCCTRL's code for an RGB format's bits.
uint32_t rgb_code(const PixelFormat* f) {
    constexpr uint32_t k565 = 0, k888 = 2;
    return f && f->rgb && f->luma_bytes == 4 ? k888 : k565;
}

/// One direction of the scaler (section 4).
struct Axis {
    uint32_t shift;      ///< of the prescaler: it averages 2^shift samples
    uint32_t prescaled;  ///< samples behind it
    uint32_t ratio;      ///< of the main scaler, 1 / 16384
    bool up;
};
Axis axis(uint32_t source, uint32_t target) {
    constexpr uint32_t kMostShift = 5;
    uint32_t shift = 0;
    while (shift < kMostShift && source >= target << (shift + 1)) ++shift;
    return {shift, source >> shift, (source << 14) / (target << shift), target >= source};
}

}  // namespace

uint32_t bus_data_type(uint32_t bus_code) {
    // MIPI CSI-2, section 9
    constexpr uint32_t kYuv422 = 0x1E, kRaw8 = 0x2A, kRaw10 = 0x2B;
    switch (bus_code) {
        case MEDIA_BUS_FMT_SRGGB8_1X8:
        case MEDIA_BUS_FMT_SGRBG8_1X8:
        case MEDIA_BUS_FMT_SGBRG8_1X8:
        case MEDIA_BUS_FMT_SBGGR8_1X8:
            return kRaw8;
        case MEDIA_BUS_FMT_SRGGB10_1X10:
        case MEDIA_BUS_FMT_SGRBG10_1X10:
        case MEDIA_BUS_FMT_SGBRG10_1X10:
        case MEDIA_BUS_FMT_SBGGR10_1X10:
            return kRaw10;
        default:
            return kYuv422;
    }
}

void Fimc::reset() const {
    regs_.update32(kSourceFormat, kItu601, kItu601);
    regs_.update32(kGlobal, kSoftReset | kIrqLevel, kSoftReset | kIrqLevel);
    udelay(10);
    regs_.update32(kGlobal, kSoftReset, 0);
    regs_.write32(kRing, (1 << kSlots) - 1);
}

void Fimc::configure_capture(const FimcCamera& camera, const FimcFrame& target) const {
    configure_camera(camera);
    if (camera.raw) return configure_raw(target);
    configure_scaler(camera.frame, target, {});
    configure_output(target, {});
}

void Fimc::configure_camera(const FimcCamera& camera) const {
    const FimcFrame& c = camera.frame;
    regs_.write32(kSourceFormat, kItu601 | c.width << 16 | c.height);  // 8 bits wide, Y Cb Y Cr
    regs_.write32(kWindow, kWindowEnable | c.part.x << 16 | c.part.y);
    regs_.write32(kWindow2,
                  (c.width - c.part.x - c.part.width) << 16 | (c.height - c.part.y - c.part.height));
    regs_.update32(kMemory, kInputMemory, 0);
    regs_.update32(kGlobal, kCameraBits,
                   kPortBits[static_cast<uint8_t>(camera.port)] | (camera.raw ? kPassRaw : 0));
    regs_.write32(kMipiFormat, camera.data_type);
}

/// A line of the canvas is as many bytes as a line in memory.
void Fimc::configure_raw(const FimcFrame& t) const {
    const uint32_t bytes = t.format->pitch(t.width);
    regs_.write32(kScaler, kScalerBypass);
    regs_.write32(kTargetFormat, bytes << 16 | t.height);
    regs_.write32(kOutputCanvas, t.height << 16 | bytes);
    for (uint32_t i = 0; i < 3; ++i) regs_.write32(kOutputOffsetY + 4 * i, 0);
    regs_.write32(kOutputControl, 0);
    regs_.update32(kGlobal, kIrqEndDisable, 0);
}

void Fimc::configure_input(const FimcFrame& s, const PictureAddresses& from) const {
    for (uint32_t i = 0; i < 3; ++i) regs_.write32(kInputOffsetY + 4 * i, s.part.y << 16 | s.part.x);
    regs_.write32(kInputCanvas, s.height << 16 | s.width);
    const uint32_t order = s.format->swapped_chroma ? kInputCrFirst : 0;
    const uint32_t planes = s.format->chroma_planes == 1 ? kInputTwoPlanes : 0;
    regs_.write32(kMemory, kBurst4 | order | planes | kFifoFull | kInputYCbYCr | kInputMemory |
                               format_code(*s.format) << 1);
    const uint32_t size = s.part.height << 16 | s.part.width;
    regs_.write32(kInputSize, kAddressHold | size);
    regs_.write32(kInputY, from.luma.value);
    regs_.write32(kInputCb, from.chroma[0].value);
    regs_.write32(kInputCr, from.chroma[1].value);
    regs_.write32(kInputSize, size);
    regs_.write32(kTiles, 0);
}

/// The scaler works before the rotator: sideways its target is the lying picture.
void Fimc::configure_scaler(const FimcFrame& s, const FimcFrame& t, const FimcTurn& turn) const {
    const uint32_t width = turn.sideways() ? t.part.height : t.part.width;
    const uint32_t height = turn.sideways() ? t.part.width : t.part.height;
    const Axis h = axis(s.part.width, width), v = axis(s.part.height, height);
    regs_.write32(kPreRatio, (10 - h.shift - v.shift) << 28 | 1U << (16 + h.shift) | 1U << v.shift);
    regs_.write32(kPreSize, h.prescaled << 16 | v.prescaled);
    const uint32_t up = (h.up ? 1U << 30 : 0) | (v.up ? 1U << 29 : 0);
    regs_.write32(kScaler, up | (h.ratio >> 6) << 16 | v.ratio >> 6 | rgb_code(s.format) << 13 |
                               rgb_code(t.format) << 11);
    regs_.write32(kExtended, (h.ratio & 0x3F) << 10 | (v.ratio & 0x3F));
    regs_.write32(kTargetArea, width * height);
    regs_.write32(kEffect, 0);
}

void Fimc::configure_output(const FimcFrame& t, const FimcTurn& turn) const {
    const bool sideways = turn.sideways();
    const uint32_t width = sideways ? t.part.height : t.part.width;
    const uint32_t height = sideways ? t.part.width : t.part.height;
    uint32_t flip = (turn.hflip ? kFlipY : 0) | (turn.vflip ? kFlipX : 0);
    if (turn.rotation >= 180) flip ^= kFlipX | kFlipY;
    regs_.write32(kTargetFormat, format_code(*t.format) << 29 | width << 16 | flip << kFlipShift |
                                     (sideways ? kRotate : 0) | height);
    regs_.write32(kOutputCanvas, t.height << 16 | t.width);
    for (uint32_t i = 0; i < 3; ++i) regs_.write32(kOutputOffsetY + 4 * i, t.part.y << 16 | t.part.x);
    const uint32_t planes = t.format->chroma_planes == 1 ? kTwoPlanes : 0;
    regs_.write32(kOutputControl, planes | (t.format->swapped_chroma ? kCrFirst : 0) | kOpaque);
    regs_.update32(kGlobal, kBt709 | kIrqEndDisable, t.width >= kHighDefinitionWidth ? kBt709 : 0);
}

void Fimc::set_output(uint32_t slot, const PictureAddresses& at) const {
    regs_.write32(slot_register(kOutputY, slot), at.luma.value);
    regs_.write32(slot_register(kOutputCb, slot), at.chroma[0].value);
    regs_.write32(slot_register(kOutputCr, slot), at.chroma[1].value);
}

void Fimc::start_capture() const {
    regs_.update32(kScaler, kScalerStart, kScalerStart);
    regs_.update32(kCapture, kCaptureEnable | kCaptureScaler, kCaptureEnable | kCaptureScaler);
}

void Fimc::stop_capture() const {
    regs_.update32(kOutputControl, kLastIrq, kLastIrq);
    regs_.update32(kCapture, kCaptureEnable | kCaptureScaler, 0);
    regs_.update32(kScaler, kScalerStart, 0);
    regs_.update32(kOutputControl, kLastIrq, 0);
}

/// The word that starts the input is written last (section 8).
void Fimc::run_job(const FimcFrame& source, const PictureAddresses& from, const FimcFrame& target,
                   const PictureAddresses& to, const FimcTurn& turn) const {
    configure_input(source, from);
    configure_scaler(source, target, turn);
    configure_output(target, turn);
    for (uint32_t slot = 0; slot < kSlots; ++slot) set_output(slot, to);
    regs_.update32(kScaler, kScalerStart, kScalerStart);
    regs_.write32(kCapture, kCaptureEnable | kCaptureScaler | kFrameControl);
    regs_.update32(kMemory, kStartInput, kStartInput);
}

void Fimc::acknowledge() const { regs_.update32(kGlobal, kIrqClear, kIrqClear); }

bool Fimc::take_overflow() const {
    if (!(regs_.read32(kStatus) & kOverflow)) return false;
    regs_.update32(kWindow, kClearOverflow, kClearOverflow);
    regs_.update32(kWindow, kClearOverflow, 0);
    return true;
}

}  // namespace kernel
