// The PL310: a unified cache behind all cores, its merging store buffer, and the way to memory.
// Facts: PL310 TRM; hardware page "CPU subsystem" sections 3 and 8. Registers: pl310_core.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/cluster_memory.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/cache/array.hpp"
#include "models/cache/config.hpp"
#include "models/cache/events.hpp"
#include "models/cache/merging.hpp"

namespace exysim::cache {

/// What the registers decide.
struct Level2Control {
    bool enabled = false;
    bool shared_override = false;     ///< AUX_CTRL[22]: shareable non-cacheable traffic is not looked up
    bool round_robin = true;          ///< AUX_CTRL[25]: whose turn it is makes room, else a pseudo-random way
    bool full_line_of_zeros = false;  ///< AUX_CTRL[0]: a line of zeros may come as one command
    bool write_through = false;       ///< DEBUG_CTRL[1], DWB
    bool no_fill = false;             ///< DEBUG_CTRL[0], DCL
    std::array<uint16_t, 8> locked_data{}, locked_code{};  ///< a bit a way, by master
    bool lock_lines = false;                               ///< LOCK_LINE_EN[0]: lines that move in are locked
    bool prefetch_data = false, prefetch_code = false;     ///< PREFETCH_CTRL[28], [29]
    bool double_linefill = false;                          ///< PREFETCH_CTRL[30]
    uint32_t prefetch_offset = 0;                          ///< PREFETCH_CTRL[4:0]: lines beyond the next one
};

/// Posted writes on their way: the ends of the last few, in a ring.
class PostedWrites {
public:
    explicit PostedWrites(size_t most) : ends_(most), oldest_{ends_.data()} {}
    PostedWrites(const PostedWrites&) = delete;
    PostedWrites& operator=(const PostedWrites&) = delete;

    /// When one more may begin.
    Picoseconds free() const { return *oldest_; }
    void begun(Picoseconds end) {
        *oldest_ = end;
        latest_ = std::max(latest_, end);
        if (++oldest_ == ends_.data() + ends_.size()) oldest_ = ends_.data();
    }
    /// End of the latest one.
    Picoseconds latest() const { return latest_; }

private:
    std::vector<Picoseconds> ends_;
    Picoseconds* oldest_;
    Picoseconds latest_ = 0;
};

/// What the event counters can count, by the number of the source in their configuration (PL310 TRM 3.3.5).
/// Left out: speculative reads and the core's prefetch hints (sources 11 to 15), which the core does not
/// send.
enum class Level2Event : uint8_t {
    eviction = 1,
    data_read_hit,
    data_read,
    data_write_hit,
    data_write,
    write_through,
    code_read_hit,
    code_read,
    write_allocation,
    prefetch,
    kCount
};

class Level2 {
public:
    static constexpr uint32_t kSlots = 3;
    enum class Source : uint8_t { data, code };

    Level2(const Config& config, Statistics& statistics);
    void connect(BusPort& bus) { bus_ = &bus; }

    /// Bytes inside one line for `core`, a number below 8. A Shareable, Non-cacheable access is looked up as
    /// "cacheable, do not allocate" unless shared_override is set. `place`: where the line is here now, kNone
    /// if nowhere.
    Finished read(unsigned core, Source source, PhysAddr address, const MemoryAttributes& how,
                  std::span<uint8_t> data, Picoseconds now, uint32_t& place);
    Finished read(unsigned core, Source source, PhysAddr address, const MemoryAttributes& how,
                  std::span<uint8_t> data, Picoseconds now) {
        uint32_t place;
        return read(core, source, address, how, data, now, place);
    }
    /// Bytes inside one line; the time is when they have been taken over, which is not when they are in
    /// memory. `likely`: where read() has found the line, for the host's sake alone.
    Finished write(unsigned core, PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data,
                   Picoseconds now, uint32_t likely = Array::kNone);

    // --- maintenance; each returns when it is done
    Picoseconds maintain(Maintenance operation, PhysAddr address, Picoseconds now);
    Picoseconds maintain_place(Maintenance operation, uint32_t set, uint32_t way, Picoseconds now);
    Picoseconds maintain_ways(Maintenance operation, uint32_t ways, Picoseconds now);
    /// Lines of these ways that were locked one by one may be evicted again.
    Picoseconds unlock_ways(uint32_t ways, Picoseconds now);
    /// CACHE_SYNC: the merging slots are empty and everything written has reached memory.
    Picoseconds sync(Picoseconds now);

    // --- merging slots
    Picoseconds next_departure() const;
    void depart(Picoseconds now) {
        if (deadline_ <= now) [[unlikely]]
            depart_until(now);
    }
    /// Before an access past the cache to the same line.
    void make_way(PhysAddr address, uint32_t size, Picoseconds now) {
        if (!slots_.empty()) empty_slots(address, size, now);
    }

    /// A debugger's write inside one line: the copies here.
    void poke(PhysAddr address, std::span<const uint8_t> data);
    /// Lays what is newer than memory over `data`.
    void overlay(PhysAddr address, std::span<uint8_t> data) const;
    /// A read of the line comes next, but for what it makes leave level 1: for the host's sake alone.
    void announce(PhysAddr line) {
        if (holds(line)) return;
        absent_ = line;
        expect(line);
    }
    /// A miss of the line is likely: for the host's sake alone.
    void expect(PhysAddr line) const {
        bus_->expect(line);
        const uint32_t place = array_.next_in_turn(array_.set_of(line.value));
        array_.expect_data(place);
        if (dirty_[place] != 0) bus_->expect(array_.address(place));
    }
    bool holds(PhysAddr address) const { return array_.find(address) != Array::kNone; }
    /// For debuggers: the line is here with bytes that memory does not have.
    bool dirty(PhysAddr address) const { return holds(address) && dirty_[array_.find(address)] != 0; }
    const Geometry& geometry() const { return array_.geometry(); }

