#include "core/log_history.hpp"

namespace kernel {

LogHistory& log_history() {
    static LogHistory history;
    return history;
}

void LogHistory::put(char c) {
    IrqLock lock;
    const IrqGuard guard{lock};
    bytes_[end_++ % kBytes] = c;
    if (c == '\n') grown.wake_all();
}

uint32_t LogHistory::copy(uint64_t from, char* to, uint32_t size) const {
    uint32_t n = 0;
    for (; n < size && from + n < end_; ++n) to[n] = at(from + n);
    return n;
}

}  // namespace kernel
