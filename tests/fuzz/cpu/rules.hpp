// What the generator knows about a table row beyond its bit pattern: which field values are UNPREDICTABLE or
// leave the scratch memory, and what has to be prepared before the instruction. One rule per family of rows,
// by name.
#pragma once

#include <cstdint>
#include <random>
#include <string_view>

#include "models/cpu/instruction_table.hpp"

namespace exysim::test::oracle {

using Random = std::mt19937_64;

inline uint32_t below(Random& random, uint32_t bound) { return static_cast<uint32_t>(random() % bound); }
inline bool one_in(Random& random, uint32_t n) { return below(random, n) == 0; }

/// An instruction word under construction, with its fields by letter.
class Instruction {
public:
    Instruction(const exysim::cpu::Encoding& encoding, uint32_t bits, bool thumb, bool in_it_block = false)
        : encoding_{&encoding}, bits_{bits}, thumb_{thumb}, in_it_block_{in_it_block} {}

    uint32_t bits() const { return bits_; }
    bool thumb() const { return thumb_; }
    bool in_it_block() const { return in_it_block_; }
    bool halfword() const { return encoding_->row->pattern[16] == 0; }
    const exysim::cpu::Row& row() const { return *encoding_->row; }
    std::string_view name() const { return encoding_->row->name; }
    bool has(char letter) const { return mask(letter) != 0; }
    uint32_t operator()(char letter) const { return exysim::cpu::Fields{*encoding_, bits_}(letter); }
    void set(char letter, uint32_t value);
    /// Bits that the table ignores.
    void set_bits(unsigned low, uint32_t field_mask, uint32_t value) {
        bits_ = (bits_ & ~(field_mask << low)) | value << low;
    }
    unsigned width(char letter) const { return exysim::cpu::Fields{*encoding_, bits_}.width(letter); }

private:
    uint32_t mask(char letter) const { return encoding_->fields[exysim::cpu::Encoding::letter(letter)]; }

    const exysim::cpu::Encoding* encoding_;
    uint32_t bits_;
    bool thumb_, in_it_block_;
};

enum class Preparation : uint8_t {
    none,
    base,             // register `n` points into scratch memory; `tune` has made offsets small
    base_index,       // also register `m` is a small index
    base_word_index,  // also register `m` is a small multiple of four
    elements,         // register `n` points into scratch memory, at addresses of every alignment
    base_sp,          // r13 points into scratch memory
    fpscr,            // register `t` holds a legal FPSCR
    exclusive,        // like base; before it the matching exclusive load, or CLREX
    branch,           // branches.cpp makes a jump over an instruction of it
};

struct Rule {
    const char* names;  // shell pattern over row names
    Preparation preparation = Preparation::none;
    /// Restricts fields to what the scratch memory can take; may be null.
    void (*tune)(Instruction&, Random&) = nullptr;
    /// False for encodings that are UNPREDICTABLE; may be null.
    bool (*allowed)(const Instruction&) = nullptr;
    /// Why no such instruction is generated; null if they are.
    const char* excluded = nullptr;
    /// Whether the instruction may stand in an IT block.
    bool in_it_block = true;
    /// One in `rarity` draws of such a row is kept: instructions that end a case early or are of little
    /// interest.
    uint32_t rarity = 1;
};

/// The first rule whose pattern fits, or nullptr. `thumb` picks the set of rules.
const Rule* find_rule(std::string_view row_name, bool thumb);

}  // namespace exysim::test::oracle
