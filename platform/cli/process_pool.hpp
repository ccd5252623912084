// Runs many programs, a few at a time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace exysim::cli {

struct Job {
    std::vector<std::string> command;  ///< program's path first
    std::string log_file;              ///< standard output and error
};

struct JobEnd {
    int status = -1;         ///< exit status; -1 = it died or could not be started
    bool timed_out = false;  ///< and was killed
};

/// Runs every job, at most `at_once` at a time, each at most `timeout` (zero: for ever). `ended` is called
/// with a job's number as jobs end. Once `stop` returns true those that run are ended and no more are
/// started. Jobs that were not started or ended early have no result.
std::vector<std::optional<JobEnd>> run_jobs(const std::vector<Job>& jobs, unsigned at_once,
                                            std::chrono::nanoseconds timeout,
                                            const std::function<void(size_t, const JobEnd&)>& ended,
                                            const std::function<bool()>& stop);

}  // namespace exysim::cli
