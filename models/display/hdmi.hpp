#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/display/hdmi_core.hpp"

namespace exysim::display {

/// HDMI at 0x12D0_0000. While enabled, `vsync` rises at each start of a frame; timing is taken over when the
/// generator starts. `irq` never rises: plug events come by GPIO.
class Hdmi : public RegisterTarget<HdmiCore> {
public:
    sc_core::sc_out<bool> irq{"irq"};
    sc_core::sc_out<bool> vsync{"vsync"};

    Hdmi(const sc_core::sc_module_name& name, Instruments& instruments);

    /// Of the raster now running; h_total is zero while there is none.
    const Timing& timing() const { return timing_; }

private:
    void update() override;
    void start();

    GuestErrors& guest_errors_;
    Timing timing_;
    Picoseconds started_ = 0;
    uint64_t frames_ = 0;  // vsyncs since the start
    bool in_pulse_ = false;
};

}  // namespace exysim::display
