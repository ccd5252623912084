#include "models/cpu/multiply.hpp"

#include "models/cpu/core.hpp"

namespace exysim::cpu {

namespace {

constexpr int32_t half(uint32_t word, bool top) { return static_cast<int16_t>(top ? word >> 16 : word); }
constexpr uint32_t swap_halves(uint32_t word) { return word << 16 | word >> 16; }
constexpr int64_t product(uint32_t a, uint32_t b) {
    return int64_t{static_cast<int32_t>(a)} * static_cast<int32_t>(b);
}

/// Low 32 bits of a sum; sets Q if it does not fit in a signed word (SMLAxy and its like).
uint32_t sticky(Core& core, int64_t sum) {
    if (sum != static_cast<int32_t>(sum)) core.q = 1;
    return static_cast<uint32_t>(sum);
}

/// rd = kFunction(core, rn, rm, ra); kSet sets N and Z.
template <auto kFunction, bool kSet = false>
Op* to_word(Core& core, Op* op) {
    const uint32_t result = kFunction(core, core.r[op->rn], core.r[op->rm], core.r[op->rs]);
    core.r[op->rd] = result;
    if constexpr (kSet) core.set_nz(result);
    return next(core, op);
}

/// rs:rd = kFunction(rn, rm, rs:rd).
template <auto kFunction, bool kSet = false>
Op* to_long(Core& core, Op* op) {
    const uint64_t before = uint64_t{core.r[op->rs]} << 32 | core.r[op->rd];
    const uint64_t result = kFunction(core.r[op->rn], core.r[op->rm], before);
    core.r[op->rd] = static_cast<uint32_t>(result);
    core.r[op->rs] = static_cast<uint32_t>(result >> 32);
    if constexpr (kSet) {
        core.nf = static_cast<uint32_t>(result >> 32);
        core.zf = result == 0 ? 0 : 1;
    }
    return next(core, op);
}

uint32_t multiply(Core&, uint32_t n, uint32_t m, uint32_t) { return n * m; }
uint32_t multiply_add(Core&, uint32_t n, uint32_t m, uint32_t a) { return a + n * m; }
uint32_t multiply_subtract(Core&, uint32_t n, uint32_t m, uint32_t a) { return a - n * m; }
template <bool kN, bool kM>
uint32_t halves(Core&, uint32_t n, uint32_t m, uint32_t) {
    return static_cast<uint32_t>(half(n, kN) * half(m, kM));
}
template <bool kN, bool kM>
uint32_t halves_add(Core& core, uint32_t n, uint32_t m, uint32_t a) {
    return sticky(core, int64_t{half(n, kN) * half(m, kM)} + static_cast<int32_t>(a));
}
template <bool kM>
uint32_t word_by_half(Core&, uint32_t n, uint32_t m, uint32_t) {
    return static_cast<uint32_t>(int64_t{static_cast<int32_t>(n)} * half(m, kM) >> 16);
}
template <bool kM>
uint32_t word_by_half_add(Core& core, uint32_t n, uint32_t m, uint32_t a) {
    const int64_t top = int64_t{static_cast<int32_t>(n)} * half(m, kM) >> 16;
    return sticky(core, top + static_cast<int32_t>(a));
}
/// Both halves: sum (or difference) of the two products, plus the addend.
template <bool kSubtract, bool kExchange>
int64_t dual(uint32_t n, uint32_t m) {
    const uint32_t other = kExchange ? swap_halves(m) : m;
    const int64_t low = int64_t{half(n, false)} * half(other, false);
    const int64_t high = int64_t{half(n, true)} * half(other, true);
    return kSubtract ? low - high : low + high;
}
template <bool kSubtract, bool kExchange, bool kAdd>
uint32_t dual_word(Core& core, uint32_t n, uint32_t m, uint32_t a) {
    return sticky(core, dual<kSubtract, kExchange>(n, m) + (kAdd ? static_cast<int32_t>(a) : 0));
}
template <bool kSubtract, bool kExchange>
uint64_t dual_long(uint32_t n, uint32_t m, uint64_t a) {
    return a + static_cast<uint64_t>(dual<kSubtract, kExchange>(n, m));
}
enum class Top : uint8_t { none, add, subtract };
template <Top kTop, bool kRound>
uint32_t top_word(Core&, uint32_t n, uint32_t m, uint32_t a) {
    const auto wide = static_cast<uint64_t>(product(n, m));
    const uint64_t base = kTop == Top::none ? 0 : uint64_t{a} << 32;
    const uint64_t sum = kTop == Top::subtract ? base - wide : base + wide;
    return static_cast<uint32_t>((sum + (kRound ? 0x8000'0000U : 0U)) >> 32);
}

uint64_t unsigned_long(uint32_t n, uint32_t m, uint64_t) { return uint64_t{n} * m; }
uint64_t unsigned_long_add(uint32_t n, uint32_t m, uint64_t a) { return a + uint64_t{n} * m; }
uint64_t unsigned_double_add(uint32_t n, uint32_t m, uint64_t a) {
    return uint64_t{n} * m + (a >> 32) + (a & 0xFFFF'FFFF);
}
uint64_t signed_long(uint32_t n, uint32_t m, uint64_t) { return static_cast<uint64_t>(product(n, m)); }
uint64_t signed_long_add(uint32_t n, uint32_t m, uint64_t a) {
    return a + static_cast<uint64_t>(product(n, m));
}
template <bool kN, bool kM>
uint64_t halves_long(uint32_t n, uint32_t m, uint64_t a) {
    return a + static_cast<uint64_t>(int64_t{half(n, kN) * half(m, kM)});
}

Regs word_regs(const Fields& f) {
    return {.rd = static_cast<uint8_t>(f('d')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(f('m')),
            .rs = static_cast<uint8_t>(f('a'))};
}
Regs long_regs(const Fields& f) {
    return {.rd = static_cast<uint8_t>(f('l')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(f('m')),
            .rs = static_cast<uint8_t>(f('d'))};
}

void emit_word(Translator& t, const Fields& f, Handler handler) {
    const Regs regs = word_regs(f);
    if (regs.rd == 15 || regs.rn == 15 || regs.rm == 15 || regs.rs == 15) return t.unpredictable();
    t.emit(handler, 0, regs);
}
void emit_long(Translator& t, const Fields& f, Handler handler) {
    const Regs regs = long_regs(f);
    if (regs.rd == 15 || regs.rn == 15 || regs.rm == 15 || regs.rs == 15) return t.unpredictable();
    if (regs.rd == regs.rs) return t.unpredictable();
    t.emit(handler, 0, regs);
}

/// Chooses among four instances by two field bits.
template <class Table>
Handler choose(const Table& table, uint32_t high, uint32_t low) {
    return table[high << 1 | low];
}

}  // namespace

void mul(Translator& t, const Fields& f) {
    emit_word(t, f, f('S') != 0 ? &to_word<multiply, true> : &to_word<multiply>);
}
void mla(Translator& t, const Fields& f) {
    emit_word(t, f, f('S') != 0 ? &to_word<multiply_add, true> : &to_word<multiply_add>);
}
void mls(Translator& t, const Fields& f) { emit_word(t, f, &to_word<multiply_subtract>); }
void umull(Translator& t, const Fields& f) {
    emit_long(t, f, f('S') != 0 ? &to_long<unsigned_long, true> : &to_long<unsigned_long>);
}
void umlal(Translator& t, const Fields& f) {
    emit_long(t, f, f('S') != 0 ? &to_long<unsigned_long_add, true> : &to_long<unsigned_long_add>);
}
void umaal(Translator& t, const Fields& f) { emit_long(t, f, &to_long<unsigned_double_add>); }
void smull(Translator& t, const Fields& f) {
    emit_long(t, f, f('S') != 0 ? &to_long<signed_long, true> : &to_long<signed_long>);
}
void smlal(Translator& t, const Fields& f) {
    emit_long(t, f, f('S') != 0 ? &to_long<signed_long_add, true> : &to_long<signed_long_add>);
}

void smul_xy(Translator& t, const Fields& f) {
    static constexpr Handler kTable[]{&to_word<halves<false, false>>, &to_word<halves<false, true>>,
                                      &to_word<halves<true, false>>, &to_word<halves<true, true>>};
    emit_word(t, f, choose(kTable, f('N'), f('M')));
}
void smla_xy(Translator& t, const Fields& f) {
    static constexpr Handler kTable[]{&to_word<halves_add<false, false>>, &to_word<halves_add<false, true>>,
                                      &to_word<halves_add<true, false>>, &to_word<halves_add<true, true>>};
    emit_word(t, f, choose(kTable, f('N'), f('M')));
}
void smulw_y(Translator& t, const Fields& f) {
    emit_word(t, f, f('M') != 0 ? &to_word<word_by_half<true>> : &to_word<word_by_half<false>>);
}
void smlaw_y(Translator& t, const Fields& f) {
    emit_word(t, f, f('M') != 0 ? &to_word<word_by_half_add<true>> : &to_word<word_by_half_add<false>>);
}
void smlal_xy(Translator& t, const Fields& f) {
    static constexpr Handler kTable[]{&to_long<halves_long<false, false>>, &to_long<halves_long<false, true>>,
                                      &to_long<halves_long<true, false>>, &to_long<halves_long<true, true>>};
    emit_long(t, f, choose(kTable, f('N'), f('M')));
}

void smuad(Translator& t, const Fields& f) {
    emit_word(
        t, f,
        f('M') != 0 ? &to_word<dual_word<false, true, false>> : &to_word<dual_word<false, false, false>>);
}
void smlad(Translator& t, const Fields& f) {
    emit_word(t, f,
              f('M') != 0 ? &to_word<dual_word<false, true, true>> : &to_word<dual_word<false, false, true>>);
}
void smusd(Translator& t, const Fields& f) {
    emit_word(t, f,
              f('M') != 0 ? &to_word<dual_word<true, true, false>> : &to_word<dual_word<true, false, false>>);
}
void smlsd(Translator& t, const Fields& f) {
    emit_word(t, f,
              f('M') != 0 ? &to_word<dual_word<true, true, true>> : &to_word<dual_word<true, false, true>>);
}
void smlald(Translator& t, const Fields& f) {
    emit_long(t, f, f('M') != 0 ? &to_long<dual_long<false, true>> : &to_long<dual_long<false, false>>);
}
void smlsld(Translator& t, const Fields& f) {
    emit_long(t, f, f('M') != 0 ? &to_long<dual_long<true, true>> : &to_long<dual_long<true, false>>);
}
void smmul(Translator& t, const Fields& f) {
    emit_word(t, f, f('R') != 0 ? &to_word<top_word<Top::none, true>> : &to_word<top_word<Top::none, false>>);
}
void smmla(Translator& t, const Fields& f) {
    emit_word(t, f, f('R') != 0 ? &to_word<top_word<Top::add, true>> : &to_word<top_word<Top::add, false>>);
}
void smmls(Translator& t, const Fields& f) {
    emit_word(
        t, f,
        f('R') != 0 ? &to_word<top_word<Top::subtract, true>> : &to_word<top_word<Top::subtract, false>>);
}

}  // namespace exysim::cpu
