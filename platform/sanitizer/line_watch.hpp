// Follows each line of memory through caches, buffers and devices, and says where somebody saw the wrong
// bytes. Knows no SystemC: told of events, and asks views for the bytes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "models/cache/events.hpp"
#include "platform/sanitizer/violation_log.hpp"

namespace exysim::sanitizer {

inline constexpr uint32_t kLineBytes = 32;
using LineBytes = std::array<uint8_t, kLineBytes>;

/// What can be asked without side effects; lines are aligned.
struct MemoryViews {
    std::function<bool(PhysAddr line)> cached;                           ///< some cache has a copy
    std::function<bool(PhysAddr line, LineBytes& bytes)> overlay_dirty;  ///< see cache::Hierarchy
    std::function<uint32_t(PhysAddr line, LineBytes& bytes)> overlay_waiting;
    std::function<bool(PhysAddr line, LineBytes& bytes)> memory;  ///< as devices see it
    std::function<void(PhysAddr line)> watch;                     ///< ask to be told of the next load
    std::function<CodePlace(unsigned core)> place;
    std::function<Picoseconds()> now;
    std::function<bool(PhysAddr line)> code_cached = {};  ///< some instruction cache has a copy
    std::function<void(PhysAddr line)> watch_code = {};   ///< ask to be told of its next use
    /// What a non-cacheable load finds in level 2, if it looks there.
    std::function<bool(PhysAddr line, LineBytes& bytes)> answers_past = {};
};

/// Devices' accesses to physical memory.
struct DeviceAccess {
    const std::string& device;
    PhysAddr address;
    std::span<const uint8_t> data;
    std::optional<Iova> iova;  ///< of the first byte, where a SysMMU has translated
};

/// The oracle "values differ": a report means that two copies of a byte disagreed when it was used.
class LineWatch {
public:
    LineWatch(MemoryViews views, ViolationLog& log) : views_{std::move(views)}, log_{log} {}

    void device_read(const DeviceAccess& access);
    void device_wrote(const DeviceAccess& access);
    /// The same through the snoop control unit: what is written is in level 2, and nobody has it older.
    void coherent_device_wrote(const DeviceAccess& access);
    void dirtied(const cache::LineDirtied& event);
    void overwritten(const cache::LineOverwritten& event);
    void filled(const cache::LineFilled& event);
    void touched(const cache::LineTouched& event);
    void past(const cache::AccessPast& event);
    void discarded(const cache::LineDiscarded& event);
    void came_from_memory(PhysAddr line);
    void written_back(const cache::LineWrittenBack& event);
    /// Who has made a dirty line dirty; nobody if it is not known.
    Actor writer_of(PhysAddr line) const;

private:
    /// Written to memory by somebody else while a cache had a copy.
    struct Foreign {
        uint32_t mask;
        Actor by;
        bool past_caches;  ///< by a core through another memory type
    };
    /// Made dirty, by a core or by a coherent device.
    struct Written {
        LineBytes before;
        uint32_t fresh;  ///< bytes that are new whatever `before` says
        Actor by;
    };
    /// Invalidated while dirty.
    struct Lost {
        uint32_t mask;
        LineBytes bytes;
        Actor by;
    };
    template <class Use>
    static void each_line(PhysAddr address, size_t size, Use use);
    uint32_t changed(PhysAddr line, const LineBytes& bytes) const;
    uint32_t differing(PhysAddr line, std::span<const uint8_t> bytes, uint32_t mask) const;
    void judge_copy(PhysAddr line, unsigned core, std::span<const uint8_t> bytes, uint32_t mask);
    void judge_answer(unsigned core, PhysAddr line, uint32_t range);
    void report_past(unsigned core, PhysAddr line, const LineBytes& dirty, uint32_t range);
    void look_for_lost(PhysAddr line, const Actor& by);
    void written_anew(PhysAddr line, uint32_t range);
    Actor core_actor(unsigned core) const;

    MemoryViews views_;
    ViolationLog& log_;
    std::unordered_map<uint32_t, Foreign> foreign_;  // by line's address, as the next
    std::unordered_map<uint32_t, Written> written_;
    std::unordered_map<uint32_t, Lost> lost_;
};

}  // namespace exysim::sanitizer
