#pragma once

#include <array>
#include <utility>

#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/pmu_core.hpp"

namespace exysim::system {

struct PmuConfig {};

/// Software has switched a core on or off.
struct CorePower {
    uint32_t core;
    bool on;
};

/// Software has switched a power domain.
struct DomainsChanged {};

/// PMU at 0x1002_0000 (0x4000 bytes).
class Pmu : public RegisterTarget<PmuCore> {
public:
    Probe<PowerRequest> power;
    Probe<CorePower> core_power;  ///< whoever switches the core tells core_is() when it is done
    Probe<DomainsChanged> domains_changed;

    Pmu(sc_core::sc_module_name name, const PmuConfig&, Instruments& instruments)
        : RegisterTarget{name, instruments} {
        core_.domains_changed = [this] { domains_changed({}); };
    }
    /// As the boot loader leaves it; before simulation starts.
    void switch_off(Domain domain) { core_.switch_off(domain); }

    void core_is(uint32_t core, bool on) { core_.core_is(core, on); }

private:
    void update() override {
        if (const auto request = core_.take_request()) power(*request);
        for (uint32_t n = 0; n < PmuCore::kCores; ++n) {
            const bool wanted = core_.core_wanted(n);
            if (wanted != std::exchange(wanted_[n], wanted)) core_power({n, wanted});
        }
    }

    std::array<bool, PmuCore::kCores> wanted_{true, true, true, true};
};

}  // namespace exysim::system
