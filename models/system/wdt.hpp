#pragma once

#include "models/base/clock.hpp"
#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/gated_clock.hpp"
#include "models/system/wdt_core.hpp"

namespace exysim::system {

struct WdtConfig {
    uint64_t clock_hz = 100'000'000;  ///< PCLK
};

/// The watchdog wants the machine reset.
struct WatchdogReset {
    Picoseconds time;
};

/// Watchdog at 0x1006_0000.
class Wdt : public RegisterTarget<WdtCore> {
public:
    sc_core::sc_out<bool> irq{"irq"};
    Probe<WatchdogReset> reset;

    Wdt(sc_core::sc_module_name name, const WdtConfig& config, Instruments& instruments);

private:
    void before_access() override;
    void update() override;
    void supply_lost() override;

    GatedClock clock_;
};

}  // namespace exysim::system
