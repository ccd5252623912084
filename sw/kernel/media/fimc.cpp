#include "media/fimc.hpp"

#include "core/time.hpp"

namespace kernel {

namespace {

// fimc.md section 1
constexpr uint32_t kSourceFormat = 0x00, kWindow = 0x04, kGlobal = 0x08, kWindow2 = 0x14, kOutputY = 0x18,
                   kOutputCb = 0x28, kOutputCr = 0x38, kTargetFormat = 0x48, kOutputControl = 0x4C,
                   kPreRatio = 0x50, kPreSize = 0x54, kScaler = 0x58, kTargetArea = 0x5C, kStatus = 0x64,
                   kCapture = 0xC0, kOutputOffsetY = 0x168, kOutputOffsetCb = 0x16C, kOutputOffsetCr = 0x170,
                   kOutputCanvas = 0x184, kExtended = 0x188, kRing = 0x1FC, kEffect = 0xD0, kMemory = 0xFC;

constexpr uint32_t kItu601 = 1U << 31;
constexpr uint32_t kSoftReset = 1U << 31, kPortA = 1 << 29, kIrqLevel = 1 << 20, kIrqClear = 1 << 19,
                   kBt709 = 1 << 5;
constexpr uint32_t kWindowEnable = 1U << 31, kClearOverflow = 1 << 30 | 1 << 15 | 1 << 14;
constexpr uint32_t kOverflow = 7U << 29;
constexpr uint32_t kTarget420 = 0U << 29, kTarget422Packed = 2U << 29;
constexpr uint32_t kTwoPlanes = 1 << 3, kCrFirst = 1 << 24, kLastIrq = 1 << 2;
constexpr uint32_t kShiftUnscaled = 10U << 28;
constexpr uint32_t kScaleUp = 3U << 29, kScalerStart = 1 << 15, kUnity = 1 << 8;
constexpr uint32_t kCaptureEnable = 1U << 31, kCaptureScaler = 1 << 30;
constexpr uint32_t kInputMemory = 1 << 3;
constexpr uint32_t kHighDefinitionWidth = 1280;

constexpr uint32_t slot_register(uint32_t first, uint32_t slot) { return first + 4 * slot; }

}  // namespace

void Fimc::reset() const {
    regs_.update32(kSourceFormat, kItu601, kItu601);
    regs_.update32(kGlobal, kSoftReset | kIrqLevel, kSoftReset | kIrqLevel);
    udelay(10);
    regs_.update32(kGlobal, kSoftReset, 0);
    regs_.write32(kRing, (1 << kSlots) - 1);
}

void Fimc::configure(const FimcPicture& picture) const {
    configure_source(picture);
    configure_scaler(picture);
    configure_output(picture);
}

void Fimc::configure_source(const FimcPicture& p) const {
    regs_.write32(kSourceFormat, kItu601 | p.width << 16 | p.height);  // 8 bits wide, Y Cb Y Cr
    regs_.write32(kWindow, kWindowEnable);
    regs_.write32(kWindow2, 0);
    regs_.update32(kMemory, kInputMemory, 0);
    const uint32_t matrix = p.width >= kHighDefinitionWidth ? kBt709 : 0;
    regs_.update32(kGlobal, kPortA | kBt709, kPortA | matrix);
}

void Fimc::configure_scaler(const FimcPicture& p) const {
    regs_.write32(kPreRatio, kShiftUnscaled | 1 << 16 | 1);
    regs_.write32(kPreSize, p.width << 16 | p.height);
    regs_.write32(kScaler, kScaleUp | kUnity << 16 | kUnity);
    regs_.write32(kExtended, 0);
    regs_.write32(kTargetArea, p.width * p.height);
    regs_.write32(kEffect, 0);
}

void Fimc::configure_output(const FimcPicture& p) const {
    const bool packed = p.format->chroma_planes == 0;
    regs_.write32(kTargetFormat, (packed ? kTarget422Packed : kTarget420) | p.width << 16 | p.height);
    regs_.write32(kOutputCanvas, p.height << 16 | p.width);
    for (const uint32_t offset : {kOutputOffsetY, kOutputOffsetCb, kOutputOffsetCr}) regs_.write32(offset, 0);
    const uint32_t planes = p.format->chroma_planes == 1 ? kTwoPlanes : 0;
    regs_.write32(kOutputControl, planes | (p.format->swapped_chroma ? kCrFirst : 0));
}

void Fimc::set_output(uint32_t slot, Iova base, const FimcPicture& p) const {
    regs_.write32(slot_register(kOutputY, slot), base.value);
    regs_.write32(slot_register(kOutputCb, slot),
                  (base + p.format->chroma_offset(0, p.width, p.height)).value);
    regs_.write32(slot_register(kOutputCr, slot),
                  (base + p.format->chroma_offset(1, p.width, p.height)).value);
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

void Fimc::acknowledge() const { regs_.update32(kGlobal, kIrqClear, kIrqClear); }

bool Fimc::take_overflow() const {
    if (!(regs_.read32(kStatus) & kOverflow)) return false;
    regs_.update32(kWindow, kClearOverflow, kClearOverflow);
    regs_.update32(kWindow, kClearOverflow, 0);
    return true;
}

}  // namespace kernel
