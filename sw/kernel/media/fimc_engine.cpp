#include "media/fimc_engine.hpp"

#include <iterator>

#include "core/log.hpp"
#include "core/rollback.hpp"
#include "driver/power.hpp"

namespace kernel {

namespace {

constexpr uint32_t kFormats[] = {V4L2_PIX_FMT_NV12,    V4L2_PIX_FMT_NV21,   V4L2_PIX_FMT_YUV420,
                                 V4L2_PIX_FMT_YUYV,    V4L2_PIX_FMT_NV12M,  V4L2_PIX_FMT_NV21M,
                                 V4L2_PIX_FMT_YUV420M, V4L2_PIX_FMT_RGB565, V4L2_PIX_FMT_BGR32};
constexpr uint32_t kMinWidth = 16, kMinHeight = 8, kMaxHeight = 4096, kWidthAlign = 8, kHeightAlign = 2;

uint32_t clamp(uint32_t v, uint32_t low, uint32_t high) { return v < low ? low : v > high ? high : v; }

}  // namespace

Result<> FimcEngine::take(User& user) {
    const IrqGuard guard{lock_};
    if (user_ && user_ != &user) return Errno::kBusy;
    if (!user_) fimc.reset();
    user_ = &user;
    ++users_;
    return Ok{};
}

void FimcEngine::give_back(User& user) {
    const IrqGuard guard{lock_};
    if (user_ != &user || --users_ != 0) return;
    fimc.reset();
    user_ = nullptr;
}

void FimcEngine::interrupt(void* context) {
    FimcEngine& engine = *static_cast<FimcEngine*>(context);
    engine.fimc.acknowledge();
    if (engine.user_) engine.user_->handle_interrupt();
}

Result<uint32_t> fimc_format_at(uint32_t index) {
    if (index >= std::size(kFormats)) return Errno::kInval;
    return kFormats[index];
}

Result<SizeRange> fimc_sizes(const FimcEngine& engine, uint32_t fourcc) {
    for (const uint32_t known : kFormats) {
        if (known != fourcc) continue;
        return SizeRange{kMinWidth,   align_down(engine.able.widest_scaled, kWidthAlign),
                         kWidthAlign, kMinHeight,
                         kMaxHeight,  kHeightAlign};
    }
    return Errno::kInval;
}

void fimc_adjust_format(const FimcEngine& engine, uint32_t type, v4l2_pix_format_mplane& f) {
    auto range = fimc_sizes(engine, f.pixelformat);
    if (!range) f.pixelformat = kFormats[0];
    const SizeRange r = fimc_sizes(engine, f.pixelformat).take();
    f.width = align_down(clamp(f.width, r.min_width, r.max_width), r.step_width);
    f.height = align_down(clamp(f.height, r.min_height, r.max_height), r.step_height);
    (void)complete_format(f, type, V4L2_COLORSPACE_REC709);
}

FimcFrame fimc_frame(const v4l2_pix_format_mplane& f) {
    auto format = pixel_format(f.pixelformat);
    return {format ? format.value() : nullptr, f.width, f.height, {0, 0, f.width, f.height}};
}

Rect fimc_fit(const Rect& r, uint32_t width, uint32_t height) {
    Rect fit;
    fit.width = align_down(clamp(r.width, kMinWidth, width), kWidthAlign);
    fit.height = align_down(clamp(r.height, kMinHeight, height), kHeightAlign);
    fit.x = align_down(clamp(r.x, 0, width - fit.width), kWidthAlign);
    fit.y = align_down(clamp(r.y, 0, height - fit.height), kHeightAlign);
    return fit;
}

namespace {

FimcAbilities abilities_of(Node node) {
    FimcAbilities able;
    if (const Property limits = node.property("samsung,pix-limits"); limits && limits.cells() >= 4) {
        able.widest_scaled = limits.cell(0);
        able.widest_rotated = limits.cell(2);
    }
    constexpr uint32_t kOutputRotator = 2;
    if (const Property rotators = node.property("samsung,rotators"))
        able.rotates = rotators.cell(0) & kOutputRotator;
    return able;
}

/// 0 to 3, by its place in the alias list.
uint32_t instance_of(Node node) {
    char alias[] = "fimc0";
    for (uint32_t i = 0; i < 4; ++i) {
        alias[4] = static_cast<char>('0' + i);
        if (fdt_find(alias) == node) return i;
    }
    return 0;
}

Result<> probe(Device& device) {
    const IrqLine line = TRY(device.irq());
    if (!have_camera()) return Errno::kProbeDefer;
    const DmaDevice dma = TRY(DmaDevice::of(device.node));
    TRY(power_on(device.node));
    auto engine = TRY(make<FimcEngine>(TRY(device.map()), dma, abilities_of(device.node)));
    TRY(request_irq(line, FimcEngine::interrupt, engine.get(), device.name));
    Rollback interrupts{[&] { free_irq(line); }};
    auto capture = TRY(make_fimc_capture(*engine, device.name, instance_of(device.node)));
    TRY(make_fimc_m2m(*engine, device.name));
    interrupts.cancel();
    (void)capture.release();
    device.data = engine.release();
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-fimc", nullptr};
constexpr Driver kDriver{"fimc", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
