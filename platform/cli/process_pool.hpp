// Runs many programs, a few at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace exysim::cli {

struct Job {
    std::vector<std::string> command;  ///< program's path first
    std::string log_file;              ///< standard output and error
};

/// Runs every job, at most `at_once` at a time; returns exit statuses (-1: it died or could not be started).
/// `ended` is called with a job's number as jobs end. Once `stop` returns true those that run are ended and
/// no more are started. Jobs that were not started or ended early have no result.
std::vector<std::optional<int>> run_jobs(const std::vector<Job>& jobs, unsigned at_once,
                                         const std::function<void(size_t)>& ended,
                                         const std::function<bool()>& stop);

}  // namespace exysim::cli