    /// Another geometry of the same RAMs, as AUX_CTRL chooses it; everything is lost.
    void set_geometry(Geometry geometry);
    /// Of the chip's RAMs: the largest geometry there is.
    const Geometry& built() const { return config_.l2; }
    uint64_t seen(Level2Event event) const;

    Level2Control control;
    Probe<LineEvicted> evicted;
    Probe<PhysAddr> filled;  ///< a line has come from memory, to stay here or on its way to level 1
    Probe<LineWrittenBack> written_back;
    Probe<LineDiscarded> discarded;
    Probe<LineMaintained> maintained;
    /// Lays the line over `bytes` if it is here and dirty; whether it was.
    /// Whether a shareable non-cacheable load finds the line here, not in memory; what it finds.
    bool answers_past(PhysAddr line, std::span<uint8_t> bytes) const;
    bool overlay_dirty(PhysAddr line, std::span<uint8_t> bytes) const;
    /// Lays stores that wait in merging slots over `bytes` of the line; a bit a byte that they write.
    uint32_t overlay_waiting(PhysAddr line, std::span<uint8_t> bytes) const {
        return slots_.overlay_line(line, bytes);
    }

private:
    /// Lines that were fetched ahead, and when they arrive.
    struct Arrival {
        PhysAddr line;
        Picoseconds at = 0;
    };
    static constexpr PhysAddr kNoLine{1};
    /// The place of the line that holds `address`, or kNone; an announced line is not looked for twice.
    uint32_t find(PhysAddr address) const {
        return line_of(address) == absent_ ? Array::kNone : array_.find(address);
    }
    uint32_t find_at(uint32_t likely, PhysAddr address) const {
        return array_.holds(likely, address) ? likely : array_.find(address);
    }
    /// Of events that are no row of the statistics, see seen().
    void saw(Level2Event event) { ++events_[static_cast<size_t>(event)]; }
    bool looked_up(const MemoryAttributes& how) const;
    void fetch_ahead(unsigned core, Source source, PhysAddr from, PhysAddr line, Picoseconds now);
    Picoseconds arrival(PhysAddr line, Picoseconds found) const;
    uint32_t choose(unsigned core, Source source, PhysAddr line);
    void drop(uint32_t place);
    void unlock(uint32_t place);
    /// `line` moves in at `place`. Returns when whoever was there has been taken over by the eviction buffer.
    Picoseconds settle(uint32_t place, PhysAddr line, Picoseconds now);
    void lock(uint32_t place);
    Finished fill(unsigned core, Source source, PhysAddr line, std::span<uint8_t, kLine> arrives,
                  Picoseconds now, uint32_t& place);
    Finished fill_one(unsigned core, Source source, PhysAddr line, std::span<uint8_t, kLine> arrives,
                      Picoseconds now, uint32_t& place);
    Picoseconds write_back(uint32_t place, Picoseconds now);
    Picoseconds maintain_if_here(Maintenance operation, PhysAddr address, Picoseconds now);
    Picoseconds maintain_line(Maintenance operation, uint32_t place, Picoseconds now);
    Picoseconds evict(uint32_t place, Picoseconds now);
    void tell_evicted(uint32_t place) const;
    Picoseconds into_slot(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data,
                          Picoseconds now);
    Picoseconds depart(Pending pending, Picoseconds now);
    void depart_until(Picoseconds now);
    void empty_slots(PhysAddr address, uint32_t size, Picoseconds now);
    Finished past(Source source, PhysAddr address, std::span<uint8_t> data, Picoseconds now);
    void tell_passed(PhysAddr address, std::span<const uint8_t> data) const;
    Finished from_memory(PhysAddr address, std::span<uint8_t> data, Picoseconds now);
    /// One posted write burst: when it has been taken over, given that only so many may be under way.
    Finished to_memory(PhysAddr address, std::span<uint8_t> data, Picoseconds now);

    const Config config_;
    const Picoseconds l2_time_;
    BusPort* bus_ = nullptr;
    Array array_;
    std::vector<uint8_t> dirty_;          // not a vector of bool: it is on the path of each miss
    std::vector<uint16_t> locked_lines_;  // of each set, a bit a way
    bool some_locked_ = false;            // a line has been, once
    PhysAddr absent_ = kNoLine;           // a line that is not here
    MergingBuffer slots_{kSlots, kLine};
    PostedWrites posted_;
    Picoseconds deadline_ = kNever;
    std::array<uint64_t, static_cast<size_t>(Level2Event::kCount)> events_{};
    std::array<Arrival, 8> arrivals_{};  // Assumed: eight fetches ahead under way
    size_t next_arrival_ = 0;
    Picoseconds last_arrival_ = 0;
    struct Counts {
        uint64_t reads = 0, read_hits = 0, writes = 0, write_hits = 0, fills = 0, evictions = 0,
                 write_backs = 0, operations = 0, cleaned = 0, slot_bursts = 0, full_slots = 0,
                 slot_bytes = 0, code_reads = 0, fetched_ahead = 0;
    } count_;
};

}  // namespace exysim::cache
