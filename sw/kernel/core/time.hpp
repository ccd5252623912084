// Time: a free-running counter and one programmable event (both from the MCT driver), and timers on top.
#pragma once

#include <cstdint>

#include "core/list.hpp"

namespace kernel {

/// Nanoseconds since boot, never backwards. Resolution 41.7 ns (24 MHz).
uint64_t now_ns();
/// Sleeps the calling thread at least this long.
void sleep_ns(uint64_t ns);
/// Busy wait, for a few microseconds that a device needs.
void udelay(uint32_t us);

/// A call at a time, in interrupt context. The owner keeps it alive until it fired or was cancelled.
struct Timer {
    ListNode node;
    uint64_t deadline_ns = 0;
    void (*fire)(void*) = nullptr;
    void* context = nullptr;

    void start(uint64_t at_ns);
    void cancel();
    bool pending() const { return node.linked(); }
};

/// What the timer driver provides.
struct ClockSource {
    uint64_t (*read_ns)() = nullptr;
    void (*set_event)(uint64_t at_ns) =
        nullptr;  ///< raise the interrupt at that time, or at once if it has passed
};
void set_clock_source(const ClockSource& source);
/// The driver's interrupt handler calls this.
void timer_interrupt();

inline constexpr uint64_t kNever = ~uint64_t{0};

}  // namespace kernel
