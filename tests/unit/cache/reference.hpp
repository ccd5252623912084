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
    Reference(uint32_t base, uint32_t bytes, unsigned cores) : base_{base}, memory(bytes), cores_(cores) {}

    std::vector<uint8_t> load(unsigned core, uint32_t address, uint32_t size, const MemoryAttributes& how);
    void store(unsigned core, uint32_t address, std::span<const uint8_t> data, const MemoryAttributes& how);
    /// What an access does before lines make room for it: stores of the same core that it must see go on.
    void prepare(unsigned core, uint32_t address, const MemoryAttributes& how, bool to_write);
    void barrier(unsigned core);
    void maintain(unsigned core, Maintenance what, uint32_t line, const MemoryAttributes& how);
    void maintain_own(unsigned core, Maintenance what, uint32_t line);  // set and way
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
        std::list<Unit> stores;  // at most 4 of 8 bytes
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
    void leave(Core& core);
    void leave_slot(uint32_t line);
    void leave_if_full(uint32_t line);
    void leave_oldest_slot();
    Line& level2_line(uint32_t line, bool read_first);

    uint32_t base_;

public:
    std::vector<uint8_t> memory;

private:
    uint8_t& cell(uint32_t address) { return memory.at(address - base_); }
    std::vector<Core> cores_;
    std::map<uint32_t, Line> level2_;
    std::list<Unit> slots_;  // at most 3 of 32 bytes
};

}  // namespace exysim::test
