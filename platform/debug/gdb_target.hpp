// What a GDB server needs of a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace exysim::debug {

/// Register numbers of the target description that the server sends: r0 to r15, CPSR, d0 to d31, FPSCR.
namespace gdb {
inline constexpr unsigned kPc = 15, kCpsr = 16, kFirstDouble = 17, kDoubles = 32;
inline constexpr unsigned kFpscr = kFirstDouble + kDoubles, kRegisters = kFpscr + 1;
constexpr unsigned bytes_of(unsigned n) { return n >= kFirstDouble && n < kFpscr ? 8 : 4; }
}  // namespace gdb

/// A stopped machine. Cores count from 0.
struct GdbTarget {
    virtual ~GdbTarget() = default;
    virtual unsigned cores() const = 0;
    /// "waits for an interrupt": one phrase.
    virtual std::string state_of(unsigned core) const = 0;
    virtual uint64_t read_register(unsigned core, unsigned n) const = 0;
    virtual void write_register(unsigned core, unsigned n, uint64_t value) = 0;
    /// Memory as the core sees it now; false if any byte cannot be had.
    virtual bool read_memory(unsigned core, uint32_t address, std::span<uint8_t> bytes) = 0;
    virtual bool write_memory(unsigned core, uint32_t address, std::span<const uint8_t> bytes) = 0;
    /// Where all cores stop from now on, and the core that stops after one instruction, if any.
    virtual void set_stops(const std::set<uint32_t>& addresses, std::optional<unsigned> single) = 0;
    /// Answers a `monitor` command.
    virtual std::string monitor(const std::string& command) = 0;
    /// The user has ended the program.
    virtual void kill() = 0;
};

}  // namespace exysim::debug
