#include "drm/events.hpp"

#include "core/uaccess.hpp"

namespace kernel::drm {

EventQueue::EventQueue() {
    for (Event& e : places_) {
        e.queue = this;
        free_.push_back(e);
    }
}

EventQueue::~EventQueue() {
    const IrqGuard guard{lock_};
    for (Event& e : places_) e.node.unlink();
}

Result<Event*> EventQueue::reserve(uint32_t type, uint64_t user_data) {
    const IrqGuard guard{lock_};
    Event* event = free_.pop_front();
    if (!event) return Errno::kNoMem;
    event->data = {};
    event->data.vblank.base = {type, sizeof event->data.vblank};
    event->data.vblank.user_data = user_data;
    return event;
}

void EventQueue::cancel(Event& event) {
    const IrqGuard guard{lock_};
    event.node.unlink();
    free_.push_back(event);
}

void EventQueue::send(Event& event) {
    const IrqGuard guard{lock_};
    event.node.unlink();
    ready_.push_back(event);
    arrived_.wake_all();
}

Result<uint32_t> EventQueue::copy_out(UserAddr to, uint32_t room) {
    uint32_t copied = 0;
    for (;;) {
        Event* event = nullptr;
        {
            const IrqGuard guard{lock_};
            event = ready_.front();
            if (!event || copied + event->data.head.length > room) return copied;
            event->node.unlink();
        }
        auto put = copy_to_user(to + copied, &event->data, event->data.head.length);
        if (!put) {
            const IrqGuard guard{lock_};
            ready_.push_front(*event);
            if (copied) return copied;
            return put.error();
        }
        copied += event->data.head.length;
        cancel(*event);
    }
}

Result<uint32_t> EventQueue::read(UserAddr to, uint32_t room, bool nonblocking) {
    for (;;) {
        const uint32_t copied = TRY(copy_out(to, room));
        if (copied || room < sizeof(drm_event_vblank)) return copied;
        if (nonblocking) return Errno::kAgain;
        TRY(wait_event(arrived_, [this] { return !ready_.empty(); }));
    }
}

uint32_t EventQueue::poll(PollTable* table) {
    if (table) table->watch(arrived_);
    const IrqGuard guard{lock_};
    return ready_.empty() ? 0 : kPollIn | kPollRdNorm;
}

void set_time(uint32_t& seconds, uint32_t& microseconds, uint64_t ns) {
    seconds = static_cast<uint32_t>(ns / 1'000'000'000);
    microseconds = static_cast<uint32_t>(ns % 1'000'000'000 / 1000);
}

}  // namespace kernel::drm
