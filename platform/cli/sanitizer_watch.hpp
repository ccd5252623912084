// The sanitizer on a machine that runs, with names for the code it reports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/debug/code_images.hpp"
#include "platform/debug/symbols.hpp"
#include "platform/observe/expectations.hpp"
#include "platform/sanitizer/sanitizer.hpp"

namespace exysim::cli {

class SanitizerWatch {
public:
    /// Throws config::ConfigError for a machine without caches. `program`: the file of the guest's program,
    /// or empty.
    SanitizerWatch(board::Machine& machine, const std::string& kernel, const std::string& program);

    /// Holds what was found against what a scenario expects; nothing expected: a clean run.
    observe::Verdict judge(const std::optional<std::vector<config::SharingRule>>& expected) const;
    bool clean() const { return sanitizer_.log.total() == 0; }
    /// "clean", or what was found in one line.
    std::string verdict() const;
    /// A paragraph each; empty for a clean run.
    std::string text() const;
    std::string json() const;

private:
    std::string describe(uint32_t address) const;
    std::vector<uint32_t> calls(unsigned core);

    board::Machine& machine_;
    debug::Symbols kernel_, program_;
    debug::CodeImages programs_;
    sanitizer::Sanitizer sanitizer_;
};

}  // namespace exysim::cli
