#include "models/cache/level2.hpp"

#include <algorithm>
#include <string>

namespace exysim::cache {

namespace {

bool cacheable(const MemoryAttributes& how) {
    return how.type == MemoryType::normal && how.outer != CachePolicy::none;
}

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

bool Level2::looked_up(const MemoryAttributes& how) const {
    if (!control.enabled || how.type != MemoryType::normal) return false;
    return cacheable(how) || (how.shareable && !control.shared_override);
}

// --- to and from memory

Finished Level2::from_memory(PhysAddr address, std::span<uint8_t> data, Picoseconds now) {
    make_way(address, static_cast<uint32_t>(data.size()), now);
    Finished f = bus_->burst(Direction::read, address, data, now);
    f.at += config_.l2_miss;
    return f;
}

Finished Level2::to_memory(PhysAddr address, std::span<uint8_t> data, Picoseconds now) {
    Picoseconds& oldest = under_way_[next_write_];
    next_write_ = next_write_ + 1 == under_way_.size() ? 0 : next_write_ + 1;
    const Picoseconds start = std::max(now, oldest);
    const Finished f = bus_->burst(Direction::write, address, data, start);
    oldest = f.at;
    written_ = std::max(written_, f.at);
    return {start, f.ok};
}

// --- lines

Finished Level2::read(unsigned core, Source source, PhysAddr address, const MemoryAttributes& how,
                      std::span<uint8_t> data, Picoseconds now) {
    ++count_.reads;
    if (source == Source::code) ++count_.code_reads;
    if (!looked_up(how)) return past(source, address, data, now);
    const Picoseconds found = now + config_.l2_cycles * config_.cycle;
    Finished finished{found};
    const bool code = source == Source::code;
    saw(code ? Level2Event::code_read : Level2Event::data_read);
    uint32_t at = find(address);
    if (at != Array::kNone) {
        ++count_.read_hits;
        saw(code ? Level2Event::code_read_hit : Level2Event::data_read_hit);
        finished.at = arrival(line_of(address), found);
    } else if (!cacheable(how) || control.no_fill) {
        return from_memory(address, data, found);
    } else {
        finished = fill(core, source, line_of(address), found, at);
        if (!finished.ok) return finished;
        if (at == Array::kNone) return from_memory(address, data, found);
    }
    copy_bytes(data.data(), array_.data(at) + address.value % kLine, data.size());
    if (cacheable(how) && (code ? control.prefetch_code : control.prefetch_data)) {
        const PhysAddr line = line_of(address);
        fetch_ahead(core, source, line, line + (control.prefetch_offset + 1) * kLine, found);
    }
    return finished;
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

/// Where `line` will go, whoever is there now; kNone if lockdown leaves no way for it.
uint32_t Level2::choose(unsigned core, Source source, PhysAddr line) {
    const auto& locked = source == Source::code ? control.locked_code : control.locked_data;
    const uint32_t set = array_.set_of(line.value);
    array_.set_replacement(control.round_robin ? Replacement::round_robin : Replacement::random);
    return array_.choose(set, uint32_t{locked[core % locked.size()]} | locked_lines_[set]);
}

Picoseconds Level2::settle(uint32_t place, PhysAddr line, Picoseconds now) {
    const Picoseconds free = array_.valid(place) ? evict(place, now) : now;
    array_.set_address(place, line);
    dirty_[place] = 0;
    if (line == absent_) absent_ = kNoLine;
    if (control.lock_lines) {
        some_locked_ = true;
        locked_lines_[array_.set_of(line.value)] |= static_cast<uint16_t>(1U << place % geometry().ways);
    }
    return free;
}

void Level2::drop(uint32_t place) {
    dirty_[place] = 0;
    if (some_locked_)
        locked_lines_[place / geometry().ways] &= static_cast<uint16_t>(~(1U << place % geometry().ways));
    array_.drop(place);
}

/// Brings a line in, with its neighbour where double line fills are on.
Finished Level2::fill(unsigned core, Source source, PhysAddr line, Picoseconds now, uint32_t& place) {
    const Finished f = fill_one(core, source, line, now, place);
    if (control.double_linefill && f.ok) fetch_ahead(core, source, line, PhysAddr{line.value ^ kLine}, now);
    return f;
}

/// `place` stays kNone if lockdown leaves no way for the line. Whoever has to make room leaves through the
/// eviction buffer: after the line was asked for.
Finished Level2::fill_one(unsigned core, Source source, PhysAddr line, Picoseconds now, uint32_t& place) {
    place = choose(core, source, line);
    if (place == Array::kNone) return {now};
    std::array<uint8_t, kLine> bytes;
    const Finished f = from_memory(line, bytes, now);
    if (!f.ok) return f;
    ++count_.fills;
    settle(place, line, now);
    copy_bytes(array_.data(place), bytes.data(), kLine);
    if (filled.watched()) filled(line);
    return f;
}

Picoseconds Level2::evict(uint32_t place, Picoseconds now) {
    ++count_.evictions;
    saw(Level2Event::eviction);
    if (evicted.watched()) evicted({2, 0, array_.address(place), dirty_[place] != 0, array_.bytes(place)});
    const Picoseconds done = dirty_[place] != 0 ? write_back(place, now) : now;
    drop(place);
    return done;
}

Finished Level2::write(unsigned core, PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data,
                       Picoseconds now) {
    ++count_.writes;
    depart(now);
    if (!control.enabled) {
        make_way(address, static_cast<uint32_t>(data.size()), now);
        tell_passed(address, data);
        return to_memory(address, data, now);
    }
    const bool looked = looked_up(how);
    uint32_t at = looked ? array_.find(address) : Array::kNone;
    const bool back = cacheable(how) && how.outer != CachePolicy::write_through && !control.write_through;
    if (looked) saw(Level2Event::data_write);
    if (looked && !back) saw(Level2Event::write_through);
    Finished f{now};
    if (at != Array::kNone) {
        ++count_.write_hits;
        saw(Level2Event::data_write_hit);
    } else if (back && data.size() == kLine) {  // a whole line needs nothing from memory
        make_way(address, kLine, now);
        at = choose(core, Source::data, address);
        if (at != Array::kNone) f.at = settle(at, address, now);
        saw(Level2Event::write_allocation);
    } else if (back && how.outer == CachePolicy::write_back_allocate && !control.no_fill) {
        f = fill(core, Source::data, line_of(address), now, at);
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

Picoseconds Level2::write_back(uint32_t place, Picoseconds now) {
    const PhysAddr line = array_.address(place);
    ++count_.write_backs;
    if (written_back.watched()) written_back({line, array_.bytes(place)});
    make_way(line, kLine, now);
    dirty_[place] = 0;
    return to_memory(line, array_.bytes(place), now).at;
}

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
