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
    t.interlaced = regs.get(kTgField) != 0;
    constexpr uint64_t kFallbackRate = 60;
    t.pixel_clock_hz = clock().value_or(t.frame_pixels() * kFallbackRate);
    return t;
}

std::optional<uint64_t> HdmiCore::clock() const {
    if (const auto set = phy.pixel_clock_hz()) return set;
    return pixel_clock_of(tg(kTgHFsz) & kHorizontal, tg(kTgVFsz) & kVertical, regs.get(kTgField) != 0);
}

void HdmiCore::plug(bool in) {
    if (in == (regs.get(kHpd) != 0)) return;
    regs.set(kHpd, in);
    regs.raise(in ? kPlugged : kUnplugged);
}

void HdmiCore::power_off() {
    const uint32_t plugged = regs.get(kHpd);
    regs.reset();
    regs.set(kHpd, plugged);
}

bool HdmiCore::irq() const {
    const bool plugged = regs.get(kPlugged) && regs.get(kIntPlug);
    const bool unplugged = regs.get(kUnplugged) && regs.get(kIntUnplug);
    return regs.get(kIntGlobal) && (plugged || unplugged);
}

}  // namespace exysim::display
