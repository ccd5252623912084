#include "models/cpu/load_store_multiple.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <span>

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

/// How the registers of a list lie in the register file: next to each other, as one piece of memory, or not.
enum class List { adjacent, scattered };

/// Fewer than four count as scattered: a loop over them is cheaper than a copy.
List kind_of(uint32_t list) {
    const uint32_t from_bit_0 = list >> std::countr_zero(list);
    return from_bit_0 > 0b111 && (from_bit_0 & (from_bit_0 + 1)) == 0 ? List::adjacent : List::scattered;
}

[[gnu::always_inline]] inline uint32_t bytes_of(const Op* op) { return op->rm & ~1U; }
[[gnu::always_inline]] inline uint32_t* first_register(Core& core, uint32_t list) {
    return &core.r[static_cast<unsigned>(std::countr_zero(list))];
}
/// All registers of an operation, which are adjacent.
[[gnu::always_inline]] inline std::span<uint32_t> registers(Core& core, const Op* op) {
    return {first_register(core, op->imm), bytes_of(op) / 4};
}

template <List how>
[[gnu::always_inline]] inline void load_all(Core& core, const uint8_t* host, const Op* op) {
    if constexpr (how == List::scattered) return load_run(core, host, op->imm);
    std::memcpy(first_register(core, op->imm), host, bytes_of(op));
}
template <List how>
[[gnu::always_inline]] inline void store_all(Core& core, uint8_t* host, const Op* op) {
    if constexpr (how == List::scattered) return store_run(core, host, op->imm);
    std::memcpy(host, first_register(core, op->imm), bytes_of(op));
}

/// Word by word: another page, a device, or a fault. Where the first word was only a miss, the rest is a run.
[[gnu::noinline]] bool load_scattered(Core& core, uint32_t start, const Op* op) {
    const uint32_t rest = op->imm & (op->imm - 1);
    const auto first = core.load_aligned(start);
    if (!first.ok) return false;
    *first_register(core, op->imm) = first.value;
    if (const uint8_t* host = core.read_run(start + 4, bytes_of(op) - 4)) {
        load_run(core, host, rest);
        return true;
    }
    return each(rest, [&](unsigned n, uint32_t place) {
        const auto word = core.load_aligned(start + 4 + 4 * place);
        if (word.ok) core.r[n] = word.value;
        return word.ok;
    });
}

[[gnu::noinline]] bool store_scattered(Core& core, uint32_t start, const Op* op) {
    std::array<uint32_t, 16> words;
    each(op->imm, [&](unsigned n, uint32_t place) {
        words[place] = core.r[n];
        return true;
    });
    return core.store_words(start, {words.data(), bytes_of(op) / 4});
}

template <List how>
[[gnu::always_inline]] inline bool load_slowly(Core& core, uint32_t start, const Op* op) {
    if constexpr (how == List::adjacent) return core.load_words(start, registers(core, op));
    return load_scattered(core, start, op);
}
template <List how>
[[gnu::always_inline]] inline bool store_slowly(Core& core, uint32_t start, const Op* op) {
    if constexpr (how == List::adjacent) return core.store_words(start, registers(core, op));
    return store_scattered(core, start, op);
}

template <List how>
Op* load_multiple(Core& core, Op* op) {
    const uint32_t base = core.r[op->rn];
    const uint32_t start = base + words(op->rd);
    if (const uint8_t* host = core.read_run(start, bytes_of(op))) [[likely]] {
        load_all<how>(core, host, op);
    } else if (!load_slowly<how>(core, start, op)) {
        core.r[op->rn] = base;  // which may have been loaded before the fault
        return core.abort(op);
    }
    if ((op->rm & 1) != 0) core.r[op->rn] = base + words(op->rs);
    return next(core, op);
}

template <List how>
Op* store_multiple(Core& core, Op* op) {
    const uint32_t base = core.r[op->rn];
    const uint32_t start = base + words(op->rd);
    if (uint8_t* host = core.write_run(start, bytes_of(op))) [[likely]] {
        store_all<how>(core, host, op);
    } else if (!store_slowly<how>(core, start, op)) {
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

Handler load_handler(uint32_t list) {
    return kind_of(list) == List::adjacent ? &load_multiple<List::adjacent> : &load_multiple<List::scattered>;
}
Handler store_handler(uint32_t list) {
    return kind_of(list) == List::adjacent ? &store_multiple<List::adjacent>
                                           : &store_multiple<List::scattered>;
}

bool contains(uint32_t list, uint32_t n) { return (list >> n & 1) != 0; }

}  // namespace

Block4 block_mode(const Fields& f) {
    if (f('U') != 0) return f('P') != 0 ? Block4::ib : Block4::ia;
    return f('P') != 0 ? Block4::db : Block4::da;
}

void emit_ldm(Translator& t, Block4 mode, bool write_back, uint32_t rn, uint32_t list) {
    if (rn == 15 || list == 0 || (write_back && contains(list, rn))) return t.unpredictable();
    emit_multiple(t, load_handler(list), mode, write_back, rn, list);
    if (contains(list, 15)) t.branch_to_r15_exchanging();
}

void emit_stm(Translator& t, Block4 mode, bool write_back, uint32_t rn, uint32_t list) {
    if (rn == 15 || list == 0) return t.unpredictable();
    if (contains(list, 15)) t.source(15);
    emit_multiple(t, store_handler(list), mode, write_back, rn, list);
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
    emit_multiple(t, load_handler(list), block_mode(f), f('W') != 0, f('n'), list);
    emit_exception_return(t, &return_to_r15);
}

void ldm_t16(Translator& t, const Fields& f) {
    emit_ldm(t, Block4::ia, !contains(f('r'), f('n')), f('n'), f('r'));
}
void stm_t16(Translator& t, const Fields& f) { emit_stm(t, Block4::ia, true, f('n'), f('r')); }
void push_t16(Translator& t, const Fields& f) { emit_stm(t, Block4::db, true, 13, f('r') | f('M') << 14); }
void pop_t16(Translator& t, const Fields& f) { emit_ldm(t, Block4::ia, true, 13, f('r') | f('P') << 15); }

}  // namespace exysim::cpu
