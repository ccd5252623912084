// The kernel's log of a host build: on standard error, or caught and counted by a test that provokes it.
#pragma once

#include <cstdint>

namespace kernel_test {

/// While one lives, lines are counted and not printed. One at a time.
class CaughtLog {
public:
    CaughtLog();
    ~CaughtLog();
    CaughtLog(const CaughtLog&) = delete;
    CaughtLog& operator=(const CaughtLog&) = delete;
    /// Lines since the last call.
    uint32_t take();
};

}  // namespace kernel_test
