// results.html: the runs of a sweep side by side in a browser, in one file that needs nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/observe/sweep_results.hpp"

namespace exysim::observe {

/// Statistics that are the same in every run are left out. `title` names the scenario.
void write_sweep_page(const std::filesystem::path& file, const std::string& title,
                      const std::vector<SweepRow>& rows);

}  // namespace exysim::observe
