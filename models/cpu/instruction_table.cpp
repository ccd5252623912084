#include "models/cpu/instruction_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cctype>
#include <cstring>
#include <limits>

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

InstructionSet::InstructionSet(Kind kind, std::initializer_list<std::span<const Row>> tables) : kind_{kind} {
    for (const auto& table : tables) {
        for (const Row& row : table) encodings_.emplace_back(row);
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
