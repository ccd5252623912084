#include "models/cpu/load_store_multiple.hpp"

#include <array>
#include <bit>

#include "models/cpu/core.hpp"
#include "models/cpu/system.hpp"

namespace exysim::cpu {

namespace {

// Operation: imm = register list; rn = base; rd = what to add to the base for the lowest address, rs = for
// the written-back base, both signed and in words; rm = bytes of all registers, plus 1 if the base is written
// back.

[[gnu::always_inline]] inline uint32_t words(uint8_t signed_words) {
    return static_cast<uint32_t>(static_cast<int8_t>(signed_words)) * 4;
}

/// Calls use(register, place) for the registers of the list with ascending places; stops when `use` returns
/// false.
template <class Use>
[[gnu::always_inline]] inline bool each(uint32_t list, Use use) {
    for (uint32_t place = 0; list != 0; list &= list - 1, ++place) {
        if (!use(static_cast<unsigned>(std::countr_zero(list)), place)) return false;
    }
    return true;
}

/// The registers of the list from `host` on, one word each.
[[gnu::always_inline]] inline void load_run(Core& core, const uint8_t* host, uint32_t list) {
    for (; list != 0; list &= list - 1, host += 4)
        core.r[static_cast<unsigned>(std::countr_zero(list))] = read_host<uint32_t>(host);
}
[[gnu::always_inline]] inline void store_run(Core& core, uint8_t* host, uint32_t list) {
    for (; list != 0; list &= list - 1, host += 4)
        write_host(host, core.r[static_cast<unsigned>(std::countr_zero(list))]);
}

/// Word by word: another page, a device, or a fault. The base keeps its value on a fault. Where the first
/// word was only a miss, the rest is a run.
bool load_slowly(Core& core, uint32_t start, uint32_t list, uint32_t rn) {
    if (list == 0) return true;
    const uint32_t base = core.r[rn];
    const auto first = core.load_aligned(start);
    if (!first.ok) return false;
    core.r[static_cast<unsigned>(std::countr_zero(list))] = first.value;
    const uint32_t rest = list & (list - 1), bytes = 4 * static_cast<uint32_t>(std::popcount(rest));
    if (const uint8_t* host = core.read_run(start + 4, bytes)) {
        load_run(core, host, rest);
        return true;
    }
    const bool ok = each(rest, [&](unsigned n, uint32_t place) {
        const auto word = core.load_aligned(start + 4 + 4 * place);
        if (word.ok) core.r[n] = word.value;
        return word.ok;
    });
    if (!ok) core.r[rn] = base;
    return ok;
}

bool store_slowly(Core& core, uint32_t start, uint32_t list) {
    std::array<uint32_t, 16> words;
    const auto count = static_cast<size_t>(std::popcount(list));
    each(list, [&](unsigned n, uint32_t place) {
        words[place] = core.r[n];
        return true;
    });
    return core.store_words(start, {words.data(), count});
}

Op* load_multiple(Core& core, Op* op) {
    const uint32_t base = core.r[op->rn];
    const uint32_t start = base + words(op->rd);
    if (const uint8_t* host = core.read_run(start, op->rm & ~1U)) [[likely]] {
        load_run(core, host, op->imm);
    } else if (!load_slowly(core, start, op->imm, op->rn)) {
        return core.abort(op);
    }
    if ((op->rm & 1) != 0) core.r[op->rn] = base + words(op->rs);
    return next(core, op);
}

Op* store_multiple(Core& core, Op* op) {
    const uint32_t base = core.r[op->rn];
    const uint32_t start = base + words(op->rd);
    if (uint8_t* host = core.write_run(start, op->rm & ~1U)) [[likely]] {
        store_run(core, host, op->imm);
    } else if (!store_slowly(core, start, op->imm)) {
        return core.abort(op);
    }
    if ((op->rm & 1) != 0) core.r[op->rn] = base + words(op->rs);
    return next(core, op);
}

/// LDM ^ without the PC: the registers of user mode.
Op* load_multiple_user(Core& core, Op* op) {
    if (!core.has_spsr()) return core.undefined(op);
    const uint32_t start = core.r[op->rn] + words(op->rd);
    const bool ok = each(op->imm, [&](unsigned n, uint32_t place) {
        const auto word = core.load_aligned(start + 4 * place);
        if (word.ok) core.set_user(n, word.value);
        return word.ok;
    });
    return ok ? next(core, op) : core.abort(op);
}

Op* store_multiple_user(Core& core, Op* op) {
    if (!core.has_spsr()) return core.undefined(op);
    const uint32_t start = core.r[op->rn] + words(op->rd);
    const bool ok = each(op->imm, [&](unsigned n, uint32_t place) {
        return core.store_aligned(start + 4 * place, core.user(n));
    });
    return ok ? next(core, op) : core.abort(op);
}

/// LDM ^ with the PC, last step: the PC has been loaded into r[15] like any register.
Op* return_to_r15(Core& core, Op*) { return core.exception_return(core.r[15], core.spsr()); }

Op* require_spsr(Core& core, Op* op) { return core.has_spsr() ? next(core, op) : core.undefined(op); }

Op& emit_multiple(Translator& t, Handler handler, Block4 mode, bool write_back, uint32_t rn, uint32_t list) {
    const int count = std::popcount(list);
    const bool up = mode == Block4::ia || mode == Block4::ib;
    const int first = up ? (mode == Block4::ib ? 1 : 0) : (mode == Block4::db ? -count : 1 - count);
    return t.emit(handler, list,
                  {.rd = static_cast<uint8_t>(first),
                   .rn = static_cast<uint8_t>(rn),
                   .rm = static_cast<uint8_t>(4 * count + (write_back ? 1 : 0)),
                   .rs = static_cast<uint8_t>(up ? count : -count)});
}

bool contains(uint32_t list, uint32_t n) { return (list >> n & 1) != 0; }

}  // namespace

Block4 block_mode(const Fields& f) {
    if (f('U') != 0) return f('P') != 0 ? Block4::ib : Block4::ia;
    return f('P') != 0 ? Block4::db : Block4::da;
}

void emit_ldm(Translator& t, Block4 mode, bool write_back, uint32_t rn, uint32_t list) {
    if (rn == 15 || list == 0 || (write_back && contains(list, rn))) return t.unpredictable();
    emit_multiple(t, &load_multiple, mode, write_back, rn, list);
    if (contains(list, 15)) t.branch_to_r15_exchanging();
}

void emit_stm(Translator& t, Block4 mode, bool write_back, uint32_t rn, uint32_t list) {
    if (rn == 15 || list == 0) return t.unpredictable();
    if (contains(list, 15)) t.source(15);
    emit_multiple(t, &store_multiple, mode, write_back, rn, list);
}

void ldm(Translator& t, const Fields& f) { emit_ldm(t, block_mode(f), f('W') != 0, f('n'), f('r')); }
void stm(Translator& t, const Fields& f) { emit_stm(t, block_mode(f), f('W') != 0, f('n'), f('r')); }

void ldm_user(Translator& t, const Fields& f) {
    if (f('n') == 15 || f('r') == 0) return t.unpredictable();
    emit_multiple(t, &load_multiple_user, block_mode(f), false, f('n'), f('r'));
}

void stm_user(Translator& t, const Fields& f) {
    if (f('n') == 15 || f('r') == 0) return t.unpredictable();
    if (contains(f('r'), 15)) t.source(15);
    emit_multiple(t, &store_multiple_user, block_mode(f), false, f('n'), f('r'));
}

void ldm_return(Translator& t, const Fields& f) {
    const uint32_t list = f('r') | 1U << 15;
    if (f('n') == 15 || (f('W') != 0 && contains(list, f('n')))) return t.unpredictable();
    t.emit(&require_spsr);
    emit_multiple(t, &load_multiple, block_mode(f), f('W') != 0, f('n'), list);
    emit_exception_return(t, &return_to_r15);
}

void ldm_t16(Translator& t, const Fields& f) {
    emit_ldm(t, Block4::ia, !contains(f('r'), f('n')), f('n'), f('r'));
}
void stm_t16(Translator& t, const Fields& f) { emit_stm(t, Block4::ia, true, f('n'), f('r')); }
void push_t16(Translator& t, const Fields& f) { emit_stm(t, Block4::db, true, 13, f('r') | f('M') << 14); }
void pop_t16(Translator& t, const Fields& f) { emit_ldm(t, Block4::ia, true, 13, f('r') | f('P') << 15); }

}  // namespace exysim::cpu
