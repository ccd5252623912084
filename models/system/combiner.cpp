#include "models/system/combiner.hpp"

namespace exysim::system {

Combiner::Combiner(sc_core::sc_module_name name, const CombinerConfig& config, Instruments& instruments)
    : RegisterTarget{name, instruments},
      in{"in", config.groups * CombinerCore::kInputsPerGroup},
      out{"out", config.groups} {}

void Combiner::end_of_elaboration() {
    watch_lines(in, [this](size_t input, bool level) {
        core_.set_input(static_cast<uint32_t>(input), level);
        update_in();
    });
}

void Combiner::update() {
    for (size_t group = 0; group < out.size(); ++group)
        out[group].write(core_.output(static_cast<uint32_t>(group)));
}

}  // namespace exysim::system
