// Events a file reads: vblanks, finished page flips, finished command lists. Their places are part of the
// file, so that an interrupt handler never allocates, and a file that goes takes what was still to come
// along.
#pragma once

#include "core/file.hpp"
#include "core/list.hpp"
#include "core/wait.hpp"
#include "drm/uapi.hpp"

namespace kernel::drm {

class EventQueue;

/// One event, from its reservation to its read. Lists it waits in link it by `node`; unlinking cancels.
struct Event {
    ListNode node;
    EventQueue* queue = nullptr;
    uint64_t target = 0;  ///< of a vblank event: the sequence it waits for
    /// All are of one size. g2d_event's members lie as vblank's do.
    union {
        drm_event head;
        drm_event_vblank vblank;
        drm_event_crtc_sequence sequence;
        drm_exynos_g2d_event g2d;
    } data = {};
};
using EventList = List<Event, &Event::node>;

class EventQueue {
public:
    /// Linux gives a file 4096 bytes of events.
    static constexpr uint32_t kMost = 4096 / sizeof(drm_event_vblank);

    EventQueue();
    EventQueue(const EventQueue&) = delete;
    EventQueue& operator=(const EventQueue&) = delete;
    ~EventQueue();

    /// A place for an event. Errors: kNoMem when all are in use.
    Result<Event*> reserve(uint32_t type, uint64_t user_data);
    /// Gives a place back that was never sent.
    void cancel(Event& event);
    /// The event has happened; from interrupt handlers too.
    void send(Event& event);

    /// Whole events only. Errors: kAgain, kIntr, kFault.
    Result<uint32_t> read(UserAddr to, uint32_t room, bool nonblocking);
    uint32_t poll(PollTable* table);

private:
    Result<uint32_t> copy_out(UserAddr to, uint32_t room);

    Event places_[kMost];
    EventList free_, ready_;
    IrqLock lock_;
    WaitQueue arrived_;
};

/// Seconds and microseconds as events carry them.
void set_time(uint32_t& seconds, uint32_t& microseconds, uint64_t ns);

}  // namespace kernel::drm
