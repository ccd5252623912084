#include "models/camera/fimc_core.hpp"

namespace exysim::camera {

using namespace fimc;

FimcCore::FimcCore(const FimcAbilities& abilities) : abilities_{abilities} {
    regs.on_write(kCigctrl, [this](uint32_t written) { control(written); });
    regs.on_write(kCiwdofst, [this](uint32_t written) {
        if (written & kClearOvfY.mask()) regs.set(kOvfY, 0);
        if (written & kClearOvfCb.mask()) regs.set(kOvfCb, 0);
        if (written & kClearOvfCr.mask()) regs.set(kOvfCr, 0);
    });
    regs.on_write(kCiimgcpt, [this](uint32_t) { capture_control(); });
    regs.on_write(kMsctrl, [this](uint32_t) { start_job_if_ready(); });
}

void FimcCore::control(uint32_t written) {
    if (written & kIrqClear.mask()) pending_ = false;
    if (written & kSwReset.mask()) software_reset();
}

/// Software reset. Assumed: the interrupt settings of CIGCTRL survive, drivers rely on them afterwards.
void FimcCore::software_reset() {
    const uint32_t level = regs.get(kIrqLevel), enable = regs.get(kIrqEnable);
    power_off();
    regs.set(kSwReset, 1);
    regs.set(kIrqLevel, level);
    regs.set(kIrqEnable, enable);
}

void FimcCore::power_off() {
    regs.reset();
    pending_ = capturing_ = was_enabled_ = envid_ = false;
    job_ = Job::none;
    last_slot_ = kSlots - 1;
    ++resets_;
}

void FimcCore::capture_control() {
    const bool enabled = regs.get(kCapture) != 0;
    if (enabled && !was_enabled_) frames_enabled_ = 0;
    was_enabled_ = enabled;
    start_job_if_ready();
}

/// ENVID's rising edge asks for one job; it begins once the rest is enabled too.
void FimcCore::start_job_if_ready() {
    const bool envid = regs.get(kEnvid) != 0;
    const bool asked = envid && regs.get(kInputMemory) != 0 && regs.get(kCapture) != 0;
    if (!envid && job_ == Job::waiting) job_ = Job::none;
    if (asked && !envid_ && job_ == Job::none) {
        job_ = Job::waiting;
        regs.set(kStatusEnvid, 1);
    }
    envid_ = asked;
}

/// Assumed: without IMGCPTEN_SC only a bypassed scaler lets pixels through.
bool FimcCore::capture_enabled() const {
    const bool path = regs.get(kCaptureSc) != 0 || regs.get(kBypass) != 0 || regs.get(kOneToOne) != 0;
    return regs.get(kCapture) != 0 && path && regs.get(kInputMemory) == 0;
}

/// Frame control: CICPTSEQ says which of 32 frames are taken, lowest bit first; count mode takes the first
/// CPT_FRCNT. Assumed: the order of the bits.
bool FimcCore::wanted_by_sequence() {
    const uint32_t number = frames_enabled_++;
    if (regs.get(kFrameControl) == 0) return true;
    if (regs.get(kCountMode)) return number < regs.get(kFrameCount);
    return (regs.get(kSequence) >> (number % 32) & 1) != 0;
}

CameraPort FimcCore::selected() const {
    if (regs.get(kWriteback)) return CameraPort::writeback;
    if (regs.get(kMipi)) return regs.get(kMipiA) ? CameraPort::mipi_0 : CameraPort::mipi_1;
    return regs.get(kPortA) ? CameraPort::itu_a : CameraPort::itu_b;
}

/// The next slot of the ring that CIFCNTSEQ enables.
std::optional<uint32_t> FimcCore::next_slot() const {
    for (uint32_t step = 1; step <= kSlots; ++step) {
        const uint32_t slot = (last_slot_ + step) % kSlots;
        if (regs.get(kRing) >> slot & 1) return slot;
    }
    return {};
}

void FimcCore::take_slot(uint32_t slot) {
    regs.set(kBefore, regs.get(kPresent));
    regs.set(kPresent, slot + 1);
    last_slot_ = slot;
}

void FimcCore::copy_shadows() {
    regs.set(kStatusCpt, regs.get(kCapture));
    regs.set(kStatusCptSc, regs.get(kCaptureSc));
    regs.set(kStatusScaler, regs.get(kScalerStart));
    regs.set(kStatusWindow, regs.get(kWindowOn));
}

FrameDecision FimcCore::begin_frame(const SentFormat& sent) {
    copy_shadows();
    regs.set(kStatusVsync, 1);
    regs.set(kVsyncA, selected() == CameraPort::itu_a);
    regs.set(kVsyncB, selected() == CameraPort::itu_b);
    if (!capture_enabled()) return {.drop_reason = "no buffer"};
    if (!wanted_by_sequence()) return {.drop_reason = "not in the capture sequence"};
    const auto slot = next_slot();
    if (!slot) return {.drop_reason = "no buffer"};
    const FramePlan plan = plan_capture(regs, sent, *slot, abilities_);
    if (!plan.pipeline) return {.drop_reason = "unusable setting", .mistake = plan.mistake};
    take_slot(*slot);
    capturing_ = true;
    pending_ = true;
    return {.pipeline = plan.pipeline,
            .raw = plan.pipeline->area.layout.kind == PixelLayout::Kind::raw,
            .crop_left = plan.crop_left,
            .crop_top = plan.crop_top,
            .order = plan.order,
            .drop_reason = {},
            .mistake = plan.mistake};
}

void FimcCore::begin_lines() {
    for (const Field& flag : {kStatusVsync, kVsyncA, kVsyncB}) regs.set(flag, 0);
    regs.set(kVvalidA, selected() == CameraPort::itu_a);
    regs.set(kVvalidB, selected() == CameraPort::itu_b);
}

void FimcCore::end_frame() {
    regs.set(kVvalidA, 0);
    regs.set(kVvalidB, 0);
    if (!capturing_) return;
    capturing_ = false;
    regs.set(kFrameEnd, 1);
    if (capture_enabled()) return;
    regs.set(kLastCapture, 1);
    for (const Field& shadow : {kStatusCpt, kStatusCptSc, kStatusScaler}) regs.set(shadow, 0);
    pending_ = true;
}

void FimcCore::overflow() {
    for (const Field& flag : {kOvfY, kOvfCb, kOvfCr}) regs.set(flag, 1);
    if (regs.get(kOverflowIrq)) pending_ = true;
}

FramePlan FimcCore::begin_job() {
    job_ = Job::running;
    copy_shadows();
    const auto slot = next_slot();
    if (!slot) return {{}, {}, 0, 0, 0, "a job was started while CIFCNTSEQ enables no buffer"};
    FramePlan plan = plan_job(regs, *slot, abilities_);
    if (plan.pipeline) take_slot(*slot);
    return plan;
}

void FimcCore::end_job() {
    job_ = Job::none;
    envid_ = false;
    regs.set(kEnvid, 0);
    regs.set(kFrameEnd, 1);
    for (const Field& flag : {kStatusEnvid, kStatusCpt, kStatusCptSc, kStatusScaler}) regs.set(flag, 0);
    if (regs.get(kIrqEndOff) == 0) pending_ = true;
}

}  // namespace exysim::camera
