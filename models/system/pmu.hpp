#pragma once

#include "models/base/probe.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/pmu_core.hpp"

namespace exysim::system {

struct PmuConfig {};

/// PMU at 0x1002_0000 (0x4000 bytes).
class Pmu : public RegisterTarget<PmuCore> {
public:
    Probe<PowerRequest> power;

    Pmu(sc_core::sc_module_name name, const PmuConfig&, Instruments& instruments)
        : RegisterTarget{name, instruments} {}

private:
    void update() override {
        if (const auto request = core_.take_request()) power(*request);
    }
};

}  // namespace exysim::system
