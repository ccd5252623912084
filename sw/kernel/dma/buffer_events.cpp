#include "dma/buffer_events.hpp"

#include <atomic>

#include "mm/page.hpp"

namespace kernel {

namespace {

std::atomic<uint32_t> last_id{0};

EventFacts facts_of(const MappedPiece& p) {
    return {.id = p.buffer, .iova = p.at.value, .pa = p.memory.value, .length = p.bytes, .name = p.device};
}

}  // namespace

BufferIdentity BufferIdentity::create(uint32_t bytes, MemoryType type, const char* owner) {
    const uint32_t id = ++last_id;
    post_event(KernelEvent::buffer_created,
               {.id = id, .length = bytes, .name = owner, .value = {static_cast<uint32_t>(type)}});
    return BufferIdentity{id, true};
}

BufferIdentity& BufferIdentity::operator=(BufferIdentity&& o) {
    end();
    id_ = o.id_;
    own_ = std::exchange(o.own_, false);
    return *this;
}

void BufferIdentity::end() {
    if (std::exchange(own_, false)) post_event(KernelEvent::buffer_freed, {.id = id_});
}

void BufferIdentity::tell_pages(std::span<const Pfn> pages) const {
    if (!event_channel().post) return;
    for (uint32_t first = 0; first < pages.size();) {
        uint32_t n = 1;
        while (first + n < pages.size() && pages[first + n].value == pages[first].value + n) ++n;
        post_event(KernelEvent::buffer_segment, {.id = id_,
                                                 .pa = phys_of(pages[first]).value,
                                                 .length = n * kPageSize,
                                                 .value = {first * kPageSize}});
        first += n;
    }
}

void BufferIdentity::tell_name(const char* name) const { kernel::tell_name(id_, name); }

void tell_name(uint32_t buffer, const char* name) {
    post_event(KernelEvent::buffer_named, {.id = buffer, .name = name});
}

void tell_attached(uint32_t buffer, const char* device) {
    post_event(KernelEvent::attach, {.id = buffer, .name = device});
}

void tell_detached(uint32_t buffer, const char* device) {
    post_event(KernelEvent::detach, {.id = buffer, .name = device});
}

void tell_mapped(const MappedPiece& piece, DmaDirection direction, bool device_owns) {
    EventFacts facts = facts_of(piece);
    facts.direction = static_cast<uint32_t>(direction);
    facts.value[0] = device_owns;
    post_event(KernelEvent::map, facts);
}

void tell_unmapped(const MappedPiece& piece) { post_event(KernelEvent::unmap, facts_of(piece)); }

void tell_turn(const MappedPiece& piece, DmaDirection direction, Turn whose) {
    EventFacts facts = facts_of(piece);
    facts.direction = static_cast<uint32_t>(whose);
    facts.value[0] = static_cast<uint32_t>(direction);
    post_event(KernelEvent::sync, facts);
}

void tell_turn(uint32_t buffer, uint32_t offset, uint32_t bytes, DmaDirection direction, Turn whose) {
    post_event(KernelEvent::sync, {.id = buffer,
                                   .direction = static_cast<uint32_t>(whose),
                                   .length = bytes,
                                   .value = {static_cast<uint32_t>(direction), offset}});
}

}  // namespace kernel
