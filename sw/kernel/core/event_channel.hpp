// What the kernel tells a simulator of itself, if there is one that listens (hardware page "simctl"). An
// event costs one test without a channel, and the writing of a record and of one register with it.
#pragma once

#include <cstdint>

#include "core/types.hpp"

namespace kernel {

/// Kinds 2 to 10 are told by dma/buffer_events.hpp.
enum class KernelEvent : uint32_t {
    buffer_created = 2,
    buffer_segment = 3,
    buffer_named = 4,
    buffer_freed = 5,
    attach = 6,
    detach = 7,
    map = 8,
    unmap = 9,
    sync = 10,
    queue = 11,
    dequeue = 12,
    span_begin = 13,
    span_end = 14,
    task_switch = 16,
    interrupt_begin = 17,
    interrupt_end = 18,
    buffer_done = 19,
    program = 20,
};

/// What a thread does in a span, `id` of its marks; 0 is for marks that programs set.
enum class SpanClass : uint32_t { driver = 1, maintenance = 2, lock = 3, mapping = 4, fence = 5 };

/// Which way a queue's buffers go, `direction` of queue, dequeue and buffer_done.
enum class QueueDirection : uint32_t { capture = 1, output = 2 };

/// Whose turn it is with memory, `direction` of sync.
enum class Turn : uint32_t { device = 1, processor = 2 };

/// As the channel reads it: little-endian words.
struct EventRecord {
    uint32_t size;
    uint32_t kind;
    uint32_t id;
    uint32_t parent;
    uint32_t pa;
    uint32_t length;
    uint32_t iova;
    uint32_t device;
    uint32_t direction;
    uint32_t name;
    uint32_t site;
    uint32_t task;
    uint32_t value[4];
};
static_assert(sizeof(EventRecord) == 64);

/// The driver of the channel offers to take records; null where there is none.
struct EventChannel {
    void (*post)(const EventRecord& record) = nullptr;
};
EventChannel& event_channel();

struct EventFacts {
    uint32_t id = 0;
    uint32_t direction = 0;
    uint32_t iova = 0;  ///< of the buffer, for its device
    uint32_t pa = 0;
    uint32_t length = 0;         ///< bytes
    const char* name = nullptr;  ///< stays as long as the call
    uint32_t task = 0;           ///< 0: the running one
    uint32_t value[2] = {};
};
/// In any context.
void post_event(KernelEvent kind, const EventFacts& facts = {});

/// The running thread does something that is to be told apart, from here to the end of the scope.
class EventSpan {
public:
    explicit EventSpan(SpanClass what) : what_{what} {
        post_event(KernelEvent::span_begin, {.id = static_cast<uint32_t>(what_)});
    }
    ~EventSpan() { post_event(KernelEvent::span_end, {.id = static_cast<uint32_t>(what_)}); }
    EventSpan(const EventSpan&) = delete;
    EventSpan& operator=(const EventSpan&) = delete;

private:
    SpanClass what_;
};

}  // namespace kernel
