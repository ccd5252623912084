#include "models/display/hdmi_core.hpp"

#include <array>
#include <span>

namespace exysim::display {

namespace {
constexpr uint32_t kHorizontal = 0x1FFF, kVertical = 0x7FF;  // Assumed: counters of 13 and 11 bits

using H = HdmiCore;
constexpr Field kCommon[] = {
    H::kIntGlobal, H::kIntPlug,  H::kIntUnplug, H::kIntRest,  H::kIntRest2, H::kIntRest3, H::kPlugged,
    H::kUnplugged, H::kFlagRest, H::kFlagRest2, H::kKeyLoad,  H::kHpd,      H::kEnable,   H::kCon0Rest,
    H::kCon,       H::kCore,     H::kI2s,       H::kTgEnable, H::kTgField,  H::kTgRest,   H::kTg};
// clang-format off
// PHY_STATUS is locked at once; around it the layouts are storage.
constexpr Field kOnly13[] = {
    {0x0'0010,        "CTRL",       7, 0, Access::rw, 0, 32},
    {H::kPhyStatus,   "PHY_STATUS", 0, 0, Access::ro, 1},
};
constexpr Field kOnly14[] = {
    {0x0'0010,        "CTRL",       7, 0, Access::rw, 0, 4},
    {H::kPhyStatus14, "PHY_STATUS", 0, 0, Access::ro, 1},
    {0x0'0024,        "CTRL",       7, 0, Access::rw, 0, 27},
};
// clang-format on

template <size_t N>
constexpr auto with_common(const Field (&only)[N]) {
    std::array<Field, std::size(kCommon) + N> map{};
    size_t n = 0;
    for (const Field& f : kCommon) map[n++] = f;
    for (const Field& f : only) map[n++] = f;
    return map;
}
constexpr auto kMap13 = with_common(kOnly13);
constexpr auto kMap14 = with_common(kOnly14);
static_assert(well_formed(kMap13) && well_formed(kMap14));

std::span<const Field> map_of(HdmiLayout layout) {
    if (layout == HdmiLayout::v1_4) return kMap14;
    return kMap13;
}
}  // namespace

HdmiCore::HdmiCore(const HdmiConfig& config) : regs{map_of(config.layout)} {
    regs.set(kHpd, config.screen ? 1 : 0);
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
