#include "models/cpu/branch_decode.hpp"

#include "models/cpu/arithmetic.hpp"
#include "models/cpu/branch.hpp"
#include "models/cpu/control_ops.hpp"

namespace exysim::cpu {

namespace {

/// The J1 and J2 bits of T32 branches: I = NOT(J EOR S).
uint32_t wide_offset(const Fields& f) {
    const uint32_t s = f('S');
    const uint32_t i1 = (f('j') ^ s ^ 1) & 1, i2 = (f('k') ^ s ^ 1) & 1;
    return sign_extend(s << 24 | i1 << 23 | i2 << 22 | f('i') << 1, 25);
}

void emit_call(Translator& t, uint32_t target) {
    t.emit(&branch_link, t.following() | (t.thumb() ? 1 : 0));
    t.emit_link(target);
    t.end();
}

/// BLX to the other instruction set: LR, then an exchanging jump by the jump cache.
void emit_exchanging_call(Translator& t, uint32_t target) {
    t.emit(&set_register, t.following() | (t.thumb() ? 1 : 0), {.rd = 14});
    t.emit(&set_register, target, {.rd = kScratch});
    t.emit(&branch_exchange, 0, {.rm = kScratch});
    t.end();
}

template <class T>
Op* table_branch(Core& core, Op* op) {
    const uint32_t index = core.r[op->rm] * sizeof(T);
    const auto entry = core.load<T>(core.r[op->rn] + index);
    if (!entry.ok) [[unlikely]]
        return core.abort(op);
    return jump(core, (op->imm + 2U * entry.value) | 1);
}

void emit_table_branch(Translator& t, const Fields& f, Handler handler) {
    if (f('m') == 13 || f('m') == 15 || f('n') == 13) return t.unpredictable();
    const uint8_t rn = t.source(f('n'));
    t.emit(handler, t.pc(), {.rn = rn, .rm = static_cast<uint8_t>(f('m'))});
    t.end();
}

void emit_compare_branch(Translator& t, const Fields& f, Handler handler) {
    t.emit(handler, 0, {.rn = static_cast<uint8_t>(f('n'))});
    t.emit_link(t.pc() + 2 * f('i'));
    t.emit_link(t.following());
    t.end();
}

}  // namespace

void b_a32(Translator& t, const Fields& f) {
    t.branch(t.take_condition(), t.pc() + sign_extend(f('i') << 2, 26));
}
void bl_a32(Translator& t, const Fields& f) { emit_call(t, t.pc() + sign_extend(f('i') << 2, 26)); }
void blx_a32(Translator& t, const Fields& f) {
    emit_exchanging_call(t, (t.pc() + (sign_extend(f('i') << 2, 26) | f('H') << 1)) | 1);
}

void b_conditional_t16(Translator& t, const Fields& f) {
    if (t.in_it_block()) return t.unpredictable();
    t.branch(f('c'), t.pc() + sign_extend(f('i') << 1, 9));
}
void b_t16(Translator& t, const Fields& f) {
    t.branch(t.take_condition(), t.pc() + sign_extend(f('i') << 1, 12));
}
void b_conditional_t32(Translator& t, const Fields& f) {
    if (f('c') >= kAlways) return t.undefined();
    if (t.in_it_block()) return t.unpredictable();
    t.branch(f('c'), t.pc() + sign_extend(f('S') << 20 | f('k') << 19 | f('j') << 18 | f('i') << 1, 21));
}
void b_t32(Translator& t, const Fields& f) { t.branch(t.take_condition(), t.pc() + wide_offset(f)); }
void bl_t32(Translator& t, const Fields& f) { emit_call(t, t.pc() + wide_offset(f)); }
void blx_t32(Translator& t, const Fields& f) {
    emit_exchanging_call(t, (t.aligned_pc() + wide_offset(f)) & ~3U);
}

void bx(Translator& t, const Fields& f) {
    const uint8_t rm = t.source(f('m'));
    t.emit(&branch_exchange, 0, {.rm = rm});
    t.end();
}

void blx_register(Translator& t, const Fields& f) {
    if (f('m') == 15) return t.unpredictable();
    t.emit(&branch_link_exchange, t.following() | (t.thumb() ? 1 : 0), {.rm = static_cast<uint8_t>(f('m'))});
    t.end();
}

void cbz(Translator& t, const Fields& f) { emit_compare_branch(t, f, &branch_if_zero); }
void cbnz(Translator& t, const Fields& f) { emit_compare_branch(t, f, &branch_if_not_zero); }
void table_branch_byte(Translator& t, const Fields& f) { emit_table_branch(t, f, &table_branch<uint8_t>); }
void table_branch_half(Translator& t, const Fields& f) { emit_table_branch(t, f, &table_branch<uint16_t>); }

void if_then(Translator& t, const Fields& f) {
    if (t.in_it_block() || f('c') == 15) return t.unpredictable();
    t.start_it_block(static_cast<uint8_t>(f('c') << 4 | f('m')));
}

}  // namespace exysim::cpu
