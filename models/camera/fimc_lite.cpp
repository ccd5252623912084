#include "models/camera/fimc_lite.hpp"

#include <algorithm>
#include <utility>

namespace exysim::camera {

FimcLite::FimcLite(const sc_core::sc_module_name& module_name, const FimcLiteConfig& config,
                   Instruments& instruments)
    : CaptureShell{module_name, {config.skew, config.fifo_lines, FimcLiteCore::kCiimgcpt}, instruments} {}

BegunFrame<CapturedLiteFrame> FimcLite::begin(const SentFormat& format) {
    const FimcLiteCore::Decision decision = core_.begin_frame(format);
    BegunFrame<Frame> begun{{}, decision.drop_reason, decision.mistake};
    if (decision.frame) begun.frame = Frame{{}, *decision.frame};
    return begun;
}

void FimcLite::begin_lines(Frame* frame) {
    if (frame == nullptr || frame->resets != core_.resets()) return;
    frame->base = core_.begin_lines();
    if (!frame->base) frame->damage = "no buffer";
}

void FimcLite::take(Frame& frame, uint32_t index, const Line422& pixels) {
    const LiteFrame& f = frame.settings;
    if (!frame.base || index < f.top || index - f.top >= f.window.height) return;
    const std::vector<uint8_t> bytes = lite_bytes(f, index - f.top, pixels);
    const uint32_t twice = twice_pixel_bytes(f), row = f.offset_top + index - f.top;
    const uint32_t at = row * (f.canvas_width * twice / 2) + f.offset_left * twice / 2;
    WriteList writes;
    const auto size = static_cast<uint32_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), writes.add(*frame.base + at, size));
    enqueue(frame, std::move(writes));
}

/// Whole lines of the canvas.
std::vector<IovaRange> FimcLite::planes_of(const Frame& frame) const {
    if (!frame.base) return {};
    const LiteFrame& f = frame.settings;
    const uint32_t pitch = f.canvas_width * twice_pixel_bytes(f) / 2;
    return {{*frame.base + f.offset_top * pitch, f.window.height * pitch}};
}

}  // namespace exysim::camera
