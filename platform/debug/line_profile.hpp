// Cycles and instructions of every source line: what the cores spent, shown beside the text.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/debug/code_images.hpp"
#include "platform/debug/symbols.hpp"
#include "platform/debug/traced_block.hpp"

namespace exysim::debug {

/// Counts blocks; lines come in when the text is made. A block's cycles are shared out evenly among its
/// instructions: which of them waited is not known. Instructions that the compiler moved count where its
/// tables say they are from.
class LineProfile {
public:
    LineProfile(CodeImages images, std::vector<ReadWord> views);

    /// A core enters a block; the counts are those up to here.
    void entered(unsigned core, const TracedBlock& block, uint32_t address_space, uint64_t cycles,
                 uint64_t instructions);
    /// Cycles have passed that nobody spent.
    void idle(unsigned core, uint64_t cycles) { tracks_[core].cycles += cycles; }
    /// Charges what is counted up to here, when the core stands still.
    void close(unsigned core, uint64_t cycles, uint64_t instructions);

    /// Source files with the most cycles first; lines that took any, with their text where the file can be
    /// read.
    std::string text() const;

private:
    struct Block {
        const CodeImage* image = nullptr;
        uint32_t address = 0;
        bool thumb = false;
        std::vector<uint8_t> code;
        uint64_t cycles = 0, instructions = 0;
    };
    struct Track {
        Block* block = nullptr;
        uint64_t cycles = 0, instructions = 0;
    };
    struct Spent {
        double cycles = 0, instructions = 0;
    };
    using Lines = std::map<std::string, std::map<int, Spent>>;  // by file, by line
    Lines lines() const;
    void share_out(const Block& block, const Symbols& symbols, Lines& lines) const;

    CodeImages images_;
    std::vector<ReadWord> views_;
    std::vector<Track> tracks_;
    std::map<uint64_t, std::unique_ptr<Block>> blocks_;  // by address space and address
};

}  // namespace exysim::debug
