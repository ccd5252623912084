#include "models/cache/core_caches.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "models/cache/counts.hpp"
#include "models/cache/level2_lines.hpp"

namespace exysim::cache {

namespace {

bool cacheable(const MemoryAttributes& how) {
    return how.type == MemoryType::normal && how.inner != CachePolicy::none;
}

}  // namespace

CoreCaches::CoreCaches(const Config& config, unsigned core, Level2& level2, Snoop& snoop,
                       Statistics& statistics)
    : config_{config},
      l2_time_{config.l2_time()},
      stream_time_{config.stream_cycles * config.cycle},
      look_ahead_{kLookAhead * config.cycle},
      core_{core},
      level2_{level2},
      snoop_{snoop},
      data_{config.l1, config.seed + 2 * core},
      code_{config.l1, config.seed + 2 * core + 1},
      lines_(config.l1.lines()),
      watched_code_(config.l1.lines()),
      speculator_{config.speculation, config.seed + 500 + core} {
    static constexpr CountRow<Counts> kRows[] = {
        {&Counts::data_misses, "data_misses", "Loads, stores and walks that did not find their line."},
        {&Counts::data_fills, "data_fills", "Lines brought into the data cache."},
        {&Counts::data_evictions, "data_evictions", "Lines of the data cache given up for others."},
        {&Counts::write_backs, "write_backs", "Dirty lines handed to the level-2 cache."},
        {&Counts::upgrades, "upgrades", "Clean lines that became dirty."},
        {&Counts::code_misses, "code_misses", "Lines brought into the instruction cache."},
        {&Counts::walks, "walks", "Words read by the translation table walker."},
        {&Counts::preloads, "preloads", "Lines that PLD has brought in."},
        {&Counts::uncached_reads, "uncached_reads", "Loads past the data cache."},
        {&Counts::uncached_writes, "uncached_writes", "Stores past the data cache."},
        {&Counts::store_bursts, "store_bursts", "Departures from the store buffer."},
        {&Counts::whole_lines, "whole_lines", "Lines that stores filled, handed on without being fetched."},
        {&Counts::operations, "maintenance", "Maintenance operations, by address or by set and way."},
        {&Counts::speculative, "speculative_fills", "Lines that no instruction asked for."},
        {&Counts::barriers, "barriers", "DSB, DMB and what works like them."},
    };
    register_counts(statistics, "l1_" + std::to_string(core), count_, kRows);
}

// --- lines of the data cache

HostBytes CoreCaches::direct(PhysAddr address, const MemoryAttributes& how, Direction direction) {
    if (!cacheable(how)) return {};
    return direction == Direction::read ? for_reading(address, how) : for_writing(address, how);
}

HostBytes CoreCaches::for_reading(PhysAddr address, const MemoryAttributes& how) {
    const uint32_t at = data_.find(address);
    if (at == Array::kNone) return fill_for_reading(address, how);
    if (preloads_done_ != 0) [[unlikely]]
        await_preload(line_of(address));
    if (lines_[at].watched) [[unlikely]]
        tell_loaded(at, address);
    return {data_.data(at), &lines_[at].read_slot};
}

HostBytes CoreCaches::for_writing(PhysAddr address, const MemoryAttributes& how) {
    if (how.inner == CachePolicy::write_through || gathered_.holds(address)) return {};
    uint32_t at = data_.find(address);
    if (at == Array::kNone) {
        if (goes_past(line_of(address))) return {};
        at = fill(address, how, Direction::write);
        if (at == Array::kNone) return HostBytes::failure();
    }
    if (lines_[at].watched) [[unlikely]]
        tell_stored(at, address);
    own(at);
    return {data_.data(at), &lines_[at].write_slot};
}

void CoreCaches::watch(PhysAddr line) {
    const uint32_t at = data_.find(line);
    if (at == Array::kNone) return;
    lines_[at].watched = true;
    protect(at);
    side_->reads.remove_line(lines_[at].read_slot, data_.data(at));
}

[[gnu::noinline]] void CoreCaches::tell_loaded(uint32_t at, PhysAddr address) {
    lines_[at].watched = false;
    touched({core_, address, data_.bytes(at)});
}

[[gnu::noinline]] void CoreCaches::tell_stored(uint32_t at, PhysAddr address) const {
    touched({core_, address, data_.bytes(at), Direction::write});
}

void CoreCaches::tell_past(Direction direction, PhysAddr address, const MemoryAttributes& how,
                           size_t size) const {
    if (past.watched()) past({core_, direction, address, static_cast<uint32_t>(size), how.type});
}

bool CoreCaches::overlay_modified(PhysAddr line, std::span<uint8_t> bytes) const {
    const uint32_t at = data_.find(line);
    if (at == Array::kNone || lines_[at].state != State::modified) return false;
    copy_bytes(bytes.data(), data_.data(at), kLine);
    return true;
}

uint32_t CoreCaches::overlay_waiting(PhysAddr line, std::span<uint8_t> bytes) const {
    return gathered_.overlay_line(line, bytes) | stores_.overlay_line(line, bytes);
}

/// The commonest miss; compiled as one with all that it takes as far as the bus, and apart from hits.
[[gnu::flatten, gnu::noinline]] HostBytes CoreCaches::fill_for_reading(PhysAddr address,
                                                                       const MemoryAttributes& how) {
    const uint32_t at = fill(address, how, Direction::read);
    if (at == Array::kNone) return HostBytes::failure();
    if (lines_[at].watched) [[unlikely]]  // whoever heard of the fill wants to hear of the load
        tell_loaded(at, address);
    return {data_.data(at), &lines_[at].read_slot};
}

/// A miss: the line comes in and the core waits as long as it would. kNone after a bus error.
uint32_t CoreCaches::fill(PhysAddr address, const MemoryAttributes& how, Direction direction) {
    ++count_.data_misses;
    ++side_->cache_events.data_refills;
    const bool streams = joins_stream(line_of(address));
    if (!streams) level2_.announce(line_of(address));  // of a stream it was expected before
    if (!stores_.empty() || !gathered_.empty() || config_.speculation != Speculation::off) {
        const uint32_t came = before_fill(address, how);
        if (came != Array::kNone) return came;
    }
    const Picoseconds asked = now();
    const auto why = direction == Direction::read ? LineFilled::Why::load : LineFilled::Why::store;
    const auto [at, f] = bring_in(line_of(address), how, why, asked);
    if (direction == Direction::read || !f.ok) {
        resumed_ = std::max(asked, streams ? streamed(asked, f) : lone(asked, f));
        wait_for(resumed_);
    } else {  // a store waits only for a free line-fill buffer
        wait_for(store_fills_.enter(f.at));
    }
    return at;
}

/// Stores to the line that wait go first, and something may be guessed meanwhile. kNone unless that has
/// brought the line in.
[[gnu::noinline]] uint32_t CoreCaches::before_fill(PhysAddr address, const MemoryAttributes& how) {
    const PhysAddr line = line_of(address);
    if (stores_.overlaps(line, kLine)) release_all();
    if (gathered_.overlaps(line, kLine)) {
        release_all();
        const uint32_t completed = data_.find(address);
        if (completed != Array::kNone) return completed;
    }
    if (config_.speculation == Speculation::off) return Array::kNone;
    speculate();
    speculator_.missed(line, how);
    return data_.find(address);
}

/// Moves a line into the data cache, whoever has it.
CoreCaches::Fill CoreCaches::bring_in(PhysAddr line, const MemoryAttributes& how, LineFilled::Why why,
                                      Picoseconds when) {
    const auto direction = why == LineFilled::Why::store ? Direction::write : Direction::read;
    const uint32_t at = data_.choose(data_.set_of(line.value), Replacement::random);
    if (data_.valid(at)) evict(at, when);
    const bool kept_elsewhere =
        how.shareable && config_.cores > 1 && snoop_.others(core_, line, direction, when);
    uint32_t below;
    const Finished f = level2_.read(core_, Level2::Source::data, line, how, data_.bytes(at), when, below);
    if (!f.ok) return {Array::kNone, f};
    ++count_.data_fills;
    data_.move_in(at, line);
    Line& fresh = lines_[at];
    fresh.below = below;
    fresh.how = how;
    fresh.read_slot = fresh.write_slot = HostTable::kNoSlot;
    fresh.state = kept_elsewhere ? State::shared : State::exclusive;
    fresh.watched = false;
    if (filled.watched()) [[unlikely]]
        filled({core_, line, why, data_.bytes(at)});
    return {at, f};
}

/// A line makes room.
void CoreCaches::evict(uint32_t at, Picoseconds when) {
    ++count_.data_evictions;
    if (evicted.watched()) [[unlikely]]
        tell_evicted(at);
    clean(at, when);
    side_->reads.remove_line(lines_[at].read_slot, data_.data(at));
    data_.empty(at);
}

[[gnu::noinline]] void CoreCaches::tell_evicted(uint32_t at) const {
    evicted({1, core_, data_.address(at), lines_[at].state == State::modified, data_.bytes(at)});
}

/// The line continues one of the streams that the prefetcher follows; if not, it begins one.
/// Assumed: four streams of ascending lines. The Cortex-A9's TRM says two in its issue E and eight, also
/// descending and up to eight lines apart, in its issue I (DDI 0388, "Data prefetching").
bool CoreCaches::joins_stream(PhysAddr line) {
    if (const uint32_t joined = equal_in_4(streams_.data(), line.value); joined != 0) {
        streams_[static_cast<uint32_t>(std::countr_zero(joined))] = line.value + kLine;
        level2_.expect(line + kExpected * kLine);
        return true;
    }
    streams_[next_stream_] = line.value + kLine;
    next_stream_ = (next_stream_ + 1) % streams_.size();
    return false;
}

/// When the core goes on after a miss that the prefetcher has foreseen: 8.7 cycles a line where the level-2
/// cache has it (hardware page, section 10).
Picoseconds CoreCaches::streamed(Picoseconds asked, Finished f) const {
    const Picoseconds hit = asked + l2_time_;
    // What lies beyond the level-2 cache was asked for a line's time earlier.
    const Picoseconds beyond = f.at > hit ? (f.at - hit) / 4 : 0;
    return asked + stream_time_ + beyond;
}

/// When the core goes on after any other miss. Where loads need nothing of each other it waits only for the
/// oldest of the few that may be under way, unless the last one is further back than it looks ahead.
Picoseconds CoreCaches::lone(Picoseconds asked, Finished f) {
    const bool beyond = f.at > asked + l2_time_;
    const Picoseconds free = beyond ? memory_loads_.enter(f.at) : level2_loads_.enter(f.at);
    loads_done_ = std::max(loads_done_, f.at);
    const bool near = asked <= resumed_ + look_ahead_;
    return near && f.ok && side_->loads_overlap() ? free : f.at;
}

/// In the background, "always executed and never dropped" (Cortex-A9 TRM, DDI 0388I 7.6.1): the core goes on
/// unless as many wait already.
void CoreCaches::preload(PhysAddr address, const MemoryAttributes& how) {
    const PhysAddr line = line_of(address);
    const bool stored = stores_.overlaps(line, kLine) || gathered_.overlaps(line, kLine);
    if (!cacheable(how) || stored || data_.find(line) != Array::kNone) return;
    level2_.expect(line);
    Preload& oldest = preloads_[next_preload_++ % kPreloads];
    wait_for(oldest.at);
    const auto [at, f] = bring_in(line, how, LineFilled::Why::guess, std::max(now(), preload_free_));
    if (at == Array::kNone) return;  // a bus error is nobody's
    ++count_.preloads;
    preload_free_ = preload_fills_.enter(f.at);
    preloads_done_ = std::max(preloads_done_, f.at);
    oldest = {line, f.at};
}

/// A line that is there as far as the cache knows may still be on its way.
[[gnu::noinline]] void CoreCaches::await_preload(PhysAddr line) {
    if (now() >= preloads_done_) {
        preloads_done_ = 0;
        return;
    }
    for (const Preload& p : preloads_) {
        if (p.line == line) wait_for(p.at);
    }
}

/// Makes a line modified, which lets stores go straight to it from now on.
void CoreCaches::own(uint32_t at) {
    Line& line = lines_[at];
    if (line.state == State::modified) return;
    ++count_.upgrades;
    if (line.state == State::shared || dirtied.watched()) [[unlikely]]
        upgrade(at);
    line.state = State::modified;
}

/// What others have to hear before a line becomes modified.
[[gnu::noinline]] void CoreCaches::upgrade(uint32_t at) {
    const Line& line = lines_[at];
    if (line.state == State::shared && line.how.shareable)
        snoop_.others(core_, data_.address(at), Direction::write, now());
    dirtied({core_, data_.address(at), data_.bytes(at)});
}

/// Stores must ask again.
void CoreCaches::protect(uint32_t at) { side_->writes.remove_line(lines_[at].write_slot, data_.data(at)); }

void CoreCaches::clean(uint32_t at, Picoseconds when) {
    Line& line = lines_[at];
    if (line.state != State::modified) return;
    ++count_.write_backs;
    const std::span<uint8_t> bytes = data_.bytes(at);
    side_->writes.remove_line(line.write_slot, bytes.data());
    level2_.write(core_, data_.address(at), line.how, bytes, when, line.below);
    line.state = State::exclusive;
}

void CoreCaches::drop(uint32_t at) {
    if (!data_.valid(at)) return;
    if (lines_[at].state == State::modified) protect(at);
    side_->reads.remove_line(lines_[at].read_slot, data_.data(at));
    data_.empty(at);
}

bool CoreCaches::snooped(PhysAddr line, Direction direction, Picoseconds when) {
    const uint32_t at = data_.find(line);
    if (at == Array::kNone || !lines_[at].how.shareable) return false;
    clean(at, when);
    if (direction == Direction::read) {
        protect(at);
        lines_[at].state = State::shared;
        return true;
    }
    drop(at);
    return false;
}

// --- accesses past the data cache

bool CoreCaches::past_caches(Direction direction, PhysAddr address, const MemoryAttributes& how,
                             std::span<uint8_t> data) {
    if (how.type == MemoryType::strongly_ordered) release_all();
    level2_.make_way(address, static_cast<uint32_t>(data.size()), now());
    wait_for(now() + config_.l2_miss);
    const bool ok = bus_->access(core_, direction, address, data);
    if (config_.speculation != Speculation::off) speculate();
    return ok;
}

bool CoreCaches::read(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data) {
    ++count_.uncached_reads;
    tell_past(Direction::read, address, how, data.size());
    if (how.type != MemoryType::normal) return past_caches(Direction::read, address, how, data);
    if (!stores_.empty() && stores_.overlaps(address, static_cast<uint32_t>(data.size()))) release_all();
    const Finished f = level2_.read(core_, Level2::Source::data, address, how, data, now());
    wait_for(f.at);
    return f.ok;
}

bool CoreCaches::write(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data) {
    ++count_.uncached_writes;
    if (!cacheable(how) || how.inner == CachePolicy::write_through) return write_on(address, how, data);
    if (data.size() == kLine && gathered_.empty()) {
        send_whole(address, how, data.first<kLine>());
    } else {
        gather(address, how, data);
    }
    return true;
}

/// Stores that no line of the data cache may keep to itself.
bool CoreCaches::write_on(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data) {
    if (!cacheable(how)) tell_past(Direction::write, address, how, data.size());
    if (how.type != MemoryType::normal) return past_caches(Direction::write, address, how, writable(data));
    if (!gathered_.empty()) wait_for(give_line(now()));
    if (cacheable(how)) {
        const uint32_t at = data_.find(address);
        if (how.shareable) snoop_.others(core_, line_of(address), Direction::write, now());
        if (at != Array::kNone) std::copy(data.begin(), data.end(), data_.data(at) + address.value % kLine);
    }
    depart(now());                                // what is too old to be joined
    for (size_t done = 0; done < data.size();) {  // a misaligned store meets two units
        const PhysAddr to = address + static_cast<uint32_t>(done);
        const size_t here = std::min<size_t>(data.size() - done, kStoreBytes - to.value % kStoreBytes);
        if (stores_.full_for(to)) wait_for(release(stores_.take_oldest(), now()));
        stores_.put(to, data.subspan(done, here), how, now());
        done += here;
    }
    return true;
}

bool CoreCaches::walk(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> word) {
    ++count_.walks;
    if (!cacheable(how)) {
        const Finished f = level2_.read(core_, Level2::Source::data, address, how, word, now());
        wait_for(f.at);
        return f.ok;
    }
    uint32_t at = data_.find(address);
    if (at == Array::kNone) at = fill(address, how, Direction::read);
    if (at == Array::kNone) return false;
    std::copy_n(data_.data(at) + address.value % kLine, word.size(), word.data());
    return true;
}

bool CoreCaches::peek(PhysAddr address, std::span<uint8_t> data) {
    if (!bus_->peek(address, data)) return false;
    level2_.overlay(address, data);
    for (size_t i = 0; i < data.size();) {
        const PhysAddr at = address + static_cast<uint32_t>(i);
        const size_t here = std::min<size_t>(data.size() - i, kLine - at.value % kLine);
        snoop_.overlay_others(core_, at, data.subspan(i, here));
        overlay(at, data.subspan(i, here));
        i += here;
    }
    stores_.overlay(address, data);
    gathered_.overlay(address, data);
    return true;
}

void CoreCaches::overlay(PhysAddr address, std::span<uint8_t> data) const {
    const uint32_t at = data_.find(address);
    if (at != Array::kNone) std::copy_n(data_.data(at) + address.value % kLine, data.size(), data.data());
}

void CoreCaches::poke(PhysAddr address, std::span<const uint8_t> data) {
    stores_.poke(address, data);
    gathered_.poke(address, data);
    const uint32_t at = data_.find(address), offset = address.value % kLine;
    if (at != Array::kNone) copy_bytes(data_.data(at) + offset, data.data(), data.size());
    for (uint32_t n = 0; n < code_.lines(); ++n) {
        if (!code_.valid(n) || code_.address(n) != line_of(address)) continue;
        copy_bytes(code_.data(n) + offset, data.data(), data.size());
        side_->code_lost(n);
    }
}

// --- the store buffer

Picoseconds CoreCaches::release(Pending pending, Picoseconds when) {
    Picoseconds taken = when;
    ++count_.store_bursts;
    each_run(pending, [&](PhysAddr address, std::span<uint8_t> bytes) {
        taken = level2_.write(core_, address, pending.how, bytes, taken).at;
    });
    stores_done_ = std::max(stores_done_, taken);
    return taken;
}

void CoreCaches::release_all() {
    while (!stores_.empty()) release(stores_.take_oldest(), now());
    store_lines_ = 0;
    if (!gathered_.empty()) stores_done_ = std::max(stores_done_, give_line(now()));
}

void CoreCaches::barrier(Barrier kind) {
    ++count_.barriers;
    release_all();
    if (kind == Barrier::dsb) wait_for(std::max(stores_done_, loads_done_));
    if (config_.speculation != Speculation::off) speculate();
}

Picoseconds CoreCaches::next_departure() const {
    if (config_.max_age == kNever) return kNever;
    const Picoseconds oldest = std::min(stores_.oldest(), gathered_.oldest());
    return oldest == kNever ? kNever : oldest + config_.max_age;
}

void CoreCaches::depart(Picoseconds when) {
    while (next_departure() <= when) {
        const Picoseconds due = next_departure();
        if (stores_.oldest() <= gathered_.oldest()) {
            release(stores_.take_oldest(), due);
        } else {
            give_line(due);
        }
    }
}

// --- maintenance of the data cache

void CoreCaches::maintain(Maintenance operation, PhysAddr address, const MemoryAttributes& how) {
    ++count_.operations;
    const PhysAddr line = line_of(address);
    if (maintained.watched()) maintained({1, core_, operation, line});
    if (!gathered_.empty() && gathered_.overlaps(line, kLine)) wait_for(give_line(now()));
    maintain_line(operation, line, now());
    if (how.shareable) snoop_.maintain_others(core_, operation, line, now());
    if (operation != Maintenance::clean && cacheable(how)) speculator_.thrown_out(line, how);
    side_->stall(config_.maintenance_cycles);
}

void CoreCaches::maintain_line(Maintenance operation, PhysAddr line, Picoseconds when) {
    const uint32_t at = data_.find(line);
    if (at == Array::kNone) return;
    if (operation != Maintenance::invalidate) clean(at, when);
    if (operation != Maintenance::clean) discard(at);
}

/// An invalidation: what is modified is lost.
void CoreCaches::discard(uint32_t at) {
    if (lines_[at].state == State::modified && discarded.watched())
        discarded({data_.address(at), data_.bytes(at)});
    drop(at);
}

void CoreCaches::maintain_set_way(Maintenance operation, uint32_t operand) {
    ++count_.operations;
    if (!gathered_.empty()) wait_for(give_line(now()));
    side_->stall(config_.maintenance_cycles);
    if ((operand >> 1 & 7) != 0) return;  // another level: the PL310 does not hear of it
    const auto way_bits = static_cast<uint32_t>(std::bit_width(config_.l1.ways) - 1);
    const uint32_t way = way_bits == 0 ? 0 : operand >> (32 - way_bits);
    const uint32_t at = data_.place(data_.set_of(operand), way);
    if (!data_.valid(at)) return;
    if (operation != Maintenance::invalidate) clean(at, now());
    if (operation != Maintenance::clean) discard(at);
}

// --- the instruction cache: virtually indexed, physically tagged, not coherent with the data cache

CodeBytes CoreCaches::code(PhysAddr address, VirtAddr va, const MemoryAttributes& how) {
    const PhysAddr line = line_of(address);
    if (!cacheable(how)) {
        const Finished f = level2_.read(core_, Level2::Source::code, line, how, unkept_, now());
        wait_for(f.at);
        return {f.ok ? unkept_.data() : nullptr, CodeBytes::kUnkept};
    }
    const uint32_t set = code_.set_of(va.value), found = code_.find(set, line);
    if (found != Array::kNone) {
        if (watched_code_[found]) tell_fetched(found, address);
        return {code_.data(found), found};
    }
    const uint32_t at = code_.choose(set, Replacement::random);
    drop_code_place(at);
    ++count_.code_misses;
    ++side_->cache_events.code_refills;
    const bool streams = joins_stream(line);
    const Picoseconds asked = now();
    const Finished f = level2_.read(core_, Level2::Source::code, line, how, code_.bytes(at), asked);
    wait_for(streams ? streamed(asked, f) : f.at);
    if (!f.ok) return {};
    code_.set_address(at, line);
    if (fetched.watched()) tell_fetched(at, address);
    return {code_.data(at), at};
}

void CoreCaches::tell_fetched(uint32_t at, PhysAddr address) {
    watched_code_[at] = false;
    fetched({core_, address, code_.bytes(at)});
}

/// Calls use(place) for each copy of the line: bits of the index that lie above a page are virtual ones.
template <class Use>
void CoreCaches::each_code_place(PhysAddr line, Use use) const {
    const uint32_t way_bytes = config_.l1.way_bytes();
    for (uint32_t alias = 0; alias < way_bytes; alias += kPageSize) {
        const uint32_t at = code_.find(code_.set_of(line.value % kPageSize + alias), line);
        if (at != Array::kNone) use(at);
    }
}

bool CoreCaches::holds_code(PhysAddr line) const {
    bool held = false;
    each_code_place(line, [&](uint32_t) { held = true; });
    return held;
}

void CoreCaches::watch_code(PhysAddr line) {
    each_code_place(line, [this](uint32_t at) {
        watched_code_[at] = true;
        side_->code_lost(at);
    });
}

void CoreCaches::drop_code_place(uint32_t at) {
    if (!code_.valid(at)) return;
    code_.drop(at);
    side_->code_lost(at);
}

void CoreCaches::drop_code(PhysAddr address, VirtAddr va) {
    const uint32_t at = code_.find(code_.set_of(va.value), line_of(address));
    if (at != Array::kNone) drop_code_place(at);
}

void CoreCaches::drop_all_code() {
    for (uint32_t at = 0; at < code_.lines(); ++at) drop_code_place(at);
}

void CoreCaches::invalidate_code(PhysAddr address, VirtAddr va) {
    ++count_.operations;
    side_->stall(config_.maintenance_cycles);
    drop_code(address, va);
    snoop_.invalidate_code_of_others(core_, address, va);
}

void CoreCaches::invalidate_all_code(bool in_all_cores) {
    ++count_.operations;
    side_->stall(config_.maintenance_cycles);
    drop_all_code();
    if (in_all_cores) snoop_.invalidate_all_code_of_others(core_);
}

// --- speculation

void CoreCaches::speculate() {
    const auto target = speculator_.meanwhile();
    if (!target || data_.find(target->line) != Array::kNone) return;
    if (!gathered_.empty() && gathered_.overlaps(target->line, kLine)) return;  // stores have a claim on it
    ++count_.speculative;
    bring_in(target->line, target->how, LineFilled::Why::guess, now());
}

}  // namespace exysim::cache
