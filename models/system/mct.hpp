#pragma once

#include "models/base/tlm/lines.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/mct_core.hpp"

namespace exysim::system {

struct MctConfig {
    uint32_t cores = 1;                  ///< local timers with an output, 1 to 4
    uint64_t frequency_hz = 24'000'000;  ///< the crystal
};

/// Multi-core timer at 0x1005_0000. Lines may stay unconnected.
class Mct : public RegisterTarget<MctCore> {
public:
    sc_core::sc_vector<LineOut> global;  ///< comparators G0-G3
    sc_core::sc_vector<LineOut> local;   ///< L0.., one a core

    Mct(sc_core::sc_module_name name, const MctConfig& config, Instruments& instruments);

private:
    void before_access() override;
    void update() override;

    MctConfig config_;
};

}  // namespace exysim::system
