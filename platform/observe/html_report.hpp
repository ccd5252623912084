// report.html: one file that shows a run's results in a browser, without any other file or a network.
#pragma once

#include <filesystem>
#include <string>

namespace exysim::observe {

/// Builds the page from what lies in a results folder; parts whose file is missing are left out. Errors:
/// ConfigError for a folder without stats.json, or a file in it that is not JSON.
std::string report_html(const std::filesystem::path& folder);

}  // namespace exysim::observe
