// The way of a line through level 2: what level 1 reads and writes, fills, evictions. A header, so that the
// compiler sees a core's miss from end to end.
#pragma once

#include <algorithm>

#include "models/cache/level2.hpp"

namespace exysim::cache {

/// As the outer attributes say; for the inner ones see core_caches.cpp.
inline bool outer_cacheable(const MemoryAttributes& how) {
    return how.type == MemoryType::normal && how.outer != CachePolicy::none;
}

// --- to and from memory

inline Finished Level2::from_memory(PhysAddr address, std::span<uint8_t> data, Picoseconds now) {
    make_way(address, static_cast<uint32_t>(data.size()), now);
    Finished f = bus_->burst(BurstKind::read, address, data, now);
    f.at += config_.l2_miss;
    return f;
}

inline Finished Level2::to_memory(PhysAddr address, std::span<uint8_t> data, Picoseconds now) {
    const Picoseconds start = std::max(now, posted_.free());
    const Finished f = bus_->burst(BurstKind::bufferable_write, address, data, start);
    posted_.begun(f.at);
    return {start, f.ok};
}

// --- what level 1 asks for

inline bool Level2::looked_up(const MemoryAttributes& how) const {
    if (!control.enabled || how.type != MemoryType::normal) return false;
    return outer_cacheable(how) || (how.shareable && !control.shared_override);
}

inline Finished Level2::read(unsigned core, Source source, PhysAddr address, const MemoryAttributes& how,
                             std::span<uint8_t> data, Picoseconds now, uint32_t& at) {
    const bool code = source == Source::code, kept = outer_cacheable(how);
    at = Array::kNone;
    ++count_.reads;
    if (code) ++count_.code_reads;
    if (!looked_up(how)) return past(source, address, data, now);
    const Picoseconds found = now + l2_time_;
    Finished finished{found};
    saw(code ? Level2Event::code_read : Level2Event::data_read);
    at = find(address);
    if (at != Array::kNone) {
        ++count_.read_hits;
        saw(code ? Level2Event::code_read_hit : Level2Event::data_read_hit);
        finished.at = arrival(line_of(address), found);
        copy_bytes(data.data(), array_.data(at) + address.value % kLine, data.size());
    } else if (!kept || control.no_fill) {
        return from_memory(address, data, found);
    } else {
        std::array<uint8_t, kLine> line;
        const bool whole = data.size() == kLine;
        uint8_t* const arrives = whole ? data.data() : line.data();
        finished = fill(core, source, line_of(address), std::span<uint8_t, kLine>{arrives, kLine}, found, at);
        if (!finished.ok) return finished;
        if (at == Array::kNone) return from_memory(address, data, found);
        if (!whole) copy_bytes(data.data(), &line[address.value % kLine], data.size());
    }
    if (kept && (code ? control.prefetch_code : control.prefetch_data)) {
        const PhysAddr line = line_of(address);
        fetch_ahead(core, source, line, line + (control.prefetch_offset + 1) * kLine, found);
    }
    return finished;
}

inline Finished Level2::write(unsigned core, PhysAddr address, const MemoryAttributes& how,
                              std::span<uint8_t> data, Picoseconds now, uint32_t likely) {
    ++count_.writes;
    depart(now);
    if (!control.enabled) {
        make_way(address, static_cast<uint32_t>(data.size()), now);
        tell_passed(address, data);
        return to_memory(address, data, now);
    }
    const bool looked = looked_up(how);
    uint32_t at = looked ? find_at(likely, address) : Array::kNone;
    const bool back =
        outer_cacheable(how) && how.outer != CachePolicy::write_through && !control.write_through;
    if (looked) saw(Level2Event::data_write);
    if (looked && !back) saw(Level2Event::write_through);
    Finished f{now};
    if (at != Array::kNone) {
        ++count_.write_hits;
    } else if (back && data.size() == kLine) {  // a whole line needs nothing from memory
        make_way(address, kLine, now);
        at = choose(core, Source::data, address);
        if (at != Array::kNone) f.at = settle(at, address, now);
        saw(Level2Event::write_allocation);
    } else if (back && how.outer == CachePolicy::write_back_allocate && !control.no_fill) {
        std::array<uint8_t, kLine> line;
        f = fill(core, Source::data, line_of(address), line, now, at);
        if (!f.ok) return f;
        saw(Level2Event::write_allocation);
        f.at = now;  // the store does not wait for the rest of the line
    }
    if (at != Array::kNone) {
        copy_bytes(array_.data(at) + address.value % kLine, data.data(), data.size());
        if (back) {
            dirty_[at] = 1;
            return f;
        }
    }
    tell_passed(address, data);
    return {into_slot(address, how, data, now)};
}

// --- lines move in and out

/// Where `line` will go, whoever is there now; kNone if lockdown leaves no way for it.
inline uint32_t Level2::choose(unsigned core, Source source, PhysAddr line) {
    const uint16_t locked = (source == Source::code ? control.locked_code : control.locked_data)[core];
    const uint32_t set = array_.set_of(line.value);
    return array_.choose(set, control.round_robin ? Replacement::round_robin : Replacement::random,
                         uint32_t{locked} | locked_lines_[set]);
}

inline Picoseconds Level2::settle(uint32_t place, PhysAddr line, Picoseconds now) {
    const Picoseconds free = array_.valid(place) ? evict(place, now) : now;
    array_.set_address(place, line);
    if (line == absent_) absent_ = kNoLine;
    if (control.lock_lines) [[unlikely]]
        lock(place);
    return free;
}

/// Brings a line in, with its neighbour where double line fills are on.
inline Finished Level2::fill(unsigned core, Source source, PhysAddr line, std::span<uint8_t, kLine> arrives,
                             Picoseconds now, uint32_t& place) {
    const Finished f = fill_one(core, source, line, arrives, now, place);
    if (control.double_linefill && f.ok) [[unlikely]]
        fetch_ahead(core, source, line, PhysAddr{line.value ^ kLine}, now);
    return f;
}

/// The bytes come to `arrives` and stay at `place` too, which stays kNone if lockdown leaves no way for the
/// line. Whoever has to make room leaves through the eviction buffer: after the line was asked for.
inline Finished Level2::fill_one(unsigned core, Source source, PhysAddr line,
                                 std::span<uint8_t, kLine> arrives, Picoseconds now, uint32_t& place) {
    place = choose(core, source, line);
    if (place == Array::kNone) return {now};
    const Finished f = from_memory(line, arrives, now);
    if (!f.ok) return f;
    ++count_.fills;
    settle(place, line, now);
    copy_bytes(array_.data(place), arrives.data(), kLine);
    if (filled.watched()) [[unlikely]]
        filled(line);
    return f;
}

/// Somebody else moves in at once.
inline Picoseconds Level2::evict(uint32_t place, Picoseconds now) {
    ++count_.evictions;
    if (evicted.watched()) [[unlikely]]
        tell_evicted(place);
    if (some_locked_) [[unlikely]]
        unlock(place);
    return dirty_[place] != 0 ? write_back(place, now) : now;
}

inline Picoseconds Level2::write_back(uint32_t place, Picoseconds now) {
    const PhysAddr line = array_.address(place);
    ++count_.write_backs;
    if (written_back.watched()) [[unlikely]]
        written_back({line, array_.bytes(place)});
    make_way(line, kLine, now);
    dirty_[place] = 0;
    return to_memory(line, array_.bytes(place), now).at;
}

}  // namespace exysim::cache
