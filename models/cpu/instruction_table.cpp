#include "models/cpu/instruction_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cctype>
#include <cstring>
#include <limits>
#include <utility>

namespace exysim::cpu {

Encoding::Encoding(const Row& r) : row{&r} {
    const auto length = static_cast<unsigned>(std::strlen(r.pattern));
    assert(length == 16 || length == 32);
    for (unsigned i = 0; i < length; ++i) {
        const char c = r.pattern[i];
        const uint32_t bit = 1U << (length - 1 - i);
        if (c == '0' || c == '1') mask |= bit;
        if (c == '1') value |= bit;
        if (std::isalpha(static_cast<unsigned char>(c)) != 0 && c != 'x') fields[letter(c)] |= bit;
    }
    conditional = length == 32 && std::strncmp(r.pattern, "cccc", 4) == 0;
}

Encoding Encoding::in_t32() const {
    // Data processing: 1111001U becomes 111U1111. Loads and stores: 11110100 becomes 11111001.
    const bool data_processing = (value >> 25 & 1) != 0;
    const auto moved = [&](uint32_t bits) {
        return data_processing ? (bits & 0xFF'FFFF) | (bits >> 24 & 1) << 28 : bits & 0xFF'FFFF;
    };
    Encoding result = *this;
    const uint32_t fixed = data_processing ? 0xEF00'0000 : 0xFF00'0000;
    result.mask = moved(mask) | fixed;
    result.value = moved(value) | (data_processing ? 0xEF00'0000 : 0xF900'0000);
    for (uint32_t& field : result.fields) field = moved(field);
    return result;
}

std::vector<Encoding> encodings_of(const Row& row) {
    std::vector<Encoding> result{Encoding{row}};
    const uint32_t size = result[0].fields[Encoding::letter('z')],
                   shift = result[0].fields[Encoding::letter('y')];
    // Values of the field's upper bits, as (mask, value) pairs from its lowest bit on.
    const auto split = [&](uint32_t field, std::initializer_list<std::array<uint32_t, 2>> forms) {
        const std::vector<Encoding> whole = std::exchange(result, {});
        const auto low = static_cast<unsigned>(std::countr_zero(field));
        for (const Encoding& e : whole) {
            for (const auto& [mask, value] : forms) {
                result.push_back(e);
                result.back().mask |= mask << low;
                result.back().value |= value << low;
            }
        }
    };
    const bool simd = (result[0].value & result[0].mask) >> 28 == 0xF;
    if (simd && size != 0) split(size, {{2, 0}, {3, 2}});
    if (simd && std::popcount(shift) == 6) split(shift, {{0x38, 0x08}, {0x30, 0x10}, {0x20, 0x20}});
    return result;
}

bool Encoding::meets(const Encoding& other) const {
    if (((value ^ other.value) & mask & other.mask) != 0) return false;
    const auto unconditional = [](const Encoding& e) { return (e.mask & e.value) >> 28 == 0xF; };
    return !(conditional && unconditional(other)) && !(other.conditional && unconditional(*this));
}

bool Encoding::refines(const Encoding& other) const {
    return meets(other) && (mask & other.mask) == other.mask && mask != other.mask;
}

uint32_t Fields::operator()(char letter) const {
    uint32_t from = encoding_.fields[Encoding::letter(letter)];
    uint32_t result = 0;
    for (unsigned to = 0; from != 0; ++to) {
        const auto low = static_cast<unsigned>(std::countr_zero(from));
        result |= (bits_ >> low & 1) << to;
        from &= from - 1;
    }
    return result;
}

unsigned Fields::width(char letter) const {
    return static_cast<unsigned>(std::popcount(encoding_.fields[Encoding::letter(letter)]));
}

namespace {

/// The instruction bits that choose a bucket, and how many buckets that makes.
struct Selector {
    uint32_t mask;
    uint32_t buckets;
};

// A32: condition 1111 or not (computed), bits 27-20 and 7-4. T32: bits 28-20 and 7-4. T16: bits 15-6.
constexpr Selector selector(InstructionSet::Kind kind) {
    switch (kind) {
        case InstructionSet::Kind::a32:
            return {0xFFF0'00F0, 1U << 13};
        case InstructionSet::Kind::t32:
            return {0x1FF0'00F0, 1U << 13};
        default:
            return {0xFFC0, 1U << 10};
    }
}

uint32_t bucket(InstructionSet::Kind kind, uint32_t bits) {
    const uint32_t low = bits >> 4 & 0xF;
    switch (kind) {
        case InstructionSet::Kind::a32:
            return (bits >> 28 == 0xF ? 1U << 12 : 0) | (bits >> 20 & 0xFF) << 4 | low;
        case InstructionSet::Kind::t32:
            return (bits >> 20 & 0x1FF) << 4 | low;
        default:
            return bits >> 6;
    }
}

/// An instruction word whose selecting bits give `index`.
uint32_t word_of(InstructionSet::Kind kind, uint32_t index) {
    const uint32_t low = (index & 0xF) << 4;
    switch (kind) {
        case InstructionSet::Kind::a32:
            return ((index >> 12) != 0 ? 0xF000'0000 : 0xE000'0000) | (index >> 4 & 0xFF) << 20 | low;
        case InstructionSet::Kind::t32:
            return 0xE000'0000 | (index >> 4 & 0x1FF) << 20 | low;
        default:
            return index << 6;
    }
}

}  // namespace

void InstructionSet::add(const Row& row) {
    for (const Encoding& e : encodings_of(row)) encodings_.push_back(e);
}

InstructionSet::InstructionSet(Kind kind, const std::vector<std::span<const Row>>& tables) : kind_{kind} {
    for (const auto& table : tables) {
        for (const Row& row : table) add(row);
    }
    if (kind != Kind::t16) {
        for (const auto& table : simd_tables()) {
            for (const Row& row : table) {
                for (const Encoding& e : encodings_of(row))
                    encodings_.push_back(kind == Kind::t32 ? e.in_t32() : e);
            }
        }
    }
    if (kind == Kind::t32) {
        for (Encoding& e : encodings_) {
            if (!e.conditional) continue;
            e.conditional = false;
            e.mask |= 0xF000'0000;
            e.value |= 0xE000'0000;
        }
    }
    std::stable_sort(encodings_.begin(), encodings_.end(), [](const Encoding& a, const Encoding& b) {
        return std::popcount(a.mask) > std::popcount(b.mask);
    });
    assert(encodings_.size() < std::numeric_limits<uint16_t>::max());
    fill_buckets();
}

void InstructionSet::fill_buckets() {
    const Selector select = selector(kind_);
    first_.reserve(select.buckets + 1);
    for (uint32_t index = 0; index < select.buckets; ++index) {
        first_.push_back(static_cast<uint32_t>(candidates_.size()));
        const uint32_t word = word_of(kind_, index);
        const bool unconditional = kind_ == Kind::a32 && word >> 28 == 0xF;
        // For A32 with a condition the top bits stand for any condition: rows of that space do not fix them.
        const uint32_t compare = select.mask;
        for (size_t i = 0; i < encodings_.size(); ++i) {
            const Encoding& e = encodings_[i];
            if (unconditional && e.conditional) continue;
            if (((word ^ e.value) & e.mask & compare) == 0) candidates_.push_back(static_cast<uint16_t>(i));
        }
    }
    first_.push_back(static_cast<uint32_t>(candidates_.size()));
}

const Encoding* InstructionSet::find(uint32_t bits) const {
    const uint32_t index = bucket(kind_, bits);
    for (uint32_t i = first_[index]; i < first_[index + 1]; ++i) {
        const Encoding& e = encodings_[candidates_[i]];
        if (e.matches(bits)) return &e;
    }
    return nullptr;
}

std::vector<std::span<const Row>> simd_tables() {
    return {simd_same_length_rows(), simd_float_rows(),     simd_long_rows(),    simd_scalar_rows(),
            simd_shift_rows(),       simd_unary_rows(),     simd_convert_rows(), simd_permute_rows(),
            simd_immediate_rows(),   simd_load_store_rows()};
}

const InstructionSet& a32() {
    static const InstructionSet set{InstructionSet::Kind::a32, {a32_rows(), coprocessor_rows(), vfp_rows()}};
    return set;
}

const InstructionSet& t16() {
    static const InstructionSet set{InstructionSet::Kind::t16, {t16_rows()}};
    return set;
}

const InstructionSet& t32() {
    static const InstructionSet set{InstructionSet::Kind::t32, {t32_rows(), coprocessor_rows(), vfp_rows()}};
    return set;
}

}  // namespace exysim::cpu
