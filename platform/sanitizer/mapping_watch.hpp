// What devices may touch, as the guest tells it: they keep to their mappings, and mappings end. A device of
// which nothing was told is left alone.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/base/memory_port.hpp"
#include "platform/sanitizer/buffer_book.hpp"
#include "platform/sanitizer/turn_watch.hpp"
#include "platform/sanitizer/violation_log.hpp"

namespace exysim::sanitizer {

/// Bytes that a device finds at `at`.
struct Mapping {
    std::string device;
    uint32_t buffer;  ///< 0: memory that is no buffer of its own
    Iova at;
    uint32_t bytes;
    std::vector<PhysRange> pieces;
    Actor made;
    bool by_program = false;  ///< made since programs run
    Actor ended = {};

    bool contains(Iova a) const { return a >= at && a - at < bytes; }
};

/// One access, by the address that the device names: behind a SysMMU the one that is translated.
struct DeviceReach {
    const std::string& device;
    Iova at;
    PhysAddr address;
    uint32_t bytes;
    bool translated;
};

class MappingWatch {
public:
    MappingWatch(const BufferBook& book, ViolationLog& log) : book_{book}, log_{log} {}

    /// From now on mappings are made for programs, which end.
    void programs_run() { programs_run_ = true; }
    const Mapping& mapped(Mapping mapping);
    /// All of [at, + bytes), with who has done it; where it lies.
    std::vector<PhysRange> unmapped(const Mapping& gone);
    /// Where part of a live mapping lies; nothing for what is not mapped.
    std::vector<PhysRange> pieces(const std::string& device, Iova at, uint32_t bytes) const;
    /// A device that has the buffer mapped; empty: none.
    std::string user_of(uint32_t buffer) const;
    /// Where a device finds this address of memory now; nothing where it does not.
    std::optional<Iova> address_of(const std::string& device, PhysAddr memory) const;
    /// Which mapping covers this address of memory; empty: none that is no buffer's.
    std::string text(PhysAddr address) const;

    void touched(const DeviceReach& reach, Picoseconds now);
    /// The machine is switched off: what programs have left is lost.
    void switched_off(Picoseconds now);

private:
    static constexpr size_t kMostEnded = 1024;
    struct Device {
        std::list<Mapping> live;
        std::deque<Mapping> ended;                         // oldest first
        std::vector<std::pair<uint64_t, uint64_t>> reach;  // first and end of what is mapped, in order
    };
    static void settle(Device& device);
    static uint32_t first_outside(const Device& device, const DeviceReach& reach);
    void report_outside(const Device& device, const DeviceReach& reach, uint32_t skipped, Picoseconds now);

    const BufferBook& book_;
    ViolationLog& log_;
    std::map<std::string, Device, std::less<>> devices_;
    bool programs_run_ = false;
};

}  // namespace exysim::sanitizer
