#include "models/cpu/media.hpp"

#include <algorithm>
#include <bit>

#include "models/cpu/arithmetic.hpp"
#include "models/cpu/core.hpp"

namespace exysim::cpu {

namespace {

/// rd = kFunction(rm rotated right by rs bits), plus rn for the accumulating forms (lane by lane if k16).
template <auto kFunction, bool kAccumulate, bool k16>
Op* extend(Core& core, Op* op) {
    uint32_t value = kFunction(std::rotr(core.r[op->rm], op->rs));
    if constexpr (kAccumulate) {
        const uint32_t n = core.r[op->rn];
        value = k16 ? ((n & 0xFFFF'0000) + (value & 0xFFFF'0000)) | ((n + value) & 0xFFFF) : n + value;
    }
    core.r[op->rd] = value;
    return next(core, op);
}

uint32_t signed_byte(uint32_t x) { return sign_extend(x, 8); }
uint32_t signed_half(uint32_t x) { return sign_extend(x, 16); }
uint32_t unsigned_byte(uint32_t x) { return x & 0xFF; }
uint32_t unsigned_half(uint32_t x) { return x & 0xFFFF; }
uint32_t unsigned_bytes(uint32_t x) { return x & 0x00FF'00FF; }
uint32_t signed_bytes(uint32_t x) { return (sign_extend(x, 8) & 0xFFFF) | sign_extend(x >> 16, 8) << 16; }

template <auto kFunction, bool k16 = false>
void emit_extend(Translator& t, const Fields& f) {
    // T16's forms have neither n nor r: the letter is absent and reads as zero.
    const bool accumulate = f.width('n') != 0 && f('n') != 15;
    if (f('d') == 15 || f('m') == 15) return t.unpredictable();
    t.emit(accumulate ? &extend<kFunction, true, k16> : &extend<kFunction, false, k16>, 0,
           {.rd = static_cast<uint8_t>(f('d')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(f('m')),
            .rs = static_cast<uint8_t>(8 * f('r'))});
}

/// rd = kFunction(core, rn, rm, op): everything that is short and not on a hot path.
template <auto kFunction>
Op* compute(Core& core, Op* op) {
    core.r[op->rd] = kFunction(core, core.r[op->rn], core.r[op->rm], *op);
    return next(core, op);
}

template <auto kFunction>
void emit_compute(Translator& t, const Fields& f, uint32_t imm = 0, uint32_t rs = 0) {
    if (f('d') == 15 || f('n') == 15 || f('m') == 15) return t.unpredictable();
    t.emit(&compute<kFunction>, imm,
           {.rd = static_cast<uint8_t>(f('d')),
            .rn = static_cast<uint8_t>(f('n')),
            .rm = static_cast<uint8_t>(f('m')),
            .rs = static_cast<uint8_t>(rs)});
}

uint32_t reverse_bytes(Core&, uint32_t, uint32_t m, const Op&) { return __builtin_bswap32(m); }
uint32_t reverse_halves(Core&, uint32_t, uint32_t m, const Op&) {
    return (m & 0x00FF'00FF) << 8 | (m >> 8 & 0x00FF'00FF);
}
uint32_t reverse_signed_half(Core&, uint32_t, uint32_t m, const Op&) {
    return sign_extend((m & 0xFF) << 8 | (m >> 8 & 0xFF), 16);
}
uint32_t reverse_bits(Core&, uint32_t, uint32_t m, const Op&) {
    uint32_t x = __builtin_bswap32(m);
    x = (x & 0x0F0F'0F0F) << 4 | (x >> 4 & 0x0F0F'0F0F);
    x = (x & 0x3333'3333) << 2 | (x >> 2 & 0x3333'3333);
    return (x & 0x5555'5555) << 1 | (x >> 1 & 0x5555'5555);
}
uint32_t leading_zeros(Core&, uint32_t, uint32_t m, const Op&) {
    return static_cast<uint32_t>(std::countl_zero(m));
}

/// imm = mask of the field, rs = its lowest bit.
uint32_t insert_field(Core& core, uint32_t n, uint32_t, const Op& op) {
    return (core.r[op.rd] & ~op.imm) | (n << op.rs & op.imm);
}
uint32_t clear_field(Core& core, uint32_t, uint32_t, const Op& op) { return core.r[op.rd] & ~op.imm; }
/// rs = lowest bit, imm = how far left the field must move to sign-extend from there.
uint32_t signed_field(Core&, uint32_t n, uint32_t, const Op& op) {
    return static_cast<uint32_t>(static_cast<int32_t>(n << op.imm) >> op.rs);
}
uint32_t unsigned_field(Core&, uint32_t n, uint32_t, const Op& op) { return n >> op.rs & op.imm; }

int64_t clamp(Core& core, int64_t value, int64_t low, int64_t high) {
    const int64_t result = std::clamp(value, low, high);
    if (result != value) core.q = 1;
    return result;
}
uint32_t saturate_signed(Core& core, int64_t value, uint32_t bits) {
    const int64_t limit = int64_t{1} << (bits - 1);
    return static_cast<uint32_t>(clamp(core, value, -limit, limit - 1));
}
uint32_t saturate_unsigned(Core& core, int64_t value, uint32_t bits) {
    return static_cast<uint32_t>(clamp(core, value, 0, (int64_t{1} << bits) - 1));
}
int64_t as_signed(uint32_t x) { return static_cast<int32_t>(x); }

/// rn shifted: rs = amount, imm bit 8 = ASR; saturated to imm & 0xFF bits.
int64_t shifted(uint32_t n, const Op& op) {
    const bool right = (op.imm & 0x100) != 0;
    return static_cast<int32_t>(right ? static_cast<uint32_t>(static_cast<int32_t>(n) >> op.rs) : n << op.rs);
}
uint32_t ssat_word(Core& core, uint32_t n, uint32_t, const Op& op) {
    return saturate_signed(core, shifted(n, op), op.imm & 0xFF);
}
uint32_t usat_word(Core& core, uint32_t n, uint32_t, const Op& op) {
    return saturate_unsigned(core, shifted(n, op), op.imm & 0xFF);
}
uint32_t ssat_halves(Core& core, uint32_t n, uint32_t, const Op& op) {
    const uint32_t low = saturate_signed(core, static_cast<int16_t>(n), op.imm) & 0xFFFF;
    return low | saturate_signed(core, static_cast<int16_t>(n >> 16), op.imm) << 16;
}
uint32_t usat_halves(Core& core, uint32_t n, uint32_t, const Op& op) {
    const uint32_t low = saturate_unsigned(core, static_cast<int16_t>(n), op.imm);
    return low | saturate_unsigned(core, static_cast<int16_t>(n >> 16), op.imm) << 16;
}

// QADD rd, rm, rn: the manual's operand order.
uint32_t qadd_word(Core& core, uint32_t n, uint32_t m, const Op&) {
    return saturate_signed(core, as_signed(m) + as_signed(n), 32);
}
uint32_t qsub_word(Core& core, uint32_t n, uint32_t m, const Op&) {
    return saturate_signed(core, as_signed(m) - as_signed(n), 32);
}
uint32_t qdadd_word(Core& core, uint32_t n, uint32_t m, const Op&) {
    const uint32_t twice = saturate_signed(core, 2 * as_signed(n), 32);
    return saturate_signed(core, as_signed(m) + as_signed(twice), 32);
}
uint32_t qdsub_word(Core& core, uint32_t n, uint32_t m, const Op&) {
    const uint32_t twice = saturate_signed(core, 2 * as_signed(n), 32);
    return saturate_signed(core, as_signed(m) - as_signed(twice), 32);
}

uint32_t pack_bottom_top(Core&, uint32_t n, uint32_t m, const Op& op) {
    return (n & 0xFFFF) | (m << op.rs & 0xFFFF'0000);
}
uint32_t pack_top_bottom(Core&, uint32_t n, uint32_t m, const Op& op) {
    return (n & 0xFFFF'0000) | (shift(m, Shift::asr, op.rs).value & 0xFFFF);
}
uint32_t select_bytes(Core& core, uint32_t n, uint32_t m, const Op&) {
    uint32_t mask = 0;
    for (unsigned lane = 0; lane < 4; ++lane) mask |= (core.ge >> lane & 1) * 0xFFU << 8 * lane;
    return (n & mask) | (m & ~mask);
}
uint32_t absolute_differences(uint32_t n, uint32_t m) {
    uint32_t sum = 0;
    for (unsigned lane = 0; lane < 32; lane += 8) {
        const int a = static_cast<uint8_t>(n >> lane), b = static_cast<uint8_t>(m >> lane);
        sum += static_cast<uint32_t>(a > b ? a - b : b - a);
    }
    return sum;
}
uint32_t usad8_word(Core&, uint32_t n, uint32_t m, const Op&) { return absolute_differences(n, m); }
uint32_t usada8_word(Core& core, uint32_t n, uint32_t m, const Op& op) {
    return core.r[op.rs] + absolute_differences(n, m);
}

// --- parallel arithmetic: lane results wider than the lane, then kept, saturated or halved; GE from the wide
// result

constexpr bool is_signed(Arithmetic k) {
    return k == Arithmetic::s || k == Arithmetic::q || k == Arithmetic::sh;
}

template <Arithmetic kKind, unsigned kBits>
int32_t lane(uint32_t word, unsigned at) {
    const uint32_t bits = word >> at & ((1U << kBits) - 1);
    return is_signed(kKind) ? static_cast<int32_t>(sign_extend(bits, kBits)) : static_cast<int32_t>(bits);
}

template <Arithmetic kKind, unsigned kBits>
uint32_t finish_lane(int32_t wide) {
    constexpr int32_t kTop = 1 << kBits;
    if constexpr (kKind == Arithmetic::q) wide = std::clamp(wide, -kTop / 2, kTop / 2 - 1);
    if constexpr (kKind == Arithmetic::uq) wide = std::clamp(wide, 0, kTop - 1);
    if constexpr (kKind == Arithmetic::sh || kKind == Arithmetic::uh) wide >>= 1;
    return static_cast<uint32_t>(wide) & (kTop - 1);
}

/// GE bit of a lane: signed and unsigned differences: not negative; unsigned sums: carry.
template <Arithmetic kKind, unsigned kBits>
bool greater_equal(int32_t wide, bool sum) {
    return kKind == Arithmetic::u && sum ? wide >= 1 << kBits : wide >= 0;
}

template <Arithmetic kKind, Lanes kLanes>
Op* parallel_op(Core& core, Op* op) {
    constexpr bool k8 = kLanes == Lanes::add8 || kLanes == Lanes::sub8;
    constexpr bool kCross = kLanes == Lanes::asx || kLanes == Lanes::sax;
    constexpr unsigned kBits = k8 ? 8 : 16;
    const uint32_t n = core.r[op->rn], m = core.r[op->rm];
    uint32_t result = 0, ge = 0;
    for (unsigned at = 0; at < 32; at += kBits) {
        const bool high = at >= 16;
        const bool sum = kLanes == Lanes::add16 || kLanes == Lanes::add8 || (kLanes == Lanes::asx && high) ||
                         (kLanes == Lanes::sax && !high);
        const int32_t a = lane<kKind, kBits>(n, at), b = lane<kKind, kBits>(m, kCross ? 16 - at : at);
        const int32_t wide = sum ? a + b : a - b;
        result |= finish_lane<kKind, kBits>(wide) << at;
        if (greater_equal<kKind, kBits>(wide, sum)) ge |= (k8 ? 1U : 3U) << at / 8;
    }
    core.r[op->rd] = result;
    if constexpr (kKind == Arithmetic::s || kKind == Arithmetic::u) core.ge = ge;
    return next(core, op);
}

template <Arithmetic kKind>
Handler parallel_of(Lanes lanes) {
    switch (lanes) {
        case Lanes::add16:
            return &parallel_op<kKind, Lanes::add16>;
        case Lanes::asx:
            return &parallel_op<kKind, Lanes::asx>;
        case Lanes::sax:
            return &parallel_op<kKind, Lanes::sax>;
        case Lanes::sub16:
            return &parallel_op<kKind, Lanes::sub16>;
        case Lanes::add8:
            return &parallel_op<kKind, Lanes::add8>;
        default:
            return &parallel_op<kKind, Lanes::sub8>;
    }
}

uint32_t low_mask(uint32_t bits) { return bits >= 32 ? 0xFFFF'FFFF : (1U << bits) - 1; }

template <auto kFunction>
void emit_saturate(Translator& t, const Fields& f, uint32_t bits) {
    const bool right = f('h') != 0;
    const uint32_t amount = right && f('v') == 0 ? 31 : f('v');  // ASR #32 gives the same as ASR #31
    emit_compute<kFunction>(t, f, bits | (right ? 0x100U : 0U), amount);
}

}  // namespace

void sxtb(Translator& t, const Fields& f) { emit_extend<signed_byte>(t, f); }
void sxth(Translator& t, const Fields& f) { emit_extend<signed_half>(t, f); }
void sxtb16(Translator& t, const Fields& f) { emit_extend<signed_bytes, true>(t, f); }
void uxtb(Translator& t, const Fields& f) { emit_extend<unsigned_byte>(t, f); }
void uxth(Translator& t, const Fields& f) { emit_extend<unsigned_half>(t, f); }
void uxtb16(Translator& t, const Fields& f) { emit_extend<unsigned_bytes, true>(t, f); }

void rev(Translator& t, const Fields& f) { emit_compute<reverse_bytes>(t, f); }
void rev16(Translator& t, const Fields& f) { emit_compute<reverse_halves>(t, f); }
void revsh(Translator& t, const Fields& f) { emit_compute<reverse_signed_half>(t, f); }
void rbit(Translator& t, const Fields& f) { emit_compute<reverse_bits>(t, f); }
void clz(Translator& t, const Fields& f) { emit_compute<leading_zeros>(t, f); }

void bfi(Translator& t, const Fields& f) {
    if (f('w') < f('l')) return t.unpredictable();
    emit_compute<insert_field>(t, f, low_mask(f('w') - f('l') + 1) << f('l'), f('l'));
}
void bfc(Translator& t, const Fields& f) {
    if (f('w') < f('l')) return t.unpredictable();
    emit_compute<clear_field>(t, f, low_mask(f('w') - f('l') + 1) << f('l'));
}
void sbfx(Translator& t, const Fields& f) {
    if (f('l') + f('w') > 31) return t.unpredictable();
    emit_compute<signed_field>(t, f, 31 - f('w') - f('l'), 31 - f('w'));
}
void ubfx(Translator& t, const Fields& f) {
    if (f('l') + f('w') > 31) return t.unpredictable();
    emit_compute<unsigned_field>(t, f, low_mask(f('w') + 1), f('l'));
}

void ssat(Translator& t, const Fields& f) { emit_saturate<ssat_word>(t, f, f('s') + 1); }
void usat(Translator& t, const Fields& f) { emit_saturate<usat_word>(t, f, f('s')); }
void ssat16(Translator& t, const Fields& f) { emit_compute<ssat_halves>(t, f, f('s') + 1); }
void usat16(Translator& t, const Fields& f) { emit_compute<usat_halves>(t, f, f('s')); }
void qadd(Translator& t, const Fields& f) { emit_compute<qadd_word>(t, f); }
void qsub(Translator& t, const Fields& f) { emit_compute<qsub_word>(t, f); }
void qdadd(Translator& t, const Fields& f) { emit_compute<qdadd_word>(t, f); }
void qdsub(Translator& t, const Fields& f) { emit_compute<qdsub_word>(t, f); }

void pkh(Translator& t, const Fields& f) {
    if (f('h') == 0) return emit_compute<pack_bottom_top>(t, f, 0, f('v'));
    emit_compute<pack_top_bottom>(t, f, 0, f('v') == 0 ? 32 : f('v'));
}
void sel(Translator& t, const Fields& f) { emit_compute<select_bytes>(t, f); }
void usad8(Translator& t, const Fields& f) { emit_compute<usad8_word>(t, f); }
void usada8(Translator& t, const Fields& f) {
    if (f('a') == 15) return t.unpredictable();
    emit_compute<usada8_word>(t, f, 0, f('a'));
}

Handler parallel_handler(Arithmetic kind, Lanes lanes) {
    switch (kind) {
        case Arithmetic::s:
            return parallel_of<Arithmetic::s>(lanes);
        case Arithmetic::q:
            return parallel_of<Arithmetic::q>(lanes);
        case Arithmetic::sh:
            return parallel_of<Arithmetic::sh>(lanes);
        case Arithmetic::u:
            return parallel_of<Arithmetic::u>(lanes);
        case Arithmetic::uq:
            return parallel_of<Arithmetic::uq>(lanes);
        default:
            return parallel_of<Arithmetic::uh>(lanes);
    }
}

}  // namespace exysim::cpu
