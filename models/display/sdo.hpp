#pragma once

#include "models/base/tlm/register_target.hpp"
#include "models/display/sdo_core.hpp"

namespace exysim::display {

/// SDO at 0x12C2_0000. While its clock and its DAC are on, `vsync` rises at each field.
class Sdo : public RegisterTarget<SdoCore>, public Sink {
public:
    sc_core::sc_out<bool> irq{"irq"};
    sc_core::sc_out<bool> vsync{"vsync"};

    Sdo(const sc_core::sc_module_name& module_name, Instruments& instruments)
        : RegisterTarget{module_name, instruments} {}

    const Raster& raster() const override { return raster_; }

private:
    void update() override {
        const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
        if (supply() != Supply::on || !core_.running()) {
            raster_.stop();
        } else if (!raster_.running() || raster_.timing() != core_.timing()) {
            raster_.start(core_.timing(), now);
        }
        if (raster_.advance(now)) core_.vsync();
        irq.write(core_.irq());
        vsync.write(raster_.running() && raster_.in_pulse(now));
        if (raster_.running()) update_at(raster_.next_change(now));
    }

    Raster raster_;
};

}  // namespace exysim::display
