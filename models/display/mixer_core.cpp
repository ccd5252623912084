#include "models/display/mixer_core.hpp"

namespace exysim::display {

MixerCore::MixerCore() {
    regs.on_write(kStatus, [this](uint32_t written) {
        if (written & kSoftReset.mask()) regs.reset();
    });
    regs.on_write(kIntStatus, [this](uint32_t written) {
        // Read as bit 0, cleared through bit 11.
        if (written & kClearVsync.mask()) regs.set(kVsync, 0);
    });
}

void MixerCore::vsync() {
    regs.set(kVsync, 1);
    if (!regs.get(kSync)) return;
    constexpr uint32_t kFirst = kCfg / 4;  // STATUS has no shadow
    for (uint32_t word = kFirst; word < kShadow.count; ++word) {
        const uint32_t reg = word * 4;
        if (reg != kIntEn && reg != kIntStatus) regs.set(kShadow, regs.word(reg), word);
    }
}

Composition MixerCore::composition() const {
    Composition c;
    c.video = in_force(kVpEnable) != 0 && in_force(kVpPriority) != 0;
    c.matrix = in_force(kBt709) ? Matrix::bt709 : Matrix::bt601;
    const auto part = [this](const Field& f) { return static_cast<uint8_t>(in_force(f)); };
    c.background = to_rgb(part(kBgY), part(kBgCb), part(kBgCr), c.matrix);
    return c;
}

std::string_view MixerCore::unsupported() const {
    struct Row {
        bool set;
        std::string_view what;
    };
    const Row rows[] = {
        {in_force(kGrpEnable) != 0, "graphics layers are not modelled yet; they stay off"},
        {composition().video && in_force(kBlend),
         "blending the video layer is not modelled yet; it is opaque"},
        {in_force(kLimited) != 0, "limited-range RGB is not modelled yet; full range is sent"},
        {in_force(kDstHdmi) == 0, "the SDO (composite) output is not modelled; HDMI shows the picture"},
    };
    for (const Row& row : rows) {
        if (row.set) return row.what;
    }
    return {};
}

bool MixerCore::irq() const {
    const bool vsync_wanted = regs.get(kVsync) && regs.get(kEnVsync);
    return vsync_wanted || (regs.word(kIntStatus) & regs.word(kIntEn) & kEnUnder.mask()) != 0;
}

}  // namespace exysim::display
