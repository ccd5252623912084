#pragma once

#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/display/hdmi_core.hpp"

namespace exysim::display {

/// A screen has come or gone at the connector.
struct ScreenPlugged {
    bool in;
};

/// HDMI at 0x12D0_0000. While enabled, `vsync` rises at each start of a frame or field; new timing is taken
/// over when the generator starts, and at the start of a frame. `irq`: a screen came or went.
class Hdmi : public RegisterTarget<HdmiCore>, public Sink {
public:
    sc_core::sc_out<bool> irq{"irq"};
    sc_core::sc_out<bool> vsync{"vsync"};
    Probe<ScreenPlugged> screen_plugged;

    Hdmi(const sc_core::sc_module_name& name, const HdmiConfig& config, Instruments& instruments);

    const Raster& raster() const override { return raster_; }
    /// A screen comes or goes.
    void plug(bool in) {
        core_.plug(in);
        update_in();
        screen_plugged({in});
    }
    I2cSlave& phy() { return core_.phy; }
    I2cSlave& edid() { return core_.edid; }

private:
    void update() override;
    void start(Picoseconds now);

    GuestErrors& guest_errors_;
    Raster raster_;
};

}  // namespace exysim::display
