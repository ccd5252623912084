// Data processing: the sixteen ALU operations (and T32's ORN), moves, shifts, wide immediates.
#pragma once

#include "models/cpu/arithmetic.hpp"
#include "models/cpu/translator.hpp"

namespace exysim::cpu {

/// A32's opcode field in bits 24-21; ORN exists in T32 only.
enum class Alu : uint8_t {
    and_,
    eor,
    sub,
    rsb,
    add,
    adc,
    sbc,
    rsc,
    tst,
    teq,
    cmp,
    cmn,
    orr,
    mov,
    bic,
    mvn,
    orn
};

enum class Flags : uint8_t { keep, set };

/// rd = rn OP imm. `imm.carry` is what a logical operation with Flags::set leaves in C.
void emit_alu(Translator& t, Alu alu, Flags flags, uint32_t rd, uint32_t rn, Shifted imm);
/// rd = rn OP (rm shifted by an immediate); amount as encoded (0 means 32 for LSR and ASR, RRX for ROR).
void emit_alu(Translator& t, Alu alu, Flags flags, uint32_t rd, uint32_t rn, uint32_t rm, Shift type,
              uint32_t imm5);
/// rd = rn OP (rm shifted by the low byte of rs).
void emit_alu_by_register(Translator& t, Alu alu, Flags flags, uint32_t rd, uint32_t rn, uint32_t rm,
                          Shift type, uint32_t rs);
/// Emits scratch = rm shifted as encoded and returns the register that holds it (rm itself if there is no
/// shift).
uint8_t emit_shift(Translator& t, uint32_t rm, Shift type, uint32_t imm5);

// A32 rows: fields n, d, S and i, or m, t (type), v (amount), or s (shift register).
template <Alu kAlu>
void a32_immediate(Translator& t, const Fields& f) {
    const auto flags = static_cast<Flags>(f('S'));
    emit_alu(t, kAlu, flags, f('d'), f('n'), expand_a32(f('i')));
}
template <Alu kAlu>
void a32_shifted(Translator& t, const Fields& f) {
    const auto flags = static_cast<Flags>(f('S'));
    emit_alu(t, kAlu, flags, f('d'), f('n'), f('m'), static_cast<Shift>(f('t')), f('v'));
}
template <Alu kAlu>
void a32_by_register(Translator& t, const Fields& f) {
    if (f('d') == 15 || f('n') == 15 || f('m') == 15 || f('s') == 15) return t.unpredictable();
    const auto flags = static_cast<Flags>(f('S'));
    emit_alu_by_register(t, kAlu, flags, f('d'), f('n'), f('m'), static_cast<Shift>(f('t')), f('s'));
}
// The comparisons have no S bit and no destination.
template <Alu kAlu>
void a32_compare_immediate(Translator& t, const Fields& f) {
    emit_alu(t, kAlu, Flags::set, 0, f('n'), expand_a32(f('i')));
}
template <Alu kAlu>
void a32_compare_shifted(Translator& t, const Fields& f) {
    emit_alu(t, kAlu, Flags::set, 0, f('n'), f('m'), static_cast<Shift>(f('t')), f('v'));
}
template <Alu kAlu>
void a32_compare_by_register(Translator& t, const Fields& f) {
    if (f('n') == 15 || f('m') == 15 || f('s') == 15) return t.unpredictable();
    emit_alu_by_register(t, kAlu, Flags::set, 0, f('n'), f('m'), static_cast<Shift>(f('t')), f('s'));
}

// T32 rows: the same with T32's immediates.
template <Alu kAlu>
void t32_immediate(Translator& t, const Fields& f) {
    emit_alu(t, kAlu, static_cast<Flags>(f('S')), f('d'), f('n'), expand_t32(f('i')));
}
template <Alu kAlu>
void t32_compare_immediate(Translator& t, const Fields& f) {
    emit_alu(t, kAlu, Flags::set, 0, f('n'), expand_t32(f('i')));
}

template <Alu kAlu>
void t32_shifted(Translator& t, const Fields& f) {
    const auto flags = static_cast<Flags>(f('S'));
    emit_alu(t, kAlu, flags, f('d'), f('n'), f('m'), static_cast<Shift>(f('t')), f('v'));
}
template <Alu kAlu>
void t32_compare_shifted(Translator& t, const Fields& f) {
    emit_alu(t, kAlu, Flags::set, 0, f('n'), f('m'), static_cast<Shift>(f('t')), f('v'));
}

void emit_movw(Translator& t, uint32_t rd, uint32_t imm16);
void emit_movt(Translator& t, uint32_t rd, uint32_t imm16);
void movw(Translator& t, const Fields& f);     ///< d, i
void movt(Translator& t, const Fields& f);     ///< d, i
void adr_add(Translator& t, const Fields& f);  ///< d, i: T16 and T32
void adr_sub(Translator& t, const Fields& f);
void add_plain(Translator& t, const Fields& f);              ///< ADDW: d, n, i unmodified
void sub_plain(Translator& t, const Fields& f);              ///< SUBW
void shift_by_register_t32(Translator& t, const Fields& f);  ///< d, n, m, t, S

}  // namespace exysim::cpu
