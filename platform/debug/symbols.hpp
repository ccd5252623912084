// Names for addresses: functions and source lines of an ELF file, and the call chain of a stopped core.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/debug/unwind_tables.hpp"

namespace exysim::debug {

struct SourceLine {
    std::string file;
    int number;
};

/// Symbols of one ELF file; without symbols every look-up says so.
class Symbols {
public:
    /// An unreadable file gives an empty set.
    explicit Symbols(const std::string& elf_file);
    ~Symbols();

    bool knows(uint32_t address) const;
    /// The function alone, "kernel::panic(char const*)", or the bare address.
    std::string function(uint32_t address) const;
    /// "kernel::panic(char const*)+0x1c (sw/kernel/core/log.cpp:41)", or the bare address.
    std::string describe(uint32_t address) const;
    /// The same for the call that returns to `return_address`: a call that never returns may be its
    /// function's last instruction, with another function's first one behind it.
    std::string describe_call(uint32_t return_address) const { return describe(return_address - 4); }
    /// Where the instruction there comes from; nothing without line numbers.
    std::optional<SourceLine> line(uint32_t address) const;

private:
    struct Session;
    std::unique_ptr<Session> session_;
};

/// Return addresses from `pc` outwards, by A32 frame pointers as GCC lays them out with
/// -fno-omit-frame-pointer: r11 points at the saved lr, the caller's r11 lies below it; a leaf function saves
/// r11 alone and keeps lr. Source: the prologues arm-linux-gnueabihf-g++ 12 emits.
std::vector<uint32_t> call_chain(uint32_t pc, uint32_t lr, uint32_t fp, const Symbols& symbols,
                                 const ReadWord& read);

}  // namespace exysim::debug
