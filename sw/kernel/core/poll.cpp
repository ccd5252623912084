#include "core/poll.hpp"

#include "core/event_channel.hpp"
#include "core/process.hpp"

namespace kernel {

namespace {

/// One pass over the descriptors; with a table, registers. Returns how many have something to say.
uint32_t poll_once(PollFd* fds, uint32_t count, PollTable* table) {
    uint32_t ready = 0;
    for (uint32_t i = 0; i < count; ++i) {
        fds[i].results = 0;
        if (fds[i].fd < 0) continue;
        auto file = file_of(static_cast<uint32_t>(fds[i].fd));
        const uint32_t now = file ? file.value()->poll(table) : kPollNval;
        fds[i].results = static_cast<uint16_t>(now & (fds[i].events | kPollErr | kPollHup | kPollNval));
        ready += fds[i].results != 0;
    }
    return ready;
}

void sleep(uint64_t deadline_ns, bool for_fence) {
    if (!for_fence) return sleep_until(deadline_ns);
    const EventSpan span{SpanClass::fence};
    sleep_until(deadline_ns);
}

}  // namespace

Result<uint32_t> poll_files(PollFd* fds, uint32_t count, uint64_t deadline_ns) {
    if (count > kMostPolled) return Errno::kInval;
    PollTable table;
    IrqLock lock;
    const IrqGuard guard{lock};
    uint32_t ready = poll_once(fds, count, &table);
    while (ready == 0 && now_ns() < deadline_ns) {
        if (signal_waiting()) return Errno::kIntr;
        sleep(deadline_ns, table.for_fence);
        ready = poll_once(fds, count, nullptr);
    }
    return ready;
}

}  // namespace kernel
