// Waiting for events of many files: what poll, select and their variants share.
#pragma once

#include "core/file.hpp"

namespace kernel {

/// struct pollfd.
struct PollFd {
    int32_t fd;
    uint16_t events;
    uint16_t results;
};
inline constexpr uint32_t kMostPolled = PollTable::kMost;

/// Waits until one of the files has something to say, and returns how many have; 0 at `deadline_ns`. Errors:
/// kInval more than kMostPolled, kIntr.
Result<uint32_t> poll_files(PollFd* fds, uint32_t count, uint64_t deadline_ns);

}  // namespace kernel
