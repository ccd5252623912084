// A deliberate mistake in one row of the instruction tables, for the test that asks whether the other tests
// would notice (tests/fuzz/cpu/mutate.cpp). Applied while a block is translated; without one nothing changes.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/cpu/instruction_table.hpp"

namespace exysim::cpu {

enum class Perturbation : uint8_t {
    result_low,   ///< bit 0 of the destination is turned round
    result_sign,  ///< bit 31 (of a double 63) is
    negative,     ///< the flags, one each
    zero,
    carry,
    overflow,
    condition,  ///< executes when it should not and the other way round
    immediate,  ///< the lowest bit of a constant, offset, shift amount or lane is read wrongly
    omitted,    ///< does nothing
};
inline constexpr uint8_t kPerturbations = 9;

struct Mutation {
    const Row* row = nullptr;
    Perturbation how = Perturbation::omitted;
    uint32_t first = 0, last = 0xFFFF'FFFF;  ///< addresses of the instructions it concerns

    bool concerns(const Row* which, uint32_t address) const {
        return which == row && address >= first && address <= last;
    }
};

/// The bit that `Perturbation::immediate` turns round in an instruction word; 0 if the encoding has none.
inline uint32_t immediate_bit(const Encoding& encoding) {
    for (const char letter : std::string_view{"vwji"}) {
        const uint32_t field = encoding.fields[Encoding::letter(letter)];
        if (field != 0) return field & ~(field - 1);
    }
    return 0;
}

}  // namespace exysim::cpu
