// The caches of one core: level-1 instruction and data, and the store buffer; the core's port to memory.
// Facts: Cortex-A9 TRM chapters 7 and 8; hardware page "CPU subsystem" sections 3 and 4.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/base/cluster_memory.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/cache/array.hpp"
#include "models/cache/config.hpp"
#include "models/cache/events.hpp"
#include "models/cache/level2.hpp"
#include "models/cache/merging.hpp"
#include "models/cache/speculator.hpp"

namespace exysim::cache {

/// MESI. Only a modified line may be written without asking.
enum class State : uint8_t { shared, exclusive, modified };

/// Ends of the last few accesses of a kind, of which only so many may be under way.
template <size_t kSlots>
class UnderWay {
public:
    /// One more has begun, that ends at `end`. Returns when the next one may begin.
    Picoseconds enter(Picoseconds end) {
        ends_[next_++ % kSlots] = end;
        return ends_[next_ % kSlots];
    }

private:
    std::array<Picoseconds, kSlots> ends_{};
    size_t next_ = 0;
};

/// What one core's caches need to know of the others: the snoop control unit.
class Snoop {
public:
    virtual ~Snoop() = default;
    /// `by` is about to read or to own the line: other cores give up what stands in the way. True if another
    /// core keeps a copy.
    virtual bool others(unsigned by, PhysAddr line, Direction direction, Picoseconds now) = 0;
    /// Maintenance that reaches every core of the inner shareable domain.
    virtual void maintain_others(unsigned by, Maintenance operation, PhysAddr line, Picoseconds now) = 0;
    virtual void invalidate_code_of_others(unsigned by, PhysAddr address, VirtAddr va) = 0;
    virtual void invalidate_all_code_of_others(unsigned by) = 0;
    /// Copies what other cores hold modified over `data`, inside one line.
    virtual void overlay_others(unsigned by, PhysAddr address, std::span<uint8_t> data) const = 0;
};

class CoreCaches : public MemoryPort {
public:
    static constexpr uint32_t kStores = 4, kStoreBytes = 8;
    static constexpr uint32_t kLookAhead = 24;  ///< Assumed: cycles between misses that may overlap
    static constexpr uint32_t kExpected = 6;    ///< lines of a stream that the host is told of beforehand
    /// Assumed: PLDs that wait for their lines; one more makes the core wait.
    static constexpr uint32_t kPreloads = 4;
    /// Assumed: lines in a row that stores fetch before a whole one.
    static constexpr uint32_t kWholeLines = 3;

    CoreCaches(const Config& config, unsigned core, Level2& level2, Snoop& snoop, Statistics& statistics);
    void connect(BusPort& bus) { bus_ = &bus; }
    Probe<LineDirtied> dirtied;
    Probe<LineOverwritten> overwritten;
    Probe<LineFilled> filled;
    Probe<LineTouched> touched;
    Probe<LineEvicted> evicted;
    Probe<LineDiscarded> discarded;
    Probe<AccessPast> past;
    Probe<CodeFetched> fetched;
    Probe<LineMaintained> maintained;
    /// The next load of the line, if it is here, is told of (`touched`), and stores to it until then.
    void watch(PhysAddr line);
    /// The instruction cache has the line, under whichever virtual index.
    bool holds_code(PhysAddr line) const;
    /// The next use of code of the line, if it is here, is told of (`fetched`).
    void watch_code(PhysAddr line);
    /// Lays the line over `bytes` if it is here and modified; whether it was.
    bool overlay_modified(PhysAddr line, std::span<uint8_t> bytes) const;
    /// Lays stores that wait over `bytes` of the line; a bit a byte that they write.
    uint32_t overlay_waiting(PhysAddr line, std::span<uint8_t> bytes) const;
    bool holds(PhysAddr address) const { return place_of(address) != Array::kNone; }
    uint32_t place_of(PhysAddr address) const { return data_.find(address); }
    /// For debuggers: of the data cache's copy of the line, if there is one.
    std::optional<State> state_of(PhysAddr address) const {
        const uint32_t place = place_of(address);
        return place == Array::kNone ? std::nullopt : std::optional{lines_[place].state};
    }

    // --- the core's side
    void attach(CoreSide& side) override { side_ = &side; }
    uint32_t granule() const override { return kLine; }
    HostBytes direct(PhysAddr address, const MemoryAttributes& how, Direction direction) override;
    CodeBytes code(PhysAddr address, VirtAddr va, const MemoryAttributes& how) override;
    bool read(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> data) override;
    bool write(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data) override;
    void preload(PhysAddr address, const MemoryAttributes& how) override;
    bool walk(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> word) override;
    bool peek(PhysAddr address, std::span<uint8_t> data) override;
    void barrier(Barrier kind) override;
    void maintain(Maintenance operation, PhysAddr address, const MemoryAttributes& how) override;
    void maintain_set_way(Maintenance operation, uint32_t operand) override;
    void invalidate_code(PhysAddr address, VirtAddr va) override;
    void invalidate_all_code(bool in_all_cores) override;
    void translations_changed() override { speculator_.forget(); }

    // --- the snoop control unit's side
    /// Another core wants the line. True if a copy stays here.
    bool snooped(PhysAddr line, Direction direction, Picoseconds now);
    void maintain_line(Maintenance operation, PhysAddr line, Picoseconds now);
    void drop_code(PhysAddr address, VirtAddr va);
    void drop_all_code();
    void overlay(PhysAddr address, std::span<uint8_t> data) const;
    /// A debugger's write inside one line: the copies here, of code too, whatever virtual index they have.
    void poke(PhysAddr address, std::span<const uint8_t> data);

