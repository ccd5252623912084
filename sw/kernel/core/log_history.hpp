// The end of the kernel's log, for programs: what syslog(2) and dmesg show, "<level>[time] text" lines.
#pragma once

#include <cstdint>

#include "core/wait.hpp"

namespace kernel {

class LogHistory {
public:
    static constexpr uint32_t kBytes = 32 * 1024;

    /// In any context.
    void put(char c);
    /// Positions count characters since boot: the oldest that is kept, and the next to come.
    uint64_t first() const { return end_ > kBytes ? end_ - kBytes : 0; }
    uint64_t end() const { return end_; }
    char at(uint64_t position) const { return bytes_[position % kBytes]; }
    /// Copies what lies at [from, end), at most `size` bytes; returns how many.
    uint32_t copy(uint64_t from, char* to, uint32_t size) const;

    WaitQueue grown;          ///< woken at the end of each line
    uint64_t read_up_to = 0;  ///< by SYSLOG_ACTION_READ
    uint64_t cleared_up_to = 0;

private:
    char bytes_[kBytes] = {};
    uint64_t end_ = 0;
};

LogHistory& log_history();

}  // namespace kernel
