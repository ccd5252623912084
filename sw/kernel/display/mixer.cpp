#include "display/mixer.hpp"

#include <iterator>

#include "core/log.hpp"
#include "core/time.hpp"

namespace kernel {

namespace {

// Mixer (mixer.md sections 2 and 3)
constexpr uint32_t kStatus = 0x000, kConfig = 0x004, kIntEnable = 0x008, kIntStatus = 0x00C,
                   kLayerConfig = 0x010, kVideoConfig = 0x014, kGraphic0 = 0x020, kGraphic1 = 0x040,
                   kGraphicSxy = 0x0C, kBackground = 0x064;
constexpr uint32_t kRun = 1 << 0, kIdle = 1 << 1, kSyncEnable = 1 << 2, kBurst16 = 1 << 7,
                   kSoftReset = 1 << 8;
constexpr uint32_t kOutRgb888 = 1 << 8, kToHdmi = 1 << 7, kVideoEnable = 1 << 3, kProgressive = 1 << 2,
                   kRgbBt709 = 1 << 10;
constexpr uint32_t kScan480 = 0, kScan576 = 2, kScan720 = 1, kScan1080 = 0x41;
constexpr uint32_t kVsyncFired = 1 << 0, kUnderflows = 7 << 8, kVsyncEnable = 1 << 11;
constexpr uint32_t kPriorityMask = 0xF, kPriorityBits = 4, kVideoLevel = 0;  // of LAYER_CFG
constexpr uint32_t kVideoBlend = 1 << 16;                                    // of VIDEO_CFG
// A graphics layer's block of registers, its enable bit in CFG and its place in LAYER_CFG
struct GraphicsRegisters {
    uint32_t base, enable, level;
};
constexpr GraphicsRegisters kGraphics[] = {{kGraphic0, 1 << 4, 1}, {kGraphic1, 1 << 5, 2}};
constexpr uint32_t kGraphicBase = 0x04, kGraphicSpan = 0x08, kGraphicSize = 0x10, kGraphicDxy = 0x14,
                   kGraphicBlank = 0x18, kShadow = 0x2000;
constexpr uint32_t kNoColourKey = 1 << 21, kPremultiplied = 1 << 20, kWindowBlend = 1 << 17,
                   kPixelBlend = 1 << 16, kDoubleWidth = 1 << 28, kDoubleHeight = 1 << 12;
constexpr uint32_t kBlack = 0x00'80'80;

// Video processor (section 6)
constexpr uint32_t kVpEnable = 0x000, kVpReset = 0x004, kVpShadowUpdate = 0x008, kVpMode = 0x010,
                   kVpImageY = 0x014, kVpImageC = 0x018, kVpTopY = 0x028, kVpTopC = 0x030, kVpSrcH = 0x044,
                   kVpSrcV = 0x048, kVpSrcWidth = 0x04C, kVpSrcHeight = 0x050, kVpDstH = 0x054,
                   kVpDstV = 0x058, kVpDstWidth = 0x05C, kVpDstHeight = 0x060, kVpRatioH = 0x064,
                   kVpRatioV = 0x068, kVpEndian = 0x3CC, kVpLumaH = 0x06C, kVpLumaV = 0x0EC,
                   kVpChromaH = 0x12C;
constexpr uint32_t kVpNv21 = 1 << 6, kFraction = 16;

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

/// Bilinear taps, in 1 / 128 and for sixteenths of a sample: 127 stands for 128 (mixer.md section 6). The
/// horizontal filters mirror what comes after the place; the vertical one has all four taps.
void Mixer::load_filters() const {
    constexpr uint32_t kWords = 4, kOne = 128, kPhaseStep = 8;
    const auto tap = [&](uint32_t filter, uint32_t number, uint32_t first, uint32_t step) {
        for (uint32_t word = 0; word < kWords; ++word) {
            uint32_t packed = 0;
            for (uint32_t i = 0; i < 4; ++i) {
                const uint32_t weight = first + step * (4 * word + i);
                packed = packed << 8 | ((weight > 127 ? 127 : weight) & 0xFF);
            }
            vp_.write32(filter + 4 * (number * kWords + word), packed);
        }
    };
    constexpr uint32_t kLumaTaps = 4, kVerticalTaps = 4, kChromaTaps = 2;
    for (uint32_t n = 0; n < kLumaTaps; ++n) tap(kVpLumaH, n, n == 3 ? kOne : 0, n == 3 ? -kPhaseStep : 0);
    for (uint32_t n = 0; n < kChromaTaps; ++n)
        tap(kVpChromaH, n, n == 1 ? kOne : 0, n == 1 ? -kPhaseStep : 0);
    for (uint32_t n = 0; n < kVerticalTaps; ++n)
        tap(kVpLumaV, n, n == 1 ? kOne : 0, n == 1 ? -kPhaseStep : n == 2 ? kPhaseStep : 0);
}

void Mixer::configure_output(const DisplayMode& mode) const {
    const uint32_t matrix = mode.height > 576 ? kRgbBt709 : 0;  // BT.709 for high definition, full range
    mixer_.write32(kConfig, kOutRgb888 | kToHdmi | kProgressive | scan_code(mode) | matrix);
    mixer_.write32(kLayerConfig, 0);
    for (uint32_t i = 0; i < 3; ++i) mixer_.write32(kBackground + 4 * i, kBlack);
    for (const uint32_t graphic : {kGraphic0, kGraphic1}) mixer_.write32(graphic + kGraphicSxy, 0);
    mixer_.write32(kVideoConfig, 0);
    vp_.write32(kVpEndian, 1);
    load_filters();
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
    for (uint32_t i = 0; i < std::size(kGraphics); ++i) clear_graphics(i);
    clear_video();
    if (underflows_) log_warn("mixer: %u underflows", static_cast<uint32_t>(underflows_));
    underflows_ = 0;
}

void Mixer::set_priority(uint32_t level, uint32_t priority) const {
    const uint32_t shift = level * kPriorityBits;
    mixer_.update32(kLayerConfig, kPriorityMask << shift, priority << shift);
}

void Mixer::begin_update() const { synchronise(false); }

void Mixer::end_update() const {
    vp_.write32(kVpShadowUpdate, 1);
    synchronise(true);
}

void Mixer::set_video(const VideoLayer& layer) const {
    const VideoPicture& p = layer.picture;
    const Area &from = layer.source, &to = layer.screen;
    vp_.write32(kVpMode, p.swapped_chroma ? kVpNv21 : 0);
    vp_.write32(kVpImageY, p.pitch << 16 | p.height);
    vp_.write32(kVpImageC, p.pitch << 16 | p.height / 2);
    vp_.write32(kVpTopY, p.luma.value);
    vp_.write32(kVpTopC, p.chroma.value);
    vp_.write32(kVpSrcH, from.x << 4);  // four bits of fraction
    vp_.write32(kVpSrcV, from.y);
    vp_.write32(kVpSrcWidth, from.width);
    vp_.write32(kVpSrcHeight, from.height);
    vp_.write32(kVpDstH, to.x);
    vp_.write32(kVpDstV, to.y);
    vp_.write32(kVpDstWidth, to.width);
    vp_.write32(kVpDstHeight, to.height);
    vp_.write32(kVpRatioH, (from.width << kFraction) / to.width);
    vp_.write32(kVpRatioV, (from.height << kFraction) / to.height);
    vp_.write32(kVpEnable, 1);
    mixer_.write32(kVideoConfig, layer.alpha == 255 ? 0 : kVideoBlend | layer.alpha);
    set_priority(kVideoLevel, layer.priority);
    mixer_.update32(kConfig, kVideoEnable, kVideoEnable);
}

void Mixer::clear_video() const {
    set_priority(kVideoLevel, 0);
    mixer_.update32(kConfig, kVideoEnable, 0);
    vp_.write32(kVpEnable, 0);
}

void Mixer::set_graphics(uint32_t index, const GraphicsLayer& layer) const {
    const GraphicsRegisters& regs = kGraphics[index];
    uint32_t config = static_cast<uint32_t>(layer.format) << 8 | layer.alpha;
    if (!layer.keyed) config |= kNoColourKey;
    if (layer.alpha != 255) config |= kWindowBlend;
    if (layer.pixel_alpha) config |= kPixelBlend | (layer.premultiplied ? kPremultiplied : 0);
    const uint32_t doubled =
        (layer.double_width ? kDoubleWidth : 0) | (layer.double_height ? kDoubleHeight : 0);
    mixer_.write32(regs.base, config);
    mixer_.write32(regs.base + kGraphicBlank, layer.key);
    mixer_.write32(regs.base + kGraphicBase, layer.base.value);
    mixer_.write32(regs.base + kGraphicSpan, layer.span);
    mixer_.write32(regs.base + kGraphicSxy, layer.source.x << 16 | layer.source.y);
    mixer_.write32(regs.base + kGraphicSize, doubled | layer.source.width << 16 | layer.source.height);
    mixer_.write32(regs.base + kGraphicDxy, layer.screen_x << 16 | layer.screen_y);
    set_priority(regs.level, layer.priority);
    mixer_.update32(kConfig, regs.enable, regs.enable);
}

void Mixer::clear_graphics(uint32_t index) const {
    set_priority(kGraphics[index].level, 0);
    mixer_.update32(kConfig, kGraphics[index].enable, 0);
}

/// Linux waits for the same registers; a change that leaves them as they were moves no buffer.
bool Mixer::latched() const {
    constexpr uint32_t kCompared[] = {kConfig, kGraphic0 + kGraphicBase, kGraphic1 + kGraphicBase};
    bool same = !(vp_.read32(kVpShadowUpdate) & 1);
    for (const uint32_t reg : kCompared) same = same && mixer_.read32(reg) == mixer_.read32(reg + kShadow);
    return same;
}

void Mixer::show_video(const VideoPicture& p, const DisplayMode& mode) const {
    VideoLayer layer;
    layer.picture = p;
    layer.source = {0, 0, p.width, p.height};
    layer.screen = {(mode.width - p.width) / 2, (mode.height - p.height) / 2, p.width, p.height};
    begin_update();
    set_video(layer);
    end_update();
}

void Mixer::hide_video() const {
    begin_update();
    clear_video();
    end_update();
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
