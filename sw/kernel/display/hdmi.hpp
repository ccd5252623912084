// The HDMI transmitter of Exynos4210 (v1.3 register layout): the sink that owns the display's timing.
#pragma once

#include "display/display_mode.hpp"
#include "driver/device.hpp"

namespace kernel {

class Hdmi {
public:
    explicit Hdmi(Mmio regs) : regs_{regs} {}

    /// Programs blanking, syncs and the timing generator for `mode`.
    void set_mode(const DisplayMode& mode) const;
    /// Lets the timing generator run: the mixer gets vsyncs from here on.
    void start() const;
    void stop() const;

private:
    void write_slots(uint32_t offset, uint32_t value, uint32_t bytes) const;
    void program_core(const DisplayMode& mode) const;
    void program_timing_generator(const DisplayMode& mode) const;

    Mmio regs_;
};

/// The one transmitter. Errors: kProbeDefer before its driver is bound.
Result<Hdmi*> the_hdmi();

}  // namespace kernel
