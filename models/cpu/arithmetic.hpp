// Shifts, additions with flags, expanded immediates: the pseudocode functions every class of instructions
// uses. Source: ARM ARM A2.2.1, A5.2.4 (A32 immediates), A6.3.2 (T32 immediates), A8.4.
#pragma once

#include <bit>
#include <cstdint>

#include "models/cpu/registers.hpp"

namespace exysim::cpu {

enum class Shift : uint8_t { lsl, lsr, asr, ror };

/// A value with the carry out of the shifter; `carry` is -1 when the flag stays as it is.
struct Shifted {
    uint32_t value;
    int carry;
};

/// Shift by 0..255; carry only as documented for that amount.
constexpr Shifted shift(uint32_t value, Shift type, uint32_t amount) {
    if (amount == 0) return {value, -1};
    const auto bit = [value](uint32_t n) { return static_cast<int>(value >> n & 1); };
    switch (type) {
        case Shift::lsl:
            if (amount < 32) return {value << amount, bit(32 - amount)};
            return {0, amount == 32 ? bit(0) : 0};
        case Shift::lsr:
            if (amount < 32) return {value >> amount, bit(amount - 1)};
            return {0, amount == 32 ? bit(31) : 0};
        case Shift::asr:
            if (amount < 32)
                return {static_cast<uint32_t>(static_cast<int32_t>(value) >> amount), bit(amount - 1)};
            return {value >> 31 != 0 ? 0xFFFF'FFFF : 0, bit(31)};
        default: {
            const uint32_t rotated = std::rotr(value, static_cast<int>(amount % 32));
            return {rotated, static_cast<int>(rotated >> 31)};
        }
    }
}

/// ARMExpandImm_C: eight bits rotated right by twice the top four.
constexpr Shifted expand_a32(uint32_t imm12) {
    const uint32_t rotation = 2 * (imm12 >> 8);
    return shift(imm12 & 0xFF, Shift::ror, rotation);
}

/// ThumbExpandImm_C.
constexpr Shifted expand_t32(uint32_t imm12) {
    const uint32_t byte = imm12 & 0xFF;
    switch (imm12 >> 8) {
        case 0:
            return {byte, -1};
        case 1:
            return {byte << 16 | byte, -1};
        case 2:
            return {byte << 24 | byte << 8, -1};
        case 3:
            return {byte * 0x0101'0101U, -1};
        default:
            return shift(0x80 | (imm12 & 0x7F), Shift::ror, imm12 >> 7);
    }
}

constexpr uint32_t sign_extend(uint32_t value, unsigned bits) {
    const uint32_t sign = 1U << (bits - 1);
    return ((value & ((sign << 1) - 1)) ^ sign) - sign;
}

/// AddWithCarry, setting all four flags; `carry` is 0 or 1.
[[gnu::always_inline]] inline uint32_t add_with_flags(Registers& regs, uint32_t a, uint32_t b,
                                                      uint32_t carry) {
    const uint64_t wide = uint64_t{a} + b + carry;
    const auto result = static_cast<uint32_t>(wide);
    regs.cf = static_cast<uint32_t>(wide >> 32);
    regs.vf = ~(a ^ b) & (a ^ result);
    regs.set_nz(result);
    return result;
}

/// a - b with all four flags; C means no borrow.
[[gnu::always_inline]] inline uint32_t subtract_with_flags(Registers& regs, uint32_t a, uint32_t b) {
    const uint32_t result = a - b;
    regs.cf = a >= b ? 1 : 0;
    regs.vf = (a ^ b) & (a ^ result);
    regs.set_nz(result);
    return result;
}

}  // namespace exysim::cpu
