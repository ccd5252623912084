// Two registers, miscellaneous: everything with one integer operand, and comparisons with zero. Conversions
// and estimates are in simd_convert.cpp, exchanges in simd_permute.cpp. Source: ARM DDI 0406C, A7.4.5.
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_float.hpp"
#include "models/cpu/simd_integer.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

struct Not {
    template <class V>
    static V of(V m) {
        return ~m;
    }
};
struct Absolute {
    template <class V>
    static V of(V m) {
        return select(m < 0, subtract(V{}, m), m);
    }
};
struct Negate {
    template <class V>
    static V of(V m) {
        return subtract(V{}, m);
    }
};
/// Only the most negative value has no positive counterpart; it becomes the most positive one.
template <class Operation>
struct Saturating {
    template <class V>
    static V of(V m, uint32_t& fpscr) {
        const auto overflow = m == splat<V>(std::numeric_limits<Lane<V>>::min());
        note_saturation(fpscr, overflow);
        return select(overflow, ~m, Operation::of(m));
    }
};
struct LeadingZeros {
    template <class V>
    static V of(V m) {
        V result;
        for (unsigned i = 0; i < kLanes<V>; ++i) result[i] = static_cast<Lane<V>>(std::countl_zero(m[i]));
        return result;
    }
};
/// Bits below the sign that equal it.
struct LeadingSigns {
    template <class V>
    static V of(V m) {
        const auto changes = as_unsigned(m ^ shift_right(m, 1));
        return std::bit_cast<V>(LeadingZeros::of(changes) - std::make_unsigned_t<Lane<V>>{1});
    }
};
struct CountBits {
    template <class V>
    static V of(V m) {
        m -= shift_right(m, 1) & Lane<V>{0x55};
        m = (m & Lane<V>{0x33}) + (shift_right(m, 2) & Lane<V>{0x33});
        return (m + shift_right(m, 4)) & Lane<V>{0x0F};
    }
};

/// Every lane's halves, quarters or eighths of type Part in opposite order.
template <class Part>
struct Reverse {
    template <class V>
    static V of(V m) {
        struct Pick {
            static constexpr unsigned at(unsigned i, unsigned) {
                return i ^ (sizeof(Lane<V>) / sizeof(Part) - 1);
            }
        };
        const auto parts = as<Part>(m);
        return std::bit_cast<V>(shuffle<Pick>(parts, parts));
    }
};

// Neighbours of type T added up in lanes of twice the width.
template <class V>
V sum_of_halves(V m) {
    constexpr int kHalf = kLaneBits<V> / 2;
    return add(shift_right(shift_left(m, kHalf), kHalf), shift_right(m, kHalf));
}
struct PairwiseAddLong {
    template <class V>
    static V of(V m) {
        return sum_of_halves(m);
    }
};
struct PairwiseAccumulateLong {
    template <class V>
    static V of(V d, V m) {
        return add(d, sum_of_halves(m));
    }
};

/// A comparison with zero; mirrored: zero is the first operand.
template <class Comparison, bool mirrored = false>
struct WithZeros {
    template <class V>
    static V of(V m) {
        return mirrored ? Comparison::of(V{}, m) : Comparison::of(m, V{});
    }
};

struct FloatAbsolute {
    template <class V>
    static V of(V m) {
        return m & ~Single::kSign;
    }
};
struct FloatNegate {
    template <class V>
    static V of(V m) {
        return m ^ Single::kSign;
    }
};

template <class Operation, class T, unsigned bytes>
Op* unary(Core& core, Op* op) {
    using V = Vector<T, bytes>;
    const V m = read<V>(core, op->rm);
    if constexpr (requires { Operation::of(m, m); }) {
        write(core, op->rd, Operation::of(read<V>(core, op->rd), m));
    } else {
        write(core, op->rd, perform<Operation>(core, m));
    }
    return next(core, op);
}

