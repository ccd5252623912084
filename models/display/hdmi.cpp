#include "models/display/hdmi.hpp"

namespace exysim::display {

Hdmi::Hdmi(const sc_core::sc_module_name& module_name, const HdmiConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments, config}, guest_errors_{instruments.guest_errors} {}

void Hdmi::start(Picoseconds now) {
    raster_.start(core_.timing(), now);
    if (core_.known_mode()) return;
    guest_errors_.report({name(), "totals of no CEA-861 mode; 60 frames a second assumed", "TG_H_FSZ",
                          HdmiCore::kTgHFsz, raster_.timing().h_total});
}

void Hdmi::update() {
    irq.write(core_.irq());
    if (supply() != Supply::on || !core_.running() || core_.timing().frame_pixels() == 0) {
        raster_.stop();
        vsync.write(false);
        return;
    }
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (!raster_.running()) start(now);
    const bool frame_ends = now >= raster_.next_change(now) && !raster_.in_pulse(now);
    if (frame_ends && raster_.count() && core_.timing() != raster_.timing()) start(now);
    raster_.advance(now);
    vsync.write(raster_.in_pulse(now));
    update_at(raster_.next_change(now));
}

}  // namespace exysim::display
