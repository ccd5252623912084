#include "platform/sanitizer/guest_news.hpp"

#include <algorithm>

namespace exysim::sanitizer {

namespace {

using system::EventKind;
using system::EventRecord;
using system::GuestEvent;

constexpr uint32_t kCached = 3;  // value[0] of buffer_created

DeviceUse use_of(uint32_t direction) {
    switch (static_cast<system::MapDirection>(direction)) {
        case system::MapDirection::to_device:
            return DeviceUse::reads;
        case system::MapDirection::from_device:
            return DeviceUse::writes;
        default:
            return DeviceUse::both;
    }
}

void add(std::vector<PhysRange>& pieces, PhysRange more) {
    if (!pieces.empty() && pieces.back().end() == more.base.value) {
        pieces.back().size += more.size;
    } else {
        pieces.push_back(more);
    }
}

}  // namespace

void GuestNews::hear(const GuestEvent& event) {
    const EventRecord& r = event.record;
    switch (static_cast<EventKind>(r.kind)) {
        case EventKind::buffer_created:
            return book_.created(r.id, event.name, r.value[0] == kCached);
        case EventKind::buffer_segment:
            return book_.placed(r.id, r.value[0], {PhysAddr{r.pa}, r.length});
        case EventKind::buffer_named:
            return book_.named(r.id, event.name);
        case EventKind::buffer_freed:
            turns_.to_processor(book_.pieces(r.id, 0, ~0U));
            return book_.freed(r.id);
        case EventKind::map:
            return map(event);
        case EventKind::unmap:
            return unmap(event);
        case EventKind::sync:
            return turn(event);
        case EventKind::queue: {
            const bool output = r.direction == static_cast<uint32_t>(system::QueueDirection::output);
            return book_.queued(views_.device(event.name), output, r.id, Iova{r.iova}, r.length);
        }
        case EventKind::program:
            return mappings_.programs_run();
        default:
            return;
    }
}

/// Where mapped memory lies: a buffer's own places, else one piece, unless a SysMMU puts several together.
std::vector<PhysRange> GuestNews::pieces_of(const std::string& device, const EventRecord& r) const {
    if (r.id != 0) return book_.pieces(r.id, 0, ~0U);
    const PhysRange one{PhysAddr{r.pa}, r.length};
    const auto first = views_.resolve(device, Iova{r.iova});
    if (first != PhysAddr{r.pa}) return {one};  // no SysMMU, or a copy that the device uses instead
    std::vector<PhysRange> pieces;
    for (uint32_t done = 0; done < r.length;) {
        const Iova at = Iova{r.iova} + done;
        const uint32_t here = std::min(r.length - done, kPageSize - at.value % kPageSize);
        if (const auto place = views_.resolve(device, at)) add(pieces, {*place, here});
        done += here;
    }
    return pieces;
}

/// Who calls the code that tells: `site` is where that goes on.
Actor GuestNews::teller(const EventRecord& r) const {
    constexpr uint32_t kInstruction = 4;
    Actor actor = views_.teller();
    const auto site = std::find(actor.calls.begin(), actor.calls.end(), r.site);
    if (actor.calls.end() - site < 2) return actor;
    actor.calls.erase(actor.calls.begin(), site + 1);
    actor.calls.front() -= kInstruction;  // the call, not where it returns to
    if (actor.place) actor.place->pc = actor.calls.front();
    return actor;
}

/// The kernel's code that gives memory away, in the name of the one who gets it.
Actor GuestNews::given_to(const std::string& device, const EventRecord& r) const {
    Actor actor = teller(r);
    actor.device = device.empty() ? "a device" : device;
    return actor;
}

void GuestNews::map(const GuestEvent& event) {
    const EventRecord& r = event.record;
    const std::string device = views_.device(event.name);
    const Mapping& made =
        mappings_.mapped({device, r.id, Iova{r.iova}, r.length, pieces_of(device, r), teller(r)});
    if (r.value[0] != 0) turns_.to_device(made.pieces, use_of(r.direction), given_to(device, r));
}

void GuestNews::unmap(const GuestEvent& event) {
    const EventRecord& r = event.record;
    Mapping gone{views_.device(event.name), r.id, Iova{r.iova}, r.length, {}, {}};
    gone.ended = teller(r);
    turns_.to_processor(mappings_.unmapped(gone));
}

void GuestNews::turn(const GuestEvent& event) {
    const EventRecord& r = event.record;
    if (r.id != 0 && !book_.cached(r.id)) return;  // no cache has it
    const std::string device = r.id != 0 ? mappings_.user_of(r.id) : views_.device(event.name);
    const std::vector<PhysRange> pieces = r.id != 0 ? book_.pieces(r.id, r.value[1], r.length)
                                                    : mappings_.pieces(device, Iova{r.iova}, r.length);
    if (static_cast<system::Turn>(r.direction) == system::Turn::processor) {
        turns_.to_processor(pieces);
    } else {
        turns_.to_device(pieces, use_of(r.value[0]), given_to(device, r));
    }
}

}  // namespace exysim::sanitizer