template <class T>
Op* move_narrow(Core& core, Op* op) {
    write(core, op->rd, narrow<T>(read<Vector<Wider<T>, 16>>(core, op->rm)));
    return next(core, op);
}
template <class From, class To>
Op* move_narrow_saturating(Core& core, Op* op) {
    write(core, op->rd, saturating_narrow<To>(read<Vector<From, 16>>(core, op->rm), core.vfp.fpscr));
    return next(core, op);
}
/// VSHLL by the element size.
template <class T>
Op* shift_left_whole(Core& core, Op* op) {
    write(core, op->rd, shift_left(widen(read<Vector<T, 8>>(core, op->rm)), 8 * sizeof(T)));
    return next(core, op);
}

template <class Operation, class... Ts>
void same_length(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {unary<Operation, Ts, 8>...},
                             kQuad[] = {unary<Operation, Ts, 16>...};
    two_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s')));
}
template <class Operation>
constexpr auto kSigned = same_length<Operation, int8_t, int16_t, int32_t>;
template <class Operation>
constexpr auto kUnsigned = same_length<Operation, uint8_t, uint16_t, uint32_t>;
// Neighbours: the size field names the narrow elements, the types are those of the sums.
template <class Operation>
constexpr auto kSignedSums = same_length<Operation, int16_t, int32_t, int64_t>;
template <class Operation>
constexpr auto kUnsignedSums = same_length<Operation, uint16_t, uint32_t, uint64_t>;

/// Size 2 in field s is single precision; there is no other.
template <class Operation, class Operands = WithZero>
void float_with_zero(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {nullptr, nullptr, float_operation<Operation, Operands, 8>};
    static constexpr Handler kQuad[] = {nullptr, nullptr, float_operation<Operation, Operands, 16>};
    two_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s')));
}
template <class Operation>
void float_sign(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {nullptr, nullptr, unary<Operation, uint32_t, 8>};
    static constexpr Handler kQuad[] = {nullptr, nullptr, unary<Operation, uint32_t, 16>};
    two_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s')));
}

template <Handler byte, Handler half, Handler word>
void narrowing(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {byte, half, word};
    if (odd(vm(f))) return t.undefined();
    emit(t, at(kHandlers, f('s')), {vd(f), 0, vm(f)});
}
void shift_long(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {shift_left_whole<uint8_t>, shift_left_whole<uint16_t>,
                                            shift_left_whole<uint32_t>};
    if (odd(vd(f))) return t.undefined();
    emit(t, at(kHandlers, f('s')), {vd(f), 0, vm(f)});
}

