#include "models/camera/fimc_core.hpp"

namespace exysim::camera {

using namespace fimc;

namespace {
enum OutFormat : uint32_t { kOut420, kOut422, kOut422Packed, kOutRgb };
}

FimcCore::FimcCore() {
    regs.on_write(kCigctrl, [this](uint32_t written) { control(written); });
    regs.on_write(kCiwdofst, [this](uint32_t written) {
        if (written & kClearOvfY.mask()) regs.set(kOvfY, 0);
        if (written & kClearOvfCb.mask()) regs.set(kOvfCb, 0);
        if (written & kClearOvfCr.mask()) regs.set(kOvfCr, 0);
    });
}

void FimcCore::control(uint32_t written) {
    if (written & kIrqClear.mask()) pending_ = false;
    if (written & kSwReset.mask()) reset();
}

/// Software reset. Assumed: the interrupt settings of CIGCTRL survive, drivers rely on them afterwards.
void FimcCore::reset() {
    const uint32_t level = regs.get(kIrqLevel), enable = regs.get(kIrqEnable);
    regs.reset();
    regs.set(kSwReset, 1);
    regs.set(kIrqLevel, level);
    regs.set(kIrqEnable, enable);
    pending_ = capturing_ = false;
    last_slot_ = kSlots - 1;
    ++resets_;
}

CameraPort FimcCore::selected() const {
    if (regs.get(kMipi)) return regs.get(kMipiA) ? CameraPort::mipi_0 : CameraPort::mipi_1;
    return regs.get(kPortA) ? CameraPort::itu_a : CameraPort::itu_b;
}

bool FimcCore::capture_enabled() const { return regs.get(kCapture) != 0 && regs.get(kCaptureSc) != 0; }

/// The next slot of the ring that CIFCNTSEQ enables.
std::optional<uint32_t> FimcCore::next_slot() const {
    for (uint32_t step = 1; step <= kSlots; ++step) {
        const uint32_t slot = (last_slot_ + step) % kSlots;
        if (regs.get(kRing) >> slot & 1) return slot;
    }
    return {};
}

FrameDecision FimcCore::begin_frame(FrameSize sent) {
    const bool enabled = capture_enabled();
    regs.set(kStatusCpt, regs.get(kCapture));
    regs.set(kStatusCptSc, regs.get(kCaptureSc));
    regs.set(kStatusWindow, regs.get(kWindowOn));
    const auto slot = next_slot();
    if (!enabled || !slot) return {.drop_reason = "no buffer"};
    FrameDecision decision = place(sent, *slot);
    if (!decision.area) return decision;
    regs.set(kBefore, regs.get(kPresent));
    regs.set(kPresent, *slot + 1);
    last_slot_ = *slot;
    capturing_ = true;
    pending_ = true;
    return decision;
}

void FimcCore::end_frame() {
    if (!capturing_) return;
    capturing_ = false;
    regs.set(kFrameEnd, 1);
    if (capture_enabled()) return;
    regs.set(kLastCapture, 1);
    regs.set(kStatusCpt, 0);
    regs.set(kStatusCptSc, 0);
    pending_ = true;
}

void FimcCore::overflow() {
    for (const Field& flag : {kOvfY, kOvfCb, kOvfCr}) regs.set(flag, 1);
    if (regs.get(kOverflowIrq)) pending_ = true;
}

/// Settings that software may make and this model does not do yet.
std::string_view FimcCore::unsupported() const {
    struct Row {
        bool set;
        std::string_view what;
    };
    const Row rows[] = {
        {regs.get(kInputMemory) != 0, "memory-to-memory operation is not modelled yet"},
        {regs.get(kTestPattern) != 0, "test patterns are not modelled yet"},
        {regs.get(kWriteback) != 0, "write-back input is not modelled yet"},
        {regs.get(kOutFormat) == kOutRgb, "RGB output is not modelled yet"},
        {regs.get(kOutRotate) != 0 || regs.get(kInRotate) != 0 || regs.get(kFlip) != 0,
         "rotation and flips are not modelled yet"},
        {regs.get(kEffectOn) != 0, "image effects are not modelled yet"},
        {regs.get(kWriteMode) != 0, "tiled output is not modelled yet"},
    };
    for (const Row& row : rows) {
        if (row.set) return row.what;
    }
    return {};
}

FrameDecision FimcCore::place(FrameSize sent, uint32_t slot) const {
    constexpr std::string_view kReason = "unusable setting";
    if (const std::string_view what = unsupported(); !what.empty())
        return {.drop_reason = kReason, .mistake = what};
    const FrameSize source{regs.get(kSourceWidth), regs.get(kSourceHeight)};
    if (source != sent)
        return {.drop_reason = kReason, .mistake = "the source size is not what the camera sends"};

    FrameDecision d;
    FrameSize cropped = source;
    if (regs.get(kWindowOn)) {
        d.crop_left = regs.get(kWindowLeft) & ~1U;  // whole 4:2:2 pairs
        d.crop_top = regs.get(kWindowTop);
        const uint32_t across = d.crop_left + regs.get(kWindowRight),
                       down = d.crop_top + regs.get(kWindowBottom);
        if (across >= source.width || down >= source.height) {
            return {.drop_reason = kReason, .mistake = "the window offsets leave nothing of the source"};
        }
        cropped = {source.width - across, source.height - down};
    }
    const FrameSize target{regs.get(kTargetWidth), regs.get(kTargetHeight)};
    if (target != cropped) return {.drop_reason = kReason, .mistake = "scaling is not modelled yet"};

    OutputArea area{.layout = layout(),
                    .y = Iova{address(kAddressY, kAddressY5, slot)},
                    .cb = Iova{address(kAddressCb, kAddressCb5, slot)},
                    .cr = Iova{address(kAddressCr, kAddressCr5, slot)},
                    .canvas_width = regs.get(kCanvasWidth),
                    .left = regs.get(kOffsetH),
                    .top = regs.get(kOffsetV),
                    .size = target};
    if (area.left + target.width > area.canvas_width || area.top + target.height > regs.get(kCanvasHeight)) {
        d.mistake = "the picture reaches past its canvas";  // and is written there all the same
    }
    d.area = area;
    return d;
}

uint32_t FimcCore::address(const Field& first, const Field& rest, uint32_t slot) const {
    return slot < kFirstSlots ? regs.get(first, slot) : regs.get(rest, slot - kFirstSlots);
}

PixelLayout FimcCore::layout() const {
    using Kind = PixelLayout::Kind;
    const bool two = regs.get(kTwoPlanes) != 0;
    const auto chroma_order = static_cast<uint8_t>(regs.get(kOrder2p) == 1 || regs.get(kOrder2p) == 2);
    switch (regs.get(kOutFormat)) {
        case kOut420:
            return {two ? Kind::semiplanar_420 : Kind::planar_420, chroma_order};
        case kOut422:
            return {two ? Kind::semiplanar_422 : Kind::planar_422, chroma_order};
        default:
            return {Kind::packed_422, static_cast<uint8_t>(regs.get(kOrder1p))};
    }
}

}  // namespace exysim::camera
