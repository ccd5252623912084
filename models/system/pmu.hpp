#pragma once

#include <array>

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
    Probe<CorePower> core_power;
    Probe<DomainsChanged> domains_changed;

    Pmu(sc_core::sc_module_name name, const PmuConfig&, Instruments& instruments)
        : RegisterTarget{name, instruments} {
        core_.domains_changed = [this] { domains_changed({}); };
    }
    /// As the boot loader leaves it; before simulation starts.
    void switch_off(Domain domain) { core_.switch_off(domain); }

private:
    void update() override {
        if (const auto request = core_.take_request()) power(*request);
        for (uint32_t n = 0; n < PmuCore::kCores; ++n) {
            if (core_.core_on(n) == cores_on_[n]) continue;
            cores_on_[n] = core_.core_on(n);
            core_power({n, cores_on_[n]});
        }
    }

    std::array<bool, PmuCore::kCores> cores_on_{true, true, true, true};
};

}  // namespace exysim::system
