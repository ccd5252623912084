// The results of many runs side by side: a CSV file for spreadsheets, an SQLite database for queries.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "platform/observe/run_diff.hpp"

namespace exysim::observe {

struct SweepRow {
    std::string id;
    std::vector<std::pair<std::string, std::string>> settings;  ///< path, value
    std::string status;                                         ///< "passed", "failed", "timed out"
    RunResult result;                                           ///< empty if the run left nothing
};

/// One line a run: id, status, each setting that any run has, each statistic.
void write_csv(const std::filesystem::path& file, const std::vector<SweepRow>& rows);
/// Tables runs(id, status), settings(id, path, value) and stats(id, name, value, unit). Replaces the file.
/// Throws std::runtime_error if it cannot be written.
void write_sqlite(const std::filesystem::path& file, const std::vector<SweepRow>& rows);

}  // namespace exysim::observe
