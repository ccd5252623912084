// The memory system once more, slow and obvious: maps from addresses to bytes, no sets, no ways, no host
// pointers. It is told which lines had to make room (replacement is free to choose) and computes everything
// else from the architecture's and the manuals' rules.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <vector>

#include "models/base/memory_port.hpp"

namespace exysim::test {

class Reference {
public:
    /// `whole_lines`: stores that fill lines in a row send them on as they are, after so many; 0: never.
    Reference(uint32_t base, uint32_t bytes, unsigned cores, uint32_t whole_lines)
        : base_{base}, whole_lines_{whole_lines}, memory(bytes), cores_(cores) {}

    std::vector<uint8_t> load(unsigned core, uint32_t address, uint32_t size, const MemoryAttributes& how);
    void store(unsigned core, uint32_t address, std::span<const uint8_t> data, const MemoryAttributes& how);
    /// The access would let an incomplete line go on that stores have gathered, or let a line join stores
    /// that wait: things that make room for each other.
    bool mixes_stores(unsigned core, uint32_t address, const MemoryAttributes& how, bool to_write) const;
    /// Another core holds the line dirty and would hand it to the merging slots, where room is made at once.
    bool snoops_into_slots(unsigned core, uint32_t address) const;
    /// The line that the core's stores are gathering, or 0.
    uint32_t gathers(unsigned core) const {
        return cores_[core].gathered.empty() ? 0 : cores_[core].gathered.front().base;
    }
    /// What an access does before lines make room for it: stores of the same core that it must see go on.
    void prepare(unsigned core, uint32_t address, const MemoryAttributes& how, bool to_write);
    void barrier(unsigned core);
    void maintain(unsigned core, Maintenance what, uint32_t line, const MemoryAttributes& how);
    /// `line`: what the set and way hold, 0 for nothing.
    void maintain_set_way(unsigned core, Maintenance what, uint32_t line);
    void maintain_level2(Maintenance what, uint32_t line);
    void sync();
    void device_write(uint32_t address, std::span<const uint8_t> data);

    void evict(unsigned core, uint32_t line);
    void evict_level2(uint32_t line);
    std::vector<uint32_t> lines(unsigned core) const;
    std::vector<uint32_t> level2_lines() const;

private:
    struct Line {
        std::array<uint8_t, 32> bytes{};
        bool dirty = false;
        MemoryAttributes how;
    };
    struct Unit {  ///< bytes that wait in a buffer
        uint32_t base;
        std::map<uint32_t, uint8_t> bytes;
        MemoryAttributes how;
    };
    struct Core {
        std::map<uint32_t, Line> lines;
        std::list<Unit> stores;    // at most 4 of 8 bytes
        std::list<Unit> gathered;  // at most one of 32: a line that stores may fill
        uint32_t next_store = 0, in_a_row = 0;
        bool past = false;  // the store under way joins it
    };
    static uint32_t line_of(uint32_t a) { return a / 32 * 32; }
    static bool inner(const MemoryAttributes& h) {
        return h.type == MemoryType::normal && h.inner != CachePolicy::none;
    }
    static bool outer(const MemoryAttributes& h) {
        return h.type == MemoryType::normal && h.outer != CachePolicy::none;
    }
    Line& fetch(unsigned core, uint32_t line, const MemoryAttributes& how, bool to_write);
    void clean(Core& core, uint32_t line);
    void read_below(uint32_t address, std::span<uint8_t> data, const MemoryAttributes& how);
    void write_below(uint32_t address, uint8_t byte, const MemoryAttributes& how, bool whole_line);
    void into_slot(uint32_t address, uint8_t byte);
    void maintain_own(unsigned core, Maintenance what, uint32_t line);
    void leave(Core& core);
    void give_line(Core& core);
    bool goes_past(Core& core, uint32_t line);
    void leave_slot(uint32_t line);
    void leave_if_full(uint32_t line);
    void leave_oldest_slot();
    Line& level2_line(uint32_t line, bool read_first);

    uint32_t base_, whole_lines_;

public:
    std::vector<uint8_t> memory;

private:
    uint8_t& cell(uint32_t address) { return memory.at(address - base_); }
    std::vector<Core> cores_;
    std::map<uint32_t, Line> level2_;
    std::list<Unit> slots_;  // at most 3 of 32 bytes
};

}  // namespace exysim::test
