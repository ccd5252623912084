// Single loads and stores. Fields: n = base, t = data register (u = second of a pair), P, U, W = addressing,
// i = offset, m and y (type), v (amount) = register offset.
#pragma once

#include "models/cpu/translator.hpp"

namespace exysim::cpu {

enum class Transfer : uint8_t { ldr, ldrb, ldrsb, ldrh, ldrsh, str, strb, strh };
enum class Index : uint8_t { offset, pre, post };

/// [rn, #offset] and its write-back forms; rn = 15 is the literal form.
void emit_transfer(Translator& t, Transfer kind, Index index, uint32_t rt, uint32_t rn, int32_t offset);
/// [rn, +/-rm shifted].
void emit_transfer(Translator& t, Transfer kind, Index index, uint32_t rt, uint32_t rn, bool add, uint32_t rm,
                   uint32_t type, uint32_t imm5);
/// LDRT, STRT and their like: as user mode. Offset from a register if `rm` is below 16.
void emit_unprivileged(Translator& t, Transfer kind, Index index, uint32_t rt, uint32_t rn, int32_t offset);

/// P and W bits to the index mode (P=0 W=1 is the unprivileged form and has rows of its own).
Index index_mode(uint32_t p, uint32_t w);

template <Transfer kKind>
void transfer_immediate(Translator& t, const Fields& f) {  // A32 and T32 with P, U, W
    const auto offset = static_cast<int32_t>(f('i'));
    emit_transfer(t, kKind, index_mode(f('P'), f('W')), f('t'), f('n'), f('U') != 0 ? offset : -offset);
}
template <Transfer kKind>
void transfer_register(Translator& t, const Fields& f) {
    emit_transfer(t, kKind, index_mode(f('P'), f('W')), f('t'), f('n'), f('U') != 0, f('m'), f('y'), f('v'));
}
template <Transfer kKind>
void transfer_shifted(Translator& t, const Fields& f) {  // [rn, rm, LSL #v]
    emit_transfer(t, kKind, Index::offset, f('t'), f('n'), true, f('m'), 0, f('v'));
}
template <Transfer kKind>
void transfer_unprivileged_immediate(Translator& t, const Fields& f) {  // A32, post-indexed
    const auto offset = static_cast<int32_t>(f('i'));
    emit_unprivileged(t, kKind, Index::post, f('t'), f('n'), f('U') != 0 ? offset : -offset);
}
void emit_unprivileged_register(Translator& t, Transfer kind, const Fields& f);
template <Transfer kKind>
void transfer_unprivileged_register(Translator& t, const Fields& f) {  // A32, post-indexed
    emit_unprivileged_register(t, kKind, f);
}
/// T16 [rn, #i * size]; the table's pattern ends the offset with the scaling.
template <Transfer kKind, uint32_t kScale>
void transfer_scaled(Translator& t, const Fields& f) {
    emit_transfer(t, kKind, Index::offset, f('t'), f('n'), static_cast<int32_t>(f('i') * kScale));
}
template <Transfer kKind>
void transfer_stack(Translator& t, const Fields& f) {  // T16 [sp, #i * 4]
    emit_transfer(t, kKind, Index::offset, f('t'), 13, static_cast<int32_t>(f('i') * 4));
}
void load_literal_t16(Translator& t, const Fields& f);

void ldrd_immediate(Translator& t, const Fields& f);  ///< A32: u is t + 1
void strd_immediate(Translator& t, const Fields& f);
void ldrd_register(Translator& t, const Fields& f);
void strd_register(Translator& t, const Fields& f);
void emit_pair_t32(Translator& t, const Fields& f, bool store, Index index);  ///< t, u, n, U, i in words

/// PLD and PLDW: [rn, #offset]; [rn, rm] shifted by type and imm5.
void emit_preload(Translator& t, uint32_t rn, int32_t offset);
void emit_preload(Translator& t, uint32_t rn, bool add, uint32_t rm, uint32_t type, uint32_t imm5);
void preload_immediate(Translator& t, const Fields& f);
void preload_register(Translator& t, const Fields& f);
void preload_code(Translator& t, const Fields& f);  ///< PLI: no effect

}  // namespace exysim::cpu
