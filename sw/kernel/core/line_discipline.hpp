// What a terminal makes of the bytes that come in: lines with editing, signals from keys, echo; and of those
// that go out. Knows neither processes nor the serial port.
#pragma once

#include <cstdint>

namespace kernel {

/// struct termios of asm-generic/termbits.h.
struct Termios {
    uint32_t input = kMapReturn | kFlow;
    uint32_t output = kProcessOutput | kNewlineReturn;
    uint32_t control = 0xCBD;  ///< 38400 8N1, as the kernel's default; the port keeps its own rate
    uint32_t local = kSignals | kCanonical | kEcho | kEchoErase | kEchoKill | kEchoControl | kExtended;
    uint8_t discipline = 0;
    uint8_t keys[19] = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22};

    enum Key : uint8_t {
        interrupt,
        quit,
        erase,
        kill,
        end,
        time,
        least,
        start = 8,
        stop = 9,
        end_of_line = 11,
        suspend = 10,
        word = 14
    };
    static constexpr uint32_t kIgnoreReturn = 0x80, kMapReturn = 0x100, kMapNewline = 0x40, kFlow = 0x400,
                              kAnyStarts = 0x800;
    static constexpr uint32_t kProcessOutput = 1, kNewlineReturn = 4;
    static constexpr uint32_t kSignals = 1, kCanonical = 2, kEcho = 8, kEchoErase = 0x10, kEchoKill = 0x20,
                              kEchoNewline = 0x40, kNoFlush = 0x80, kStopWriters = 0x100,
                              kEchoControl = 0x200, kExtended = 0x8000;
    bool canonical() const { return local & kCanonical; }
};
static_assert(sizeof(Termios) == 36);

class LineDiscipline {
public:
    static constexpr uint32_t kSize = 4096;
    /// Where echoes go to, already processed for output.
    using Echo = void (*)(void* context, uint8_t byte);

    Termios settings;

    /// One byte from the line. Returns the signal that its key stands for, or 0.
    uint32_t receive(uint8_t byte, Echo echo, void* context);
    /// Something to read: a line in canonical mode, otherwise any byte.
    bool readable() const { return settings.canonical() ? lines_ > 0 : used_ > 0; }
    uint32_t waiting() const { return used_; }
    /// How many bytes a reader with room for `room` waits for (VMIN); any of a line.
    uint32_t least(uint32_t room) const;
    /// Whether poll() says so: in raw mode VMIN bytes, unless a time limits the wait for them.
    bool ready() const;
    /// Output waits: the stop key has come, and not yet the start key (IXON), or a program says so.
    bool stopped() const { return stopped_; }
    void stop_output(bool stop) { stopped_ = stop; }
    /// Bytes for a reader: in canonical mode at most one line, and none at an end of input.
    uint32_t take(uint8_t* to, uint32_t room);
    /// Everything that waits, lines or not, and none of the ends.
    uint32_t take_all(uint8_t* to, uint32_t room);
    void flush_input();
    /// What `byte` is on the wire: one or two bytes; returns how many.
    uint32_t processed(uint8_t byte, uint8_t (&out)[2]) const;

private:
    static constexpr uint16_t kEnd = 0x100;      // end of input in canonical mode
    static constexpr uint16_t kLineEnd = 0x200;  // flag: the last byte of a line
    uint32_t signal_of(uint8_t byte) const;
    bool controls_flow(uint8_t byte);
    bool edit(uint8_t byte, Echo echo, void* context);
    void rub_out(Echo echo, void* context);
    void echo_byte(uint8_t byte, Echo echo, void* context) const;
    void put(uint16_t entry);
    uint16_t& entry(uint32_t i) { return ring_[(head_ + i) % kSize]; }
    bool is_key(Termios::Key key, uint8_t byte) const { return byte != 0 && settings.keys[key] == byte; }

    uint16_t ring_[kSize] = {};
    uint32_t head_ = 0, used_ = 0;
    uint32_t lines_ = 0;    // ends of lines in the ring
    uint32_t editing_ = 0;  // entries behind the last of them
    bool stopped_ = false;
};

}  // namespace kernel
