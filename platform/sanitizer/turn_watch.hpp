// Whose turn it is with memory that processor and devices share, as the guest tells it: the processor keeps
// its hands off what a device owns. Without such news it says nothing.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "models/base/memory_port.hpp"
#include "platform/sanitizer/line_watch.hpp"

namespace exysim::sanitizer {

/// What a device does with the bytes.
enum class DeviceUse : uint8_t { both, reads, writes };

class TurnWatch {
public:
    TurnWatch(MemoryViews views, ViolationLog& log) : views_{std::move(views)}, log_{log} {}

    /// The device's turn with these bytes; who has given them.
    void to_device(std::span<const PhysRange> pieces, DeviceUse use, const Actor& given);
    void to_processor(std::span<const PhysRange> pieces);

    /// A core loads or stores bytes of cacheable memory.
    void used(unsigned core, Direction direction, PhysAddr address, uint32_t bytes);
    /// The same for whole lines, of which it is not known which bytes: judged if all are the device's.
    void used_line(unsigned core, Direction direction, PhysAddr line) {
        used(core, direction, line, kLineBytes);
    }
    /// A line has come in without being asked for: its first load is of interest.
    void guessed(PhysAddr line);

private:
    struct Turn {
        uint64_t end;  ///< address of the first byte behind
        DeviceUse use;
        Actor given;
    };
    using Turns = std::map<uint64_t, Turn>;  // by the first byte's address; they do not overlap
    const Turn* turn_of(PhysAddr address, uint32_t bytes) const;
    void cut(uint64_t from, uint64_t to);
    void watch_lines(PhysRange range);

    MemoryViews views_;
    ViolationLog& log_;
    Turns turns_;
};

}  // namespace exysim::sanitizer
