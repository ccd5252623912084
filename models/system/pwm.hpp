#pragma once

#include "models/base/clock.hpp"
#include "models/base/tlm/lines.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/gated_clock.hpp"
#include "models/system/pwm_core.hpp"

namespace exysim::system {

struct PwmConfig {
    uint64_t clock_hz = 100'000'000;  ///< PCLK
};

/// PWM timers at 0x139D_0000; irq[n] may stay unconnected.
class Pwm : public RegisterTarget<PwmCore> {
public:
    sc_core::sc_vector<LineOut> irq;

    Pwm(sc_core::sc_module_name name, const PwmConfig& config, Instruments& instruments);

private:
    void before_access() override;
    void update() override;
    void supply_lost() override;

    GatedClock clock_;
};

}  // namespace exysim::system
