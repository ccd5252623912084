#include "platform/sanitizer/turn_watch.hpp"

namespace exysim::sanitizer {

void TurnWatch::to_device(std::span<const PhysRange> pieces, DeviceUse use, const Actor& given) {
    for (const PhysRange& piece : pieces) {
        cut(piece.base.value, piece.end());
        turns_.insert({piece.base.value, {piece.end(), use, given}});
        watch_lines(piece);
    }
}

void TurnWatch::to_processor(std::span<const PhysRange> pieces) {
    for (const PhysRange& piece : pieces) cut(piece.base.value, piece.end());
}

/// Nobody's turn is noted for [from, to) afterwards.
void TurnWatch::cut(uint64_t from, uint64_t to) {
    auto at = turns_.lower_bound(from);
    if (at != turns_.begin() && std::prev(at)->second.end > from) --at;
    while (at != turns_.end() && at->first < to) {
        const auto [first, turn] = *at;
        at = turns_.erase(at);
        if (first < from) turns_.insert({first, {from, turn.use, turn.given}});
        if (turn.end > to) at = turns_.insert({to, turn}).first;
    }
}

/// Lines that stay in the caches are used without anybody noticing, unless asked for.
void TurnWatch::watch_lines(PhysRange range) {
    const uint64_t first = range.base.value & ~uint64_t{kLineBytes - 1};
    for (uint64_t line = first; line < range.end(); line += kLineBytes)
        views_.watch(PhysAddr{static_cast<uint32_t>(line)});
}

const TurnWatch::Turn* TurnWatch::turn_of(PhysAddr address, uint32_t bytes) const {
    auto at = turns_.upper_bound(address.value);
    if (at == turns_.begin()) return nullptr;
    --at;
    return uint64_t{address.value} + bytes <= at->second.end ? &at->second : nullptr;
}

void TurnWatch::used(unsigned core, Direction direction, PhysAddr address, uint32_t bytes) {
    if (turns_.empty()) return;
    const Turn* turn = turn_of(address, bytes);
    if (turn == nullptr) return;
    if (direction == Direction::read && turn->use == DeviceUse::reads) return;
    const CodePlace place = views_.place(core);
    Violation v{Rule::cpu_access_while_device_owns, false, address, bytes, {}, {{}, place, place.time}, {}};
    v.before = turn->given;
    log_.report(v);
}

void TurnWatch::guessed(PhysAddr line) {
    if (!turns_.empty() && turn_of(line, kLineBytes) != nullptr) views_.watch(line);
}

}  // namespace exysim::sanitizer
