// What the Advanced SIMD tables share when they decode. Fields: D and d, N and n, M and m are register
// numbers (counting D registers), Q the quadword bit, z or s the element size, U the signedness.
#pragma once

#include "models/cpu/instruction_table.hpp"
#include "models/cpu/op.hpp"
#include "models/cpu/translator.hpp"

namespace exysim::cpu::simd {

inline uint8_t vd(const Fields& f) { return static_cast<uint8_t>(f('D') << 4 | f('d')); }
inline uint8_t vn(const Fields& f) { return static_cast<uint8_t>(f('N') << 4 | f('n')); }
inline uint8_t vm(const Fields& f) { return static_cast<uint8_t>(f('M') << 4 | f('m')); }

inline bool odd(uint8_t number) { return (number & 1) != 0; }

/// Emits the handler; nullptr: the element size does not exist for the instruction, UNDEFINED.
inline void emit(Translator& t, Handler handler, Regs regs, uint32_t imm = 0) {
    if (handler == nullptr) return t.undefined();
    t.require_simd();
    t.emit(handler, imm, regs);
}

/// d, n and m all of the size that Q says; a Q register has an even number, else UNDEFINED.
inline void three_registers(Translator& t, const Fields& f, Handler handler) {
    const Regs regs{vd(f), vn(f), vm(f)};
    if (f('Q') != 0 && odd(regs.rd | regs.rn | regs.rm)) return t.undefined();
    emit(t, handler, regs);
}
/// The same for d and m alone.
inline void two_registers(Translator& t, const Fields& f, Handler handler, uint32_t imm = 0) {
    const Regs regs{vd(f), 0, vm(f)};
    if (f('Q') != 0 && odd(regs.rd | regs.rm)) return t.undefined();
    emit(t, handler, regs, imm);
}

/// Place of a signed or unsigned element type in a list of types from the narrowest up.
template <size_t count>
Handler at(const Handler (&handlers)[count], uint32_t index) {
    return index < count ? handlers[index] : nullptr;
}

}  // namespace exysim::cpu::simd
