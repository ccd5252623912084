#include "display/mixer.hpp"

#include "core/log.hpp"
#include "core/time.hpp"

namespace kernel {

namespace {

// Mixer (mixer.md sections 2 and 3)
constexpr uint32_t kStatus = 0x000, kConfig = 0x004, kIntEnable = 0x008, kIntStatus = 0x00C,
                   kLayerConfig = 0x010, kVideoConfig = 0x014, kGraphic0 = 0x020, kGraphic1 = 0x040,
                   kGraphicSxy = 0x0C, kBackground = 0x064, kConfigShadow = 0x2004;
constexpr uint32_t kRun = 1 << 0, kIdle = 1 << 1, kSyncEnable = 1 << 2, kBurst16 = 1 << 7,
                   kSoftReset = 1 << 8;
constexpr uint32_t kOutRgb888 = 1 << 8, kToHdmi = 1 << 7, kVideoEnable = 1 << 3, kProgressive = 1 << 2,
                   kRgbBt709 = 1 << 10;
constexpr uint32_t kScan480 = 0, kScan576 = 2, kScan720 = 1, kScan1080 = 0x41;
constexpr uint32_t kVsyncFired = 1 << 0, kUnderflows = 7 << 8, kVsyncEnable = 1 << 11;
constexpr uint32_t kVideoPriority = 1, kVideoPriorityMask = 0xF;
constexpr uint32_t kBlack = 0x00'80'80;

// Video processor (section 6)
constexpr uint32_t kVpEnable = 0x000, kVpReset = 0x004, kVpShadowUpdate = 0x008, kVpMode = 0x010,
                   kVpImageY = 0x014, kVpImageC = 0x018, kVpTopY = 0x028, kVpTopC = 0x030, kVpSrcH = 0x044,
                   kVpSrcV = 0x048, kVpSrcWidth = 0x04C, kVpSrcHeight = 0x050, kVpDstH = 0x054,
                   kVpDstV = 0x058, kVpDstWidth = 0x05C, kVpDstHeight = 0x060, kVpRatioH = 0x064,
                   kVpRatioV = 0x068, kVpEndian = 0x3CC;
constexpr uint32_t kVpNv21 = 1 << 6, kOneToOne = 1 << 16;

constexpr int kResetTries = 100, kIdleTries = 20;
constexpr uint64_t kPollNs = 10'000'000;

uint32_t scan_code(const DisplayMode& mode) {
    if (mode.height <= 480) return kScan480;
    if (mode.height <= 576) return kScan576;
    return mode.height <= 720 ? kScan720 : kScan1080;
}

}  // namespace

void Mixer::synchronise(bool allowed) const {
    mixer_.update32(kStatus, kSyncEnable, allowed ? kSyncEnable : 0);
}

Result<> Mixer::reset_video_processor() const {
    vp_.write32(kVpReset, 1);
    for (int i = 0; i < kResetTries; ++i) {
        if (!(vp_.read32(kVpReset) & 1)) return Ok{};
        sleep_ns(kPollNs);
    }
    return Errno::kTimedOut;
}

void Mixer::configure_output(const DisplayMode& mode) const {
    const uint32_t matrix = mode.height > 576 ? kRgbBt709 : 0;  // BT.709 for high definition, full range
    mixer_.write32(kConfig, kOutRgb888 | kToHdmi | kProgressive | scan_code(mode) | matrix);
    mixer_.write32(kLayerConfig, 0);
    for (uint32_t i = 0; i < 3; ++i) mixer_.write32(kBackground + 4 * i, kBlack);
    for (const uint32_t graphic : {kGraphic0, kGraphic1}) mixer_.write32(graphic + kGraphicSxy, 0);
    mixer_.write32(kVideoConfig, 0);
    vp_.write32(kVpEndian, 1);
}

Result<> Mixer::start(const Hdmi& hdmi, const DisplayMode& mode, VsyncHandler handler, void* context) {
    handler_ = handler;
    context_ = context;
    synchronise(false);
    mixer_.update32(kStatus, kSoftReset, kSoftReset);
    TRY(reset_video_processor());
    mixer_.update32(kStatus, kBurst16, kBurst16);
    configure_output(mode);
    mixer_.write32(kIntStatus, kVsyncEnable | kUnderflows);
    mixer_.write32(kIntEnable, kVsyncEnable | kUnderflows);
    mixer_.update32(kStatus, kRun, kRun);
    synchronise(true);
    hdmi.start();
    return Ok{};
}

void Mixer::stop(const Hdmi& hdmi) {
    mixer_.update32(kStatus, kRun, 0);
    bool idle = false;
    for (int i = 0; i < kIdleTries && !idle; ++i) {
        idle = mixer_.read32(kStatus) & kIdle;
        if (!idle) sleep_ns(kPollNs);
    }
    if (!idle) log_error("mixer: does not become idle");
    mixer_.write32(kIntEnable, 0);
    hdmi.stop();
    if (underflows_) log_warn("mixer: %u underflows", static_cast<uint32_t>(underflows_));
    underflows_ = 0;
}

void Mixer::show_video(const VideoPicture& p, const DisplayMode& mode) const {
    synchronise(false);
    vp_.write32(kVpMode, p.swapped_chroma ? kVpNv21 : 0);
    vp_.write32(kVpImageY, p.pitch << 16 | p.height);
    vp_.write32(kVpImageC, p.pitch << 16 | p.height / 2);
    vp_.write32(kVpTopY, p.luma.value);
    vp_.write32(kVpTopC, p.chroma.value);
    vp_.write32(kVpSrcH, 0);
    vp_.write32(kVpSrcV, 0);
    vp_.write32(kVpSrcWidth, p.width);
    vp_.write32(kVpSrcHeight, p.height);
    vp_.write32(kVpDstH, (mode.width - p.width) / 2);
    vp_.write32(kVpDstV, (mode.height - p.height) / 2);
    vp_.write32(kVpDstWidth, p.width);
    vp_.write32(kVpDstHeight, p.height);
    vp_.write32(kVpRatioH, kOneToOne);
    vp_.write32(kVpRatioV, kOneToOne);
    vp_.write32(kVpEnable, 1);
    mixer_.update32(kLayerConfig, kVideoPriorityMask, kVideoPriority);
    mixer_.update32(kConfig, kVideoEnable, kVideoEnable);
    vp_.write32(kVpShadowUpdate, 1);
    synchronise(true);
}

void Mixer::hide_video() const {
    synchronise(false);
    mixer_.update32(kLayerConfig, kVideoPriorityMask, 0);
    mixer_.update32(kConfig, kVideoEnable, 0);
    vp_.write32(kVpEnable, 0);
    vp_.write32(kVpShadowUpdate, 1);
    synchronise(true);
}

bool Mixer::video_latched() const {
    return !(vp_.read32(kVpShadowUpdate) & 1) && mixer_.read32(kConfig) == mixer_.read32(kConfigShadow);
}

void Mixer::handle_interrupt() {
    const uint32_t fired = mixer_.read32(kIntStatus);
    // Vsync is read as bit 0 and cleared through bit 11.
    const uint32_t vsync = fired & kVsyncFired ? kVsyncEnable : 0;
    mixer_.write32(kIntStatus, (fired & kUnderflows) | vsync);
    if (fired & kUnderflows) ++underflows_;
    if (vsync && handler_) handler_(context_);
}

}  // namespace kernel
