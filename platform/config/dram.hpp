// The `ram.controller` section of a platform: a preset and what differs from it.
#pragma once

#include <string>
#include <vector>

#include "models/dram/config.hpp"
#include "platform/config/section.hpp"

namespace exysim::config {

/// Reads `ram.controller` over the preset it names (ddr3-800 if none), and checks it against itself and
/// against `ram_size` bytes. `node` may be null: the preset as it is; mistakes then point to `otherwise`.
dram::ControllerConfig read_controller(const YamlNode* node, const Place& otherwise, uint64_t ram_size,
                                       Diagnostics& diagnostics);

/// The preset a platform has that says nothing.
dram::ControllerConfig usual_controller();

/// One setting as `exysim describe` lists it.
struct ControllerSetting {
    std::string path, values, otherwise, meaning;
};
std::vector<ControllerSetting> controller_settings();

}  // namespace exysim::config
