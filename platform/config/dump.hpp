// A run's whole configuration as files that load again: every setting, with where its value came from.
#pragma once

#include <string>

#include "platform/config/load.hpp"

namespace exysim::config {

/// Text of a platform file. Behind each value stands "# file:line", "# --set ..." or "# default".
std::string dump_platform(const Loaded& loaded);
/// Text of a scenario file that names `platform_file`; files it refers to are named by absolute paths.
std::string dump_scenario(const Loaded& loaded, const std::string& platform_file);

}  // namespace exysim::config