    // --- stores that wait
    Picoseconds next_departure() const;
    void depart(Picoseconds now);

private:
    struct Line {
        uint32_t below = 0;  // its place in level 2, likely still
        MemoryAttributes how;
        uint16_t read_slot = HostTable::kNoSlot,
                 write_slot = HostTable::kNoSlot;  // of the core's host tables
        State state = State::exclusive;
        bool watched = false;
    };
    Picoseconds now() const { return bus_->now(core_); }
    void wait_for(Picoseconds at) { bus_->stall_until(core_, at); }
    struct Fill {
        uint32_t at;
        Finished finished;
    };
    HostBytes for_reading(PhysAddr address, const MemoryAttributes& how);
    HostBytes for_writing(PhysAddr address, const MemoryAttributes& how);
    HostBytes fill_for_reading(PhysAddr address, const MemoryAttributes& how);
    uint32_t fill(PhysAddr address, const MemoryAttributes& how, Direction direction);
    uint32_t before_fill(PhysAddr address, const MemoryAttributes& how);
    Fill bring_in(PhysAddr line, const MemoryAttributes& how, LineFilled::Why why, Picoseconds when);
    bool joins_stream(PhysAddr line);
    Picoseconds streamed(Picoseconds asked, Finished f) const;
    Picoseconds lone(Picoseconds asked, Finished f);
    void await_preload(PhysAddr line);
    void own(uint32_t at);
    void upgrade(uint32_t at);
    void clean(uint32_t at, Picoseconds now);
    void drop(uint32_t at);
    void discard(uint32_t at);
    void evict(uint32_t at, Picoseconds now);
    void tell_evicted(uint32_t at) const;
    void protect(uint32_t at);
    void drop_code_place(uint32_t at);
    template <class Use>
    void each_code_place(PhysAddr line, Use use) const;
    void speculate();
    Picoseconds release(Pending pending, Picoseconds now);
    void release_all();
    // --- store_streams.cpp
    bool goes_past(PhysAddr line);
    bool awaits_whole_line(PhysAddr line);
    void gather(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data);
    Picoseconds give_line(Picoseconds now);
    void send_whole(PhysAddr line, const MemoryAttributes& how, std::span<const uint8_t, kLine> bytes);
    Picoseconds send_line(PhysAddr line, const MemoryAttributes& how, std::span<const uint8_t, kLine> bytes,
                          Picoseconds now);
    Picoseconds complete_line(const Pending& line, Picoseconds now);
    void merge_into(uint32_t at, const Pending& line);
    void tell_past(Direction direction, PhysAddr address, const MemoryAttributes& how, size_t size) const;
    void tell_loaded(uint32_t at, PhysAddr address);
    void tell_stored(uint32_t at, PhysAddr address) const;
    void tell_fetched(uint32_t at, PhysAddr address);
    bool write_on(PhysAddr address, const MemoryAttributes& how, std::span<const uint8_t> data);
    bool past_caches(Direction direction, PhysAddr address, const MemoryAttributes& how,
                     std::span<uint8_t> data);

    const Config config_;
    const Picoseconds l2_time_, stream_time_, look_ahead_;  // as the configuration says
    unsigned core_;
    Level2& level2_;
    Snoop& snoop_;
    BusPort* bus_ = nullptr;
    CoreSide* side_ = nullptr;
    Array data_, code_;
    std::vector<Line> lines_;
    std::vector<bool> watched_code_;  // by place
    MergingBuffer stores_{kStores, kStoreBytes};
    Picoseconds stores_done_ = 0;
    MergingBuffer gathered_{1, kLine};     // a line that stores may fill before it has to be fetched
    PhysAddr next_store_{};                // the line after the last one that a store missed,
    uint32_t store_lines_ = 0;             // and how many in a row that was
    Picoseconds line_out_ = 0;             // the last whole line has left
    std::array<uint8_t, kLine> unkept_{};  // code fetched past the cache
    std::array<uint32_t, 4> streams_{};    // the next line of each stream of misses: its address
    uint32_t next_stream_ = 0;
    UnderWay<2> store_fills_;  // Assumed: two lines on order for stores (11.5 cycles a line were measured)
    // Ends of the last misses of loads. Measured: independent ones take 7 cycles a line from the level-2
    // cache and 68 ns from memory (hardware page, section 10), a third and half of one's latency.
    UnderWay<3> level2_loads_;
    UnderWay<2> memory_loads_;
    Picoseconds loads_done_ = 0, resumed_ = 0;
    /// Lines that a PLD has asked for, and when they arrive.
    struct Preload {
        PhysAddr line;
        Picoseconds at = 0;
    };
    std::array<Preload, kPreloads> preloads_{};
    uint32_t next_preload_ = 0;
    UnderWay<2> preload_fills_;  // Assumed: as many as loads have under way to memory
    Picoseconds preload_free_ = 0, preloads_done_ = 0;
    Speculator speculator_;
    struct Counts {
        uint64_t data_misses = 0, data_fills = 0, data_evictions = 0, write_backs = 0, upgrades = 0,
                 code_misses = 0, walks = 0, preloads = 0, uncached_reads = 0, uncached_writes = 0,
                 store_bursts = 0, whole_lines = 0, operations = 0, speculative = 0, barriers = 0;
    } count_;
};

}  // namespace exysim::cache
