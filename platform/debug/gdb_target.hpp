// What a GDB server needs of a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace exysim::debug {

/// Register numbers of the target description that the server sends: r0 to r15, CPSR, d0 to d31, FPSCR.
namespace gdb {
inline constexpr unsigned kPc = 15, kCpsr = 16, kFirstDouble = 17, kDoubles = 32;
inline constexpr unsigned kFpscr = kFirstDouble + kDoubles, kRegisters = kFpscr + 1;
constexpr unsigned bytes_of(unsigned n) { return n >= kFirstDouble && n < kFpscr ? 8 : 4; }
}  // namespace gdb

/// Data whose use stops a core before the instruction that uses it.
struct Watchpoint {
    enum class Kind : uint8_t { write, read, access };
    uint32_t address, size;  ///< virtual, bytes
    Kind kind;
    std::optional<uint32_t> space;  ///< of GdbTarget::space_of()
};

/// What a machine is to stop at.
struct Stops {
    std::set<uint32_t> addresses;
    std::optional<unsigned> single;  ///< this core, after an instruction
    std::vector<Watchpoint> watches;
};

/// Why a core has stopped.
struct StopReason {
    bool at_address = false;               ///< of Stops::addresses
    std::optional<Watchpoint::Kind> data;  ///< a watchpoint of this kind
    uint32_t data_address = 0;
};

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
    /// Where cores stop from now on.
    virtual void set_stops(const Stops& stops) = 0;
    /// The address space in which the core has `address` now; nothing if all have it in common.
    virtual std::optional<uint32_t> space_of(unsigned core, uint32_t address) = 0;
    /// Answers a `monitor` command.
    virtual std::string monitor(const std::string& command) = 0;
    /// The user has ended the program.
    virtual void kill() = 0;
};

}  // namespace exysim::debug
