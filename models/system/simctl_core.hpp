// The optional simulation channel: registers and the layout of event records.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Of kinds 2 to 10, `id` is the buffer's (from 1; 0: memory that is no buffer of its own, known by `pa`) and
/// `name` the device's unless said otherwise.
enum class EventKind : uint32_t {
    task_name = 1,
    buffer_created,  ///< length; name: who made it; value[0]: memory type, 2 write-combined, 3 cached
    buffer_segment,  ///< pa, length, value[0]: offset in the buffer; takes the place of an earlier one there
    buffer_named,    ///< name: the buffer's
    buffer_freed,
    attach,
    detach,
    map,  ///< iova, length, direction: MapDirection; value[0]: 1 if the device's turn begins. id 0: pa of the
          ///< first byte; behind a SysMMU the rest is where its tables lead
    unmap,  ///< all of iova, length; the device's turn is over
    sync,  ///< direction: Turn; value[0]: MapDirection. id 0: pa, length, iova; else value[1]: offset, length
    queue,
    dequeue,
    span_begin,
    span_end,
    panic,
    task_switch,      ///< the task that runs from now on, with its name; 0: the idle one
    interrupt_begin,  ///< a handler begins, in front of whatever ran
    interrupt_end,
    buffer_done,  ///< a driver has given a buffer back
    program,      ///< the task runs this program from now on; name: its path
};

/// `id` of span marks: what the task does meanwhile. 0: a program's own mark, told apart by its name.
enum class SpanClass : uint32_t {
    mark,
    driver,       ///< inside a device's driver, called by a program
    maintenance,  ///< cache maintenance
    lock,         ///< waits for a lock
    mapping,      ///< gives a device addresses or takes them back: records, SysMMU tables, TLBs
    fence,        ///< waits for a fence
};

/// `direction` of queue, dequeue and buffer_done.
enum class QueueDirection : uint32_t { capture = 1, output = 2 };

/// Whose turn it is with the bytes, `direction` of sync.
enum class Turn : uint32_t { device = 1, processor = 2 };

/// What the device does with them.
enum class MapDirection : uint32_t { bidirectional, to_device, from_device };

/// A record as the guest lays it out: little-endian 32-bit words.
struct EventRecord {
    uint32_t size;  ///< bytes of the whole record
    uint32_t kind;
    uint32_t id;
    uint32_t parent;
    uint32_t pa;
    uint32_t length;
    uint32_t iova;
    uint32_t device;
    uint32_t direction;
    uint32_t name_ptr;  ///< virtual, NUL-terminated, at most 63 bytes; 0 = none
    uint32_t site;      ///< return address
    uint32_t task;
    uint32_t value[4];

    bool well_formed() const;
};
static_assert(sizeof(EventRecord) == 64);

struct SimctlCore {
    enum Reg : uint32_t {
        kId = 0x00,
        kVersion = 0x04,
        kExit = 0x08,
        kEventPtr = 0x0C,
        kTimeLo = 0x10,
        kTimeHi = 0x14
    };
    // clang-format off
    static constexpr Field kTimeLow  {kTimeLo,  "TIME_LO", 31, 0, Access::ro, 0};
    static constexpr Field kTimeHigh {kTimeHi,  "TIME_HI", 31, 0, Access::ro, 0};  // as of the last read of TIME_LO
    static constexpr Field kMap[] = {
        {kId,       "ID",        31, 0, Access::ro, 0x5349'4D43},
        {kVersion,  "VERSION",   31, 0, Access::ro, 1},
        {kExit,     "EXIT",      31, 0, Access::wo, 0},
        {kEventPtr, "EVENT_PTR", 31, 0, Access::wo, 0},
        kTimeLow, kTimeHigh,
    };
    // clang-format on
    static_assert(well_formed(kMap));
    RegisterBank regs{kMap};
    uint64_t now_ns = 0;  ///< set by the shell before each access

    SimctlCore() {
        regs.on_read(kTimeLo, [this](uint32_t) {
            regs.set(kTimeHigh, static_cast<uint32_t>(now_ns >> 32));
            return static_cast<uint32_t>(now_ns);
        });
    }
};

}  // namespace exysim::system
