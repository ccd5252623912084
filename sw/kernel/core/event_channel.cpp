#include "core/event_channel.hpp"

#include "core/thread.hpp"

namespace kernel {

EventChannel& event_channel() {
    static EventChannel channel;
    return channel;
}

void post_event(KernelEvent kind, const EventFacts& facts) {
    const EventChannel& channel = event_channel();
    if (!channel.post) return;
    EventRecord record{};
    record.size = sizeof record;
    record.kind = static_cast<uint32_t>(kind);
    record.id = facts.id;
    record.direction = facts.direction;
    record.iova = facts.iova;
    record.pa = facts.pa;
    record.length = facts.length;
    if (facts.name) record.name = address_of(facts.name).value;
    record.site = address_of(__builtin_return_address(0)).value;
    record.task = facts.task ? facts.task : current()->tid;
    record.value[0] = facts.value[0];
    record.value[1] = facts.value[1];
    channel.post(record);
}

}  // namespace kernel
