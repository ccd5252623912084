#include "models/cache/level2.hpp"

#include <algorithm>

#include "models/cache/counts.hpp"
#include "models/cache/level2_lines.hpp"

namespace exysim::cache {

Level2::Level2(const Config& config, Statistics& statistics)
    : config_{config},
      l2_time_{config.l2_time()},
      array_{config.l2, config.seed + 1000},
      dirty_(config.l2.lines()),
      locked_lines_(config.l2.sets()),
      posted_{config.write_slots} {
    static constexpr CountRow<Counts> kRows[] = {
        {&Counts::reads, "reads", "Reads by the level-1 caches, walkers and uncached loads."},
        {&Counts::read_hits, "read_hits", "Reads that found their line."},
        {&Counts::writes, "writes", "Writes that came in, lines or parts of one."},
        {&Counts::write_hits, "write_hits", "Writes that found their line."},
        {&Counts::fills, "fills", "Lines read from memory."},
        {&Counts::evictions, "evictions", "Lines given up for others."},
        {&Counts::write_backs, "write_backs", "Dirty lines written to memory, for whatever reason."},
        {&Counts::operations, "maintenance", "Lines treated by maintenance operations."},
        {&Counts::cleaned, "cleaned", "Lines written to memory by maintenance operations."},
        {&Counts::slot_bursts, "slot_bursts", "Write bursts that left the merging slots."},
        {&Counts::full_slots, "full_slots", "Of these, bursts of a whole line."},
        {&Counts::slot_bytes, "slot_bytes", "Bytes that left the merging slots.", "bytes"},
        {&Counts::code_reads, "code_reads", "Reads by instruction caches."},
        {&Counts::fetched_ahead, "fetched_ahead", "Lines brought in that nobody had asked for yet."},
    };
    register_counts(statistics, "l2", count_, kRows);
}

void Level2::set_geometry(Geometry g) {
    if (g == geometry()) return;
    array_ = Array{g, config_.seed + 1000};
    dirty_.assign(g.lines(), 0);
    locked_lines_.assign(g.sets(), 0);
    absent_ = kNoLine;
}

uint64_t Level2::seen(Level2Event event) const {
    static constexpr struct {
        Level2Event event;
        uint64_t Counts::*count;
    } kRows[] = {{Level2Event::eviction, &Counts::evictions},
                 {Level2Event::data_write_hit, &Counts::write_hits},
                 {Level2Event::prefetch, &Counts::fetched_ahead}};
    for (const auto& row : kRows) {
        if (row.event == event) return count_.*row.count;
    }
    return events_[static_cast<size_t>(event)];
}

/// Memory answers, nothing stays here: a whole line of data goes to a level-1 cache.
Finished Level2::past(Source source, PhysAddr address, std::span<uint8_t> data, Picoseconds now) {
    const Finished f = from_memory(address, data, now);
    const bool line = source == Source::data && data.size() == kLine;
    if (f.ok && line && filled.watched()) filled(address);
    return f;
}

/// Brings in a line nobody has asked for; never beyond the page of the one that was (PL310 TRM 2.4.3).
void Level2::fetch_ahead(unsigned core, Source source, PhysAddr from, PhysAddr line, Picoseconds now) {
    const bool same_page = from.value / kPageSize == line.value / kPageSize;
    if (!same_page || control.no_fill || holds(line)) return;
    uint32_t place = Array::kNone;
    std::array<uint8_t, kLine> bytes;
    const Finished f = fill_one(core, source, line, bytes, now, place);
    if (!f.ok || place == Array::kNone) return;
    ++count_.fetched_ahead;
    arrivals_[next_arrival_++ % arrivals_.size()] = {line, f.at};
    last_arrival_ = std::max(last_arrival_, f.at);
}

/// When a line that is there can be had: one that was fetched ahead may still be on its way.
Picoseconds Level2::arrival(PhysAddr line, Picoseconds found) const {
    if (found >= last_arrival_) return found;
    for (const Arrival& a : arrivals_) {
        if (a.line == line) return std::max(found, a.at);
    }
    return found;
}

/// LOCK_LINE_EN is set: a line that moves in stays.
[[gnu::noinline]] void Level2::lock(uint32_t place) {
    some_locked_ = true;
    locked_lines_[place / geometry().ways] |= static_cast<uint16_t>(1U << place % geometry().ways);
}

[[gnu::noinline]] void Level2::unlock(uint32_t place) {
    locked_lines_[place / geometry().ways] &= static_cast<uint16_t>(~(1U << place % geometry().ways));
}

void Level2::drop(uint32_t place) {
    dirty_[place] = 0;
    if (some_locked_) unlock(place);
    array_.drop(place);
}

[[gnu::noinline]] void Level2::tell_evicted(uint32_t place) const {
    evicted({2, 0, array_.address(place), dirty_[place] != 0, array_.bytes(place)});
}

/// A whole line can only have been a level-1 cache's; here it does not stay.
void Level2::tell_passed(PhysAddr address, std::span<const uint8_t> data) const {
    if (data.size() == kLine && written_back.watched()) written_back({address, data});
}

// --- merging slots

Picoseconds Level2::into_slot(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data,
                              Picoseconds now) {
    Picoseconds taken = now;
    if (slots_.full_for(address)) taken = depart(slots_.take_oldest(), now);
    if (slots_.put(address, data, how, taken)) taken = depart(slots_.take(address), taken);
    deadline_ = next_departure();
    return taken;
}

Picoseconds Level2::depart(Pending pending, Picoseconds now) {
    Picoseconds taken = now;
    if (pending.mask == ~0U) ++count_.full_slots;
    each_run(pending, [&](PhysAddr address, std::span<uint8_t> bytes) {
        ++count_.slot_bursts;
        count_.slot_bytes += bytes.size();
        taken = to_memory(address, bytes, taken).at;
    });
    return taken;
}

void Level2::empty_slots(PhysAddr address, uint32_t size, Picoseconds now) {
    for (uint32_t at = address.value & ~(kLine - 1); at < address.value + uint64_t{size}; at += kLine) {
        if (slots_.overlaps(PhysAddr{at}, 1)) depart(slots_.take(PhysAddr{at}), now);
    }
    deadline_ = next_departure();
}

Picoseconds Level2::next_departure() const {
    if (slots_.empty() || config_.max_age == kNever) return kNever;
    return slots_.oldest() + config_.max_age;
}

void Level2::depart_until(Picoseconds now) {
    while (deadline_ <= now) {
        depart(slots_.take_oldest(), deadline_);
        deadline_ = next_departure();
    }
}

Picoseconds Level2::sync(Picoseconds now) {
    while (!slots_.empty()) depart(slots_.take_oldest(), now);
    deadline_ = kNever;
    return std::max(now, posted_.latest());
}

// --- maintenance

Picoseconds Level2::maintain_line(Maintenance operation, uint32_t place, Picoseconds now) {
    Picoseconds done = now;
    if (operation != Maintenance::invalidate && dirty_[place] != 0) done = write_back(place, now);
    if (operation != Maintenance::clean) {
        if (dirty_[place] != 0 && discarded.watched())
            discarded({array_.address(place), array_.bytes(place)});
        drop(place);
    }
    return done;
}

Picoseconds Level2::maintain(Maintenance operation, PhysAddr address, Picoseconds now) {
    if (maintained.watched()) maintained({2, 0, operation, line_of(address)});
    return maintain_if_here(operation, address, now);
}

Picoseconds Level2::maintain_if_here(Maintenance operation, PhysAddr address, Picoseconds now) {
    const uint32_t at = array_.find(address);
    const Picoseconds looked = now + config_.maintenance_cycles * config_.cycle;
    if (at == Array::kNone) return looked;
    ++count_.operations;
    if (dirty_[at] != 0 && operation != Maintenance::invalidate) ++count_.cleaned;
    return maintain_line(operation, at, looked);
}

Picoseconds Level2::maintain_place(Maintenance operation, uint32_t set, uint32_t way, Picoseconds now) {
    const uint32_t at = array_.place(set & (geometry().sets() - 1), way & (geometry().ways - 1));
    return array_.valid(at) ? maintain_if_here(operation, array_.address(at), now) : now;
}

Picoseconds Level2::maintain_ways(Maintenance operation, uint32_t ways, Picoseconds now) {
    for (uint32_t way = 0; way < geometry().ways; ++way) {
        if ((ways >> way & 1) == 0) continue;
        for (uint32_t set = 0; set < geometry().sets(); ++set) now = maintain_place(operation, set, way, now);
    }
    return now;
}

Picoseconds Level2::unlock_ways(uint32_t ways, Picoseconds now) {
    for (uint16_t& locked : locked_lines_) locked &= static_cast<uint16_t>(~ways);
    return now + geometry().sets() * config_.cycle;
}

void Level2::poke(PhysAddr address, std::span<const uint8_t> data) {
    slots_.poke(address, data);
    const uint32_t at = array_.find(address);
    if (at != Array::kNone) copy_bytes(array_.data(at) + address.value % kLine, data.data(), data.size());
}

bool Level2::answers_past(PhysAddr line, std::span<uint8_t> bytes) const {
    constexpr MemoryAttributes kNonCacheable{.shareable = true};
    const uint32_t at = looked_up(kNonCacheable) ? array_.find(line) : Array::kNone;
    if (at == Array::kNone) return false;
    copy_bytes(bytes.data(), array_.data(at), kLine);
    return true;
}

bool Level2::overlay_dirty(PhysAddr line, std::span<uint8_t> bytes) const {
    const uint32_t at = array_.find(line);
    if (at == Array::kNone || dirty_[at] == 0) return false;
    copy_bytes(bytes.data(), array_.data(at), kLine);
    return true;
}

void Level2::overlay(PhysAddr address, std::span<uint8_t> data) const {
    for (size_t i = 0; i < data.size();) {
        const PhysAddr a = address + static_cast<uint32_t>(i);
        const size_t here = std::min<size_t>(data.size() - i, kLine - a.value % kLine);
        const uint32_t at = array_.find(a);
        slots_.overlay(a, data.subspan(i, here));
        if (at != Array::kNone) std::copy_n(array_.data(at) + a.value % kLine, here, data.data() + i);
        i += here;
    }
}

}  // namespace exysim::cache
