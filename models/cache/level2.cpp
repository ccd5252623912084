#include "models/cache/level2.hpp"

#include <algorithm>
#include <string>

#include "models/cache/level2_lines.hpp"

namespace exysim::cache {

namespace {

Counter& counter(Statistics& s, const char* name, const char* sentence) {
    return s.counter(std::string{"l2."} + name, "1", sentence);
}

}  // namespace

Level2::Level2(const Config& config, Statistics& s)
    : config_{config},
      array_{config.l2, config.seed + 1000},
      dirty_(config.l2.lines()),
      locked_lines_(config.l2.sets()),
      under_way_(config.write_slots),
      count_{counter(s, "reads", "Reads by the level-1 caches, walkers and uncached loads."),
             counter(s, "read_hits", "Reads that found their line."),
             counter(s, "writes", "Writes that came in, lines or parts of one."),
             counter(s, "write_hits", "Writes that found their line."),
             counter(s, "fills", "Lines read from memory."),
             counter(s, "evictions", "Lines given up for others."),
             counter(s, "write_backs", "Dirty lines written to memory, for whatever reason."),
             counter(s, "maintenance", "Lines treated by maintenance operations."),
             counter(s, "cleaned", "Lines written to memory by maintenance operations."),
             counter(s, "slot_bursts", "Write bursts that left the merging slots."),
             counter(s, "full_slots", "Of these, bursts of a whole line."),
             s.counter("l2.slot_bytes", "bytes", "Bytes that left the merging slots."),
             counter(s, "code_reads", "Reads by instruction caches."),
             counter(s, "fetched_ahead", "Lines brought in that nobody had asked for yet.")} {}

void Level2::set_geometry(Geometry g) {
    if (g == geometry()) return;
    array_ = Array{g, config_.seed + 1000};
    dirty_.assign(g.lines(), 0);
    locked_lines_.assign(g.sets(), 0);
    absent_ = kNoLine;
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
    const Finished f = fill_one(core, source, line, now, place);
    if (!f.ok || place == Array::kNone) return;
    saw(Level2Event::prefetch);
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

void Level2::unlock(uint32_t place) {
    locked_lines_[place / geometry().ways] &= static_cast<uint16_t>(~(1U << place % geometry().ways));
}

void Level2::drop(uint32_t place) {
    dirty_[place] = 0;
    if (some_locked_) unlock(place);
    array_.drop(place);
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
    return std::max(now, written_);
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
