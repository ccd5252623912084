// The instruction set as tables: one row per encoding, from which the decoder look-ups are built at start.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace exysim::cpu {

class Translator;
class Fields;

/// Emits the operations of one instruction into the block under construction.
using Decode = void (*)(Translator&, const Fields&);

/// One encoding. `pattern` is the manual's bit diagram from the highest bit down, 32 characters (16 for T16;
/// T32 starts with its first halfword): '0' and '1' are fixed, 'x' is ignored, any other letter names a field
/// whose bits are concatenated even if they stand apart. In A32 the letter 'c' in the top four bits means a
/// condition other than 1111. A row may refine another (fix more of its bits); then the refined one wins.
/// Two letters of Advanced SIMD rows carry a condition of their own: 'z', an element size (two bits), is
/// never 11, and 'y', the shift amount (six bits) whose leading one names the element size, never begins with
/// 000: those words belong to other rows. Such a row makes several encodings, together exactly the words it
/// may have.
struct Row {
    const char* name;
    const char* pattern;
    Decode decode;
    uint8_t cycles = 1;  ///< issue cost, cycles; feeds the static cost of a block
};

/// A row made ready for matching.
struct Encoding {
    const Row* row = nullptr;
    uint32_t mask = 0;                  ///< fixed bits
    uint32_t value = 0;                 ///< their values
    bool conditional = false;           ///< starts with a condition field
    std::array<uint32_t, 52> fields{};  ///< bits of each letter, A-Z then a-z

    explicit Encoding(const Row& r);
    /// The same encoding of Advanced SIMD in T32 (ARM ARM A7.1: the low 24 bits are equal).
    Encoding in_t32() const;
    bool matches(uint32_t bits) const { return (bits & mask) == value; }
    /// True if some instruction word fits both.
    bool meets(const Encoding& other) const;
    /// True if every word that fits this fits `other` too.
    bool refines(const Encoding& other) const;

    static constexpr unsigned letter(char c) {
        return static_cast<unsigned>(c >= 'a' ? c - 'a' + 26 : c - 'A');
    }
};

/// The named fields of one instruction word: f('n'), f('d'), f('i') ...
class Fields {
public:
    Fields(const Encoding& encoding, uint32_t bits) : encoding_{encoding}, bits_{bits} {}
    /// Value of the field; zero if the pattern has no such letter.
    uint32_t operator()(char letter) const;
    /// Width of the field in bits.
    unsigned width(char letter) const;
    /// The whole instruction word.
    uint32_t bits() const { return bits_; }
    const Row& row() const { return *encoding_.row; }

private:
    const Encoding& encoding_;
    uint32_t bits_;
};

/// All encodings of A32, T16 or T32 with a fast look-up.
class InstructionSet {
public:
    enum class Kind : uint8_t { a32, t16, t32 };
    InstructionSet(Kind kind, const std::vector<std::span<const Row>>& tables);
    /// The encoding of `bits`, or nullptr: UNDEFINED.
    const Encoding* find(uint32_t bits) const;
    std::span<const Encoding> encodings() const { return encodings_; }
    Kind kind() const { return kind_; }

private:
    void add(const Row& row);
    void fill_buckets();

    Kind kind_;
    std::vector<Encoding> encodings_;   // most fixed bits first
    std::vector<uint32_t> first_;       // bucket -> start in candidates_
    std::vector<uint16_t> candidates_;  // indices into encodings_
};

/// The encodings a row stands for: one, or several if it has a letter 'z' or 'y'.
std::vector<Encoding> encodings_of(const Row& row);

// The tables, one file each. Coprocessor and VFP rows carry a condition field in their A32 form; the T32 set
// reads those four bits as 1110 (ARM ARM A6.3.18), so one table serves both.
std::span<const Row> a32_rows();
std::span<const Row> t16_rows();
std::span<const Row> t32_rows();
std::span<const Row> coprocessor_rows();
std::span<const Row> vfp_rows();  // vfp_table.cpp

/// Advanced SIMD, one table a class of instructions, with A32 patterns; the T32 set uses their T32 forms.
std::span<const Row> simd_same_length_rows();
std::span<const Row> simd_float_rows();
std::span<const Row> simd_long_rows();
std::span<const Row> simd_scalar_rows();
std::span<const Row> simd_shift_rows();
std::span<const Row> simd_unary_rows();
std::span<const Row> simd_convert_rows();
std::span<const Row> simd_permute_rows();
std::span<const Row> simd_immediate_rows();
std::span<const Row> simd_load_store_rows();
/// All of these.
std::vector<std::span<const Row>> simd_tables();

/// The three sets as the core decodes them.
const InstructionSet& a32();
const InstructionSet& t16();
const InstructionSet& t32();

}  // namespace exysim::cpu
