// Decoding peculiar to 16-bit Thumb: two-operand forms, flags set outside IT blocks only.
#pragma once

#include "models/cpu/data_processing.hpp"
#include "models/cpu/translator.hpp"

namespace exysim::cpu {

inline Flags t16_flags(const Translator& t) { return t.in_it_block() ? Flags::keep : Flags::set; }

template <Shift kShift>
void t16_shift_immediate(Translator& t, const Fields& f) {  // d, m, v
    emit_alu(t, Alu::mov, t16_flags(t), f('d'), 0, f('m'), kShift, f('v'));
}
template <Alu kAlu>
void t16_three_registers(Translator& t, const Fields& f) {  // d, n, m
    emit_alu(t, kAlu, t16_flags(t), f('d'), f('n'), f('m'), Shift::lsl, 0);
}
template <Alu kAlu>
void t16_immediate3(Translator& t, const Fields& f) {  // d, n, i
    emit_alu(t, kAlu, t16_flags(t), f('d'), f('n'), Shifted{f('i'), -1});
}
template <Alu kAlu>
void t16_immediate8(Translator& t, const Fields& f) {  // d is the first operand too
    const Flags flags = kAlu == Alu::cmp ? Flags::set : t16_flags(t);
    emit_alu(t, kAlu, flags, f('d'), f('d'), Shifted{f('i'), -1});
}
template <Alu kAlu>
void t16_two_registers(Translator& t, const Fields& f) {  // d = d OP m
    const bool compare = kAlu == Alu::tst || kAlu == Alu::cmp || kAlu == Alu::cmn;
    emit_alu(t, kAlu, compare ? Flags::set : t16_flags(t), f('d'), f('d'), f('m'), Shift::lsl, 0);
}
template <Shift kShift>
void t16_shift_register(Translator& t, const Fields& f) {  // d = d shifted by m
    emit_alu_by_register(t, Alu::mov, t16_flags(t), f('d'), 0, f('d'), kShift, f('m'));
}
template <Alu kAlu>
void t16_high_registers(Translator& t,
                        const Fields& f) {  // d (four bits), m: any register, flags only for CMP
    emit_alu(t, kAlu, kAlu == Alu::cmp ? Flags::set : Flags::keep, f('d'), f('d'), f('m'), Shift::lsl, 0);
}

void t16_negate(Translator& t, const Fields& f);        ///< RSB d, n, #0
void t16_multiply(Translator& t, const Fields& f);      ///< d = n * d
void t16_add_sp(Translator& t, const Fields& f);        ///< d = SP + i * 4
void t16_adjust_sp_up(Translator& t, const Fields& f);  ///< SP += i * 4
void t16_adjust_sp_down(Translator& t, const Fields& f);
void t16_adr(Translator& t, const Fields& f);  ///< d = PC + i * 4

}  // namespace exysim::cpu
