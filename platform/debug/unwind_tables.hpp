// Unwinding by a program's exception tables, for code without frame pointers: Thumb and foreign programs.
// Source: "Exception Handling ABI for the Arm Architecture" (IHI 0038), sections 5 (index table), 6 (handling
// table entries) and 9.3 (frame unwinding instructions).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace exysim::debug {

/// r0-r15 of a frame; r15 is the instruction, or the return address into it.
using FrameRegisters = std::array<uint32_t, 16>;

/// Reads one word of guest memory through the core's own view; nothing if it is not mapped.
using ReadWord = std::function<std::optional<uint32_t>(uint32_t virtual_address)>;

/// `.ARM.exidx` and `.ARM.extab` of one program, at the addresses it was linked for.
class UnwindTables {
public:
    /// `first` and `bytes` of the index table; `word` reads the program's file.
    UnwindTables(uint32_t first, uint32_t bytes, ReadWord word);
    /// A program without tables.
    UnwindTables() = default;

    /// Makes `frame` that of the caller of the function at `at`, by the words that `stack` reads. False, and
    /// `frame` unchanged, where the tables end, do not say, or use registers of the iWMMXt unit. Exact at
    /// calls; within a prologue or epilogue the tables do not describe the frame.
    bool step(uint32_t at, FrameRegisters& frame, const ReadWord& stack) const;
    /// Where the functions begin that it has entries for, in order.
    std::vector<uint32_t> functions() const {
        std::vector<uint32_t> begins;
        for (const Entry& entry : entries_) begins.push_back(entry.function);
        return begins;
    }

private:
    std::vector<uint8_t> instructions_of(uint32_t at) const;
    std::vector<uint8_t> instructions_from(uint32_t table_entry) const;

    struct Entry {
        uint32_t function, word, place;
    };
    std::vector<Entry> entries_;  // in order of functions
    ReadWord word_;
};

}  // namespace exysim::debug
