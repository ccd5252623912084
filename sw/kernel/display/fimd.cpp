#include "display/fimd.hpp"

#include "core/log.hpp"
#include "core/ref.hpp"
#include "driver/power.hpp"

namespace kernel {

namespace {

// Registers and fields by Linux's samsung_fimd.h
constexpr uint32_t kVidcon0 = 0x000, kVidtcon0 = 0x010, kVidtcon1 = 0x014, kVidtcon2 = 0x018, kWincon = 0x020,
                   kShadowcon = 0x034, kVidosd = 0x040, kOsdStride = 0x10, kBufferStart = 0x0A0,
                   kBufferEnd = 0x0D0, kBufferStride = 8, kBufferSize = 0x100, kIntEnable = 0x130,
                   kIntPending = 0x134, kBlendEquation = 0x244, kShadow = 0x4000;
constexpr uint32_t kEnvidF = 1 << 0, kEnvid = 1 << 1, kDivide = 1 << 4;
constexpr uint32_t kIntOn = 1 << 0, kIntFrame = 1 << 12, kFrameAtVsync = 1 << 15;
constexpr uint32_t kFrameFired = 1 << 1;
constexpr uint32_t kWindowOn = 1 << 0, kAlphaSelect = 1 << 1, kPerPixel = 1 << 6, kWordSwap = 1 << 15,
                   kHalfWordSwap = 1 << 16;
constexpr uint32_t kProtect = 1 << 10;
// Weights: above times "one" or alpha, below times (1 - alpha)
constexpr uint32_t kOne = 1, kAlpha = 2, kInverse = 3, kBelowShift = 6;

/// SCLK_FIMD as the boot loader leaves SRC_LCD0 and DIV_LCD0 (system.md section 4).
constexpr uint32_t kSourceHz = 160'000'000;

Fimd* only;

/// Coordinates have their upper bit elsewhere for screens beyond 2047 pixels, which no panel here has.
constexpr uint32_t osd(uint32_t x, uint32_t y) { return x << 11 | y; }

}  // namespace

void Fimd::program_raster() const {
    const DisplayMode& m = panel_;
    const uint32_t divider = (kSourceHz + m.pixel_clock_hz / 2) / m.pixel_clock_hz;
    regs_.write32(kVidtcon0, (m.v_back - 1) << 16 | (m.v_front - 1) << 8 | (m.v_sync - 1));
    regs_.write32(kVidtcon1, (m.h_back - 1) << 16 | (m.h_front - 1) << 8 | (m.h_sync - 1));
    regs_.write32(kVidtcon2, (m.height - 1) << 11 | (m.width - 1));
    regs_.write32(kVidcon0, (divider - 1) << 6 | kDivide);
}

void Fimd::start(VsyncHandler handler, void* context) {
    handler_ = handler;
    context_ = context;
    program_raster();
    for (uint32_t i = 0; i < kWindows; ++i) clear_window(i);
    regs_.write32(kIntPending, kFrameFired);
    regs_.write32(kIntEnable, kIntOn | kIntFrame | kFrameAtVsync);
    regs_.update32(kVidcon0, kEnvid | kEnvidF, kEnvid | kEnvidF);
}

void Fimd::stop() {
    regs_.update32(kVidcon0, kEnvid | kEnvidF, 0);
    regs_.write32(kIntEnable, 0);
    for (uint32_t i = 0; i < kWindows; ++i) clear_window(i);
}

void Fimd::begin_update() const { regs_.update32(kShadowcon, 0x1F * kProtect, 0x1F * kProtect); }
void Fimd::end_update() const { regs_.update32(kShadowcon, 0x1F * kProtect, 0); }

void Fimd::set_window(uint32_t index, const FimdWindow& w) const {
    const uint32_t line = w.width * w.pixel_bytes, at = kVidosd + index * kOsdStride;
    uint32_t config = kWindowOn | static_cast<uint32_t>(w.format) << 2;
    config |= w.pixel_bytes == 2 ? kHalfWordSwap : kWordSwap;
    if (w.pixel_alpha) config |= kPerPixel | kAlphaSelect;
    regs_.write32(kBufferStart + index * kBufferStride, w.base.value);
    regs_.write32(kBufferEnd + index * kBufferStride, w.base.value + w.pitch * w.height);
    regs_.write32(kBufferSize + 4 * index, (w.pitch - line) << 13 | line);
    regs_.write32(at, osd(w.x, w.y));
    regs_.write32(at + 4, osd(w.x + w.width - 1, w.y + w.height - 1));
    if (index > 0) {
        regs_.write32(at + 8, 0xFFF'FFF);  // opaque where the format says nothing
        const uint32_t above = w.premultiplied ? kOne : kAlpha;
        regs_.write32(kBlendEquation + 4 * (index - 1), kInverse << kBelowShift | above);
    }
    regs_.write32(kWincon + 4 * index, config);
    regs_.update32(kShadowcon, 1U << index, 1U << index);
}

void Fimd::clear_window(uint32_t index) const {
    regs_.write32(kWincon + 4 * index, 0);
    regs_.update32(kShadowcon, 1U << index, 0);
}

bool Fimd::latched() const {
    for (uint32_t i = 0; i < kWindows; ++i) {
        const uint32_t reg = kBufferStart + i * kBufferStride;
        if (regs_.read32(reg) != regs_.read32(reg + kShadow)) return false;
    }
    return true;
}

void Fimd::handle_vsync() {
    if (!(regs_.read32(kIntPending) & kFrameFired)) return;
    regs_.write32(kIntPending, kFrameFired);
    if (handler_) handler_(context_);
}

Fimd* the_fimd() { return only; }

namespace {

void interrupt(void* context) { static_cast<Fimd*>(context)->handle_vsync(); }

/// The panel's raster, in the controller's node (binding panel-timing). Errors: kInval.
Result<DisplayMode> panel_of(Node node) {
    const Node t = node.child("display-timings").child("timing0");
    const auto cell = [&](const char* name) {
        const Property p = t.property(name);
        return p ? p.cell(0) : 0;
    };
    DisplayMode m{};
    m.width = cell("hactive"), m.h_front = cell("hfront-porch"), m.h_sync = cell("hsync-len");
    m.h_back = cell("hback-porch");
    m.height = cell("vactive"), m.v_front = cell("vfront-porch"), m.v_sync = cell("vsync-len");
    m.v_back = cell("vback-porch");
    m.pixel_clock_hz = cell("clock-frequency");
    const uint32_t parts[] = {m.width,  m.h_front, m.h_sync, m.h_back,
                              m.height, m.v_front, m.v_sync, m.v_back};
    for (const uint32_t part : parts) {
        if (part == 0 || part > 2047) return Errno::kInval;
    }
    if (m.pixel_clock_hz == 0 || m.pixel_clock_hz > kSourceHz) return Errno::kInval;
    return m;
}

Result<> probe(Device& device) {
    constexpr uint32_t kVsyncLine = 1;  // of fifo, vsync, lcd_sys
    const IrqLine line = TRY(device.irq(kVsyncLine));
    const DmaDevice dma = TRY(DmaDevice::of(device.node));
    TRY(power_on(device.node));
    auto fimd = TRY(make<Fimd>(TRY(device.map()), TRY(panel_of(device.node)), dma));
    TRY(request_irq(line, interrupt, fimd.get(), device.name));
    log_info("%s: panel %ux%u", device.name, fimd->panel().width, fimd->panel().height);
    only = fimd.release();
    device.data = only;
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-fimd", nullptr};
constexpr Driver kDriver{"fimd", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
