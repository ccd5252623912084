#pragma once

#include "models/base/tlm/lines.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/system/combiner_core.hpp"

namespace exysim::system {

struct CombinerConfig {
    uint32_t groups = 16;  ///< Exynos4210 16, Exynos4412 20
};

/// Interrupt combiner at 0x1044_0000. in[8 * group + bit] may stay unconnected; out[group] goes to an SPI.
class Combiner : public RegisterTarget<CombinerCore> {
public:
    sc_core::sc_vector<LineIn> in;
    sc_core::sc_vector<LineOut> out;

    Combiner(sc_core::sc_module_name name, const CombinerConfig& config, Instruments& instruments);

private:
    void end_of_elaboration() override;
    void update() override;
};

}  // namespace exysim::system
