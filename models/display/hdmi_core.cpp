#include "models/display/hdmi_core.hpp"

namespace exysim::display {

namespace {
constexpr uint32_t kHorizontal = 0x1FFF, kVertical = 0x7FF;  // Assumed: counters of 13 and 11 bits
}

Timing HdmiCore::timing() const {
    Timing t;
    t.h_total = tg(kTgHFsz) & kHorizontal;
    t.v_total = tg(kTgVFsz) & kVertical;
    t.width = tg(kTgHactSz) & kHorizontal;
    t.height = tg(kTgVactSz) & kVertical;
    t.first_active_line = tg(kTgVactSt) & kVertical;
    constexpr uint64_t kFallbackRate = 60;
    t.pixel_clock_hz = pixel_clock_of(t.h_total, t.v_total).value_or(t.frame_pixels() * kFallbackRate);
    return t;
}

}  // namespace exysim::display
