#include "models/display/hdmi.hpp"

namespace exysim::display {

Hdmi::Hdmi(const sc_core::sc_module_name& module_name, Instruments& instruments)
    : RegisterTarget{module_name, instruments}, guest_errors_{instruments.guest_errors} {}

void Hdmi::start() {
    timing_ = core_.timing();
    started_ = picoseconds(sc_core::sc_time_stamp());
    frames_ = 0;
    in_pulse_ = false;
    if (core_.known_mode()) return;
    guest_errors_.report({name(), "totals of no CEA-861 mode; 60 frames a second assumed", "TG_H_FSZ",
                          HdmiCore::kTgHFsz, timing_.h_total});
}

void Hdmi::update() {
    irq.write(false);
    if (!core_.running() || core_.timing().frame_pixels() == 0) {
        timing_ = {};
        vsync.write(false);
        return;
    }
    if (timing_.h_total == 0) start();
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    const auto frame_start = [this](uint64_t n) {
        return started_ + time_of_tick(n * timing_.frame_pixels(), timing_.pixel_clock_hz);
    };
    if (now >= frame_start(frames_)) {
        ++frames_;
        in_pulse_ = true;
    }
    const Picoseconds pulse_end = frames_ ? frame_start(frames_ - 1) + timing_.line_period() : 0;
    if (now >= pulse_end) in_pulse_ = false;
    vsync.write(in_pulse_);
    update_at(in_pulse_ ? pulse_end : frame_start(frames_));
}

}  // namespace exysim::display