constexpr Row kRows[] = {
    // clang-format off
    {"VREV64",    "111100111D11ss00dddd00000QM0mmmm", [](Translator& t, const Fields& f) {
        static constexpr Handler kDouble[] = {unary<Reverse<uint8_t>, uint64_t, 8>, unary<Reverse<uint16_t>, uint64_t, 8>, unary<Reverse<uint32_t>, uint64_t, 8>};
        static constexpr Handler kQuad[] = {unary<Reverse<uint8_t>, uint64_t, 16>, unary<Reverse<uint16_t>, uint64_t, 16>, unary<Reverse<uint32_t>, uint64_t, 16>};
        two_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s'))); }},
    {"VREV32",    "111100111D11ss00dddd00001QM0mmmm", [](Translator& t, const Fields& f) {
        static constexpr Handler kDouble[] = {unary<Reverse<uint8_t>, uint32_t, 8>, unary<Reverse<uint16_t>, uint32_t, 8>};
        static constexpr Handler kQuad[] = {unary<Reverse<uint8_t>, uint32_t, 16>, unary<Reverse<uint16_t>, uint32_t, 16>};
        two_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s'))); }},
    {"VREV16",    "111100111D11ss00dddd00010QM0mmmm", same_length<Reverse<uint8_t>, uint16_t>},
    {"VPADDL.S",  "111100111D11ss00dddd00100QM0mmmm", kSignedSums<PairwiseAddLong>},
    {"VPADDL.U",  "111100111D11ss00dddd00101QM0mmmm", kUnsignedSums<PairwiseAddLong>},
    {"VCLS",      "111100111D11ss00dddd01000QM0mmmm", kSigned<LeadingSigns>},
    {"VCLZ",      "111100111D11ss00dddd01001QM0mmmm", kUnsigned<LeadingZeros>},
    {"VCNT",      "111100111D11ss00dddd01010QM0mmmm", same_length<CountBits, uint8_t>},
    {"VMVN (reg)", "111100111D11ss00dddd01011QM0mmmm", same_length<Not, uint64_t>},
    {"VPADAL.S",  "111100111D11ss00dddd01100QM0mmmm", kSignedSums<PairwiseAccumulateLong>},
    {"VPADAL.U",  "111100111D11ss00dddd01101QM0mmmm", kUnsignedSums<PairwiseAccumulateLong>},
    {"VQABS",     "111100111D11ss00dddd01110QM0mmmm", kSigned<Saturating<Absolute>>},
    {"VQNEG",     "111100111D11ss00dddd01111QM0mmmm", kSigned<Saturating<Negate>>},
    {"VCGT.S (zero)", "111100111D11ss01dddd00000QM0mmmm", kSigned<WithZeros<Greater>>},
    {"VCGE.S (zero)", "111100111D11ss01dddd00001QM0mmmm", kSigned<WithZeros<GreaterOrEqual>>},
    {"VCEQ.I (zero)", "111100111D11ss01dddd00010QM0mmmm", kSigned<WithZeros<Equal>>},
    {"VCLE.S (zero)", "111100111D11ss01dddd00011QM0mmmm", kSigned<WithZeros<GreaterOrEqual, true>>},
    {"VCLT.S (zero)", "111100111D11ss01dddd00100QM0mmmm", kSigned<WithZeros<Greater, true>>},
    {"VABS.S",    "111100111D11ss01dddd00110QM0mmmm", kSigned<Absolute>},
    {"VNEG.S",    "111100111D11ss01dddd00111QM0mmmm", kSigned<Negate>},
    {"VCGT.F (zero)", "111100111D11ss01dddd01000QM0mmmm", float_with_zero<FloatGreater<false>>},
    {"VCGE.F (zero)", "111100111D11ss01dddd01001QM0mmmm", float_with_zero<FloatGreater<true>>},
    {"VCEQ.F (zero)", "111100111D11ss01dddd01010QM0mmmm", float_with_zero<FloatEqual>},
    {"VCLE.F (zero)", "111100111D11ss01dddd01011QM0mmmm", float_with_zero<FloatGreater<true>, ZeroWith>},
    {"VCLT.F (zero)", "111100111D11ss01dddd01100QM0mmmm", float_with_zero<FloatGreater<false>, ZeroWith>},
    {"VABS.F (SIMD)", "111100111D11ss01dddd01110QM0mmmm", float_sign<FloatAbsolute>},
    {"VNEG.F (SIMD)", "111100111D11ss01dddd01111QM0mmmm", float_sign<FloatNegate>},
    {"VMOVN",     "111100111D11ss10dddd001000M0mmmm", narrowing<move_narrow<uint8_t>, move_narrow<uint16_t>, move_narrow<uint32_t>>},
    {"VQMOVUN",   "111100111D11ss10dddd001001M0mmmm", narrowing<move_narrow_saturating<int16_t, uint8_t>, move_narrow_saturating<int32_t, uint16_t>, move_narrow_saturating<int64_t, uint32_t>>},
    {"VQMOVN.S",  "111100111D11ss10dddd001010M0mmmm", narrowing<move_narrow_saturating<int16_t, int8_t>, move_narrow_saturating<int32_t, int16_t>, move_narrow_saturating<int64_t, int32_t>>},
    {"VQMOVN.U",  "111100111D11ss10dddd001011M0mmmm", narrowing<move_narrow_saturating<uint16_t, uint8_t>, move_narrow_saturating<uint32_t, uint16_t>, move_narrow_saturating<uint64_t, uint32_t>>},
    {"VSHLL (max)", "111100111D11ss10dddd001100M0mmmm", shift_long},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_unary_rows() { return kRows; }

}  // namespace exysim::cpu
