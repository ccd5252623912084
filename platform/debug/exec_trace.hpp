// What cores execute, instruction by instruction, as text.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "platform/debug/code_images.hpp"
#include "platform/debug/disassembler.hpp"
#include "platform/debug/traced_block.hpp"

namespace exysim::debug {

/// Where a trace begins or ends: before the instruction at an address, or with the first block at a time.
struct TraceMoment {
    std::optional<uint32_t> address;
    std::optional<uint64_t> time_ps;
};

struct TraceBounds {
    std::optional<TraceMoment> from;  ///< at once without
    std::optional<TraceMoment> to;    ///< what comes from there on is left out
    uint64_t most = 10'000'000;       ///< instructions
};

/// Writes a line an instruction:
///   time of its block in ns, core, address, bytes, instruction, function
/// Instructions of a block are written when the next one is entered: only then it is known how many were
/// executed.
class ExecTrace {
public:
    /// Throws std::runtime_error if the file cannot be written. `views`: the memory of each core.
    ExecTrace(const std::string& file, const TraceBounds& bounds, CodeImages images,
              std::vector<ReadWord> views);

    /// `executed`: instructions of this core so far, without the block's.
    void entered(unsigned core, const TracedBlock& block, uint64_t executed);
    /// The core stands still.
    void close(unsigned core, uint64_t executed);
    /// Nothing more will be written.
    bool ended() const { return ended_; }
    uint64_t written() const { return written_; }

private:
    struct Pending {
        uint32_t address = 0;
        bool thumb = false;
        std::vector<uint8_t> code;
        uint64_t time_ps = 0, executed = 0;
    };
    void write(unsigned core, const Pending& block, uint64_t count);
    bool reached(const std::optional<TraceMoment>& moment, uint32_t address, uint64_t time_ps) const;
    void write_line(unsigned core, const Pending& block, uint32_t offset, const Disassembled& instruction);

    std::ofstream out_;
    TraceBounds bounds_;
    CodeImages images_;
    std::vector<ReadWord> views_;
    Disassembler disassembler_;
    std::vector<Pending> pending_;  // of each core
    bool begun_ = false, ended_ = false;
    uint64_t written_ = 0;
};

}  // namespace exysim::debug
