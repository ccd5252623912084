// Two registers and a shift amount: encodings and handlers, except the fixed-point conversions
// (simd_convert.cpp). Source: ARM DDI 0406C, A7.4.4. The leading one of the amount field names the element
// size, below it stands how far to shift left; a shift right by n is encoded as one element size to the left
// of -n.
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_integer.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

// --- operations: of(m, count), of(m, count, fpscr) or of(d, m, count)

template <bool rounding>
struct Right {
    template <class V>
    static V of(V m, int count) {
        return shift_right_immediate<rounding>(m, count);
    }
};
template <bool rounding>
struct RightAdd {
    template <class V>
    static V of(V d, V m, int count) {
        return add(d, shift_right_immediate<rounding>(m, count));
    }
};
struct Left {
    template <class V>
    static V of(V m, int count) {
        return shift_left(m, count);
    }
};
/// VSRI and VSLI: bits that the shift brings in are d's.
struct RightInsert {
    template <class V>
    static V of(V d, V m, int count) {
        const V kept = shift_right_immediate<false>(splat<V>(std::numeric_limits<Lane<V>>::max()), count);
        return (d & ~kept) | shift_right_immediate<false>(m, count);
    }
};
struct LeftInsert {
    template <class V>
    static V of(V d, V m, int count) {
        const V kept = shift_left(splat<V>(std::numeric_limits<Lane<V>>::max()), count);
        return (d & ~kept) | shift_left(m, count);
    }
};
struct SaturatingLeft {
    template <class V>
    static V of(V m, int count, uint32_t& fpscr) {
        const V shifted = shift_left(m, count);
        const auto lost = shift_right(shifted, count) != m;
        note_saturation(fpscr, lost);
        if constexpr (std::is_signed_v<Lane<V>>) {
            return select(lost, signed_limit(m), shifted);
        } else {
            return shifted | as_unsigned(lost);
        }
    }
};
/// VQSHLU: signed to unsigned.
struct SaturatingLeftUnsigned {
    template <class V>
    static V of(V m, int count, uint32_t& fpscr) {
        const auto negative = m < 0;
        note_saturation(fpscr, negative);
        const auto positive = as_unsigned(m) & ~as_unsigned(negative);
        return std::bit_cast<V>(SaturatingLeft::of(positive, count, fpscr));
    }
};

template <class Operation, class T, unsigned bytes>
Op* shift(Core& core, Op* op) {
    using V = Vector<T, bytes>;
    const V m = read<V>(core, op->rm);
    const auto count = static_cast<int>(op->imm);
    if constexpr (requires { Operation::of(m, m, count); }) {
        write(core, op->rd, Operation::of(read<V>(core, op->rd), m, count));
    } else if constexpr (requires { Operation::of(m, count); }) {
        write(core, op->rd, Operation::of(m, count));
    } else {
        write(core, op->rd, Operation::of(m, count, core.vfp.fpscr));
    }
    return next(core, op);
}

template <bool rounding, class To>
Op* narrow_plain(Core& core, Op* op) {
    const auto m = read<Vector<Wider<To>, 16>>(core, op->rm);
    write(core, op->rd, narrow<To>(shift_right_immediate<rounding>(m, static_cast<int>(op->imm))));
    return next(core, op);
}

template <bool rounding, class From, class To>
Op* narrow_saturating(Core& core, Op* op) {
    const auto m =
        shift_right_immediate<rounding>(read<Vector<From, 16>>(core, op->rm), static_cast<int>(op->imm));
    write(core, op->rd, saturating_narrow<To>(m, core.vfp.fpscr));
    return next(core, op);
}

template <class T>
Op* shift_left_long(Core& core, Op* op) {
    write(core, op->rd, shift_left(widen(read<Vector<T, 8>>(core, op->rm)), static_cast<int>(op->imm)));
    return next(core, op);
}

// --- decoding

/// 0, 1, 2 for elements of 8, 16 and 32 bits.
uint32_t size_of(uint32_t amount) { return amount >= 32 ? 2 : amount >= 16 ? 1 : 0; }
uint32_t left_count(uint32_t amount) { return amount - (8U << size_of(amount)); }
uint32_t right_count(uint32_t amount) { return (16U << size_of(amount)) - amount; }

enum class Direction { left, right };

template <Direction direction, class Operation, class... Ts>
void same_length(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {shift<Operation, Ts, 8>...},
                             kQuad[] = {shift<Operation, Ts, 16>...};
    const uint32_t amount = f('y');
    two_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, size_of(amount)),
                  direction == Direction::left ? left_count(amount) : right_count(amount));
}
/// Elements of 64 bits: field i is the amount below the leading one.
template <Direction direction, class Operation, class T>
void same_length_64(Translator& t, const Fields& f) {
    two_registers(t, f, f('Q') != 0 ? shift<Operation, T, 16> : shift<Operation, T, 8>,
                  direction == Direction::left ? f('i') : 64 - f('i'));
}
template <Handler byte, Handler half, Handler word>
void narrowing(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {byte, half, word};
    if (odd(vm(f))) return t.undefined();
    emit(t, at(kHandlers, size_of(f('y'))), {vd(f), 0, vm(f)}, right_count(f('y')));
}
template <class... Ts>
void lengthening(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {shift_left_long<Ts>...};
    if (odd(vd(f))) return t.undefined();
    emit(t, at(kHandlers, size_of(f('y'))), {vd(f), 0, vm(f)}, left_count(f('y')));
}

constexpr auto kLeft = Direction::left, kRight = Direction::right;
template <Direction direction, class Operation>
constexpr auto kSigned = same_length<direction, Operation, int8_t, int16_t, int32_t>;
template <Direction direction, class Operation>
constexpr auto kUnsigned = same_length<direction, Operation, uint8_t, uint16_t, uint32_t>;
template <Direction direction, class Operation>
constexpr auto kSigned64 = same_length_64<direction, Operation, int64_t>;
template <Direction direction, class Operation>
constexpr auto kUnsigned64 = same_length_64<direction, Operation, uint64_t>;
template <bool rounding>
constexpr auto kNarrow = narrowing<narrow_plain<rounding, uint8_t>, narrow_plain<rounding, uint16_t>,
                                   narrow_plain<rounding, uint32_t>>;
template <bool rounding>
constexpr auto kNarrowSigned =
    narrowing<narrow_saturating<rounding, int16_t, int8_t>, narrow_saturating<rounding, int32_t, int16_t>,
              narrow_saturating<rounding, int64_t, int32_t>>;
template <bool rounding>
constexpr auto kNarrowUnsigned =
    narrowing<narrow_saturating<rounding, uint16_t, uint8_t>, narrow_saturating<rounding, uint32_t, uint16_t>,
              narrow_saturating<rounding, uint64_t, uint32_t>>;
template <bool rounding>
constexpr auto kNarrowToUnsigned =
    narrowing<narrow_saturating<rounding, int16_t, uint8_t>, narrow_saturating<rounding, int32_t, uint16_t>,
              narrow_saturating<rounding, int64_t, uint32_t>>;

constexpr Row kRows[] = {
    // clang-format off
    {"VSHR.S",     "111100101Dyyyyyydddd00000QM1mmmm", kSigned<kRight, Right<false>>},
    {"VSHR.S64",   "111100101Diiiiiidddd00001QM1mmmm", kSigned64<kRight, Right<false>>},
    {"VSHR.U",     "111100111Dyyyyyydddd00000QM1mmmm", kUnsigned<kRight, Right<false>>},
    {"VSHR.U64",   "111100111Diiiiiidddd00001QM1mmmm", kUnsigned64<kRight, Right<false>>},
    {"VSRA.S",     "111100101Dyyyyyydddd00010QM1mmmm", kSigned<kRight, RightAdd<false>>},
    {"VSRA.S64",   "111100101Diiiiiidddd00011QM1mmmm", kSigned64<kRight, RightAdd<false>>},
    {"VSRA.U",     "111100111Dyyyyyydddd00010QM1mmmm", kUnsigned<kRight, RightAdd<false>>},
    {"VSRA.U64",   "111100111Diiiiiidddd00011QM1mmmm", kUnsigned64<kRight, RightAdd<false>>},
    {"VRSHR.S",    "111100101Dyyyyyydddd00100QM1mmmm", kSigned<kRight, Right<true>>},
    {"VRSHR.S64",  "111100101Diiiiiidddd00101QM1mmmm", kSigned64<kRight, Right<true>>},
    {"VRSHR.U",    "111100111Dyyyyyydddd00100QM1mmmm", kUnsigned<kRight, Right<true>>},
    {"VRSHR.U64",  "111100111Diiiiiidddd00101QM1mmmm", kUnsigned64<kRight, Right<true>>},
    {"VRSRA.S",    "111100101Dyyyyyydddd00110QM1mmmm", kSigned<kRight, RightAdd<true>>},
    {"VRSRA.S64",  "111100101Diiiiiidddd00111QM1mmmm", kSigned64<kRight, RightAdd<true>>},
    {"VRSRA.U",    "111100111Dyyyyyydddd00110QM1mmmm", kUnsigned<kRight, RightAdd<true>>},
    {"VRSRA.U64",  "111100111Diiiiiidddd00111QM1mmmm", kUnsigned64<kRight, RightAdd<true>>},
    {"VSRI",       "111100111Dyyyyyydddd01000QM1mmmm", kUnsigned<kRight, RightInsert>},
    {"VSRI.64",    "111100111Diiiiiidddd01001QM1mmmm", kUnsigned64<kRight, RightInsert>},
    {"VSHL (imm)",    "111100101Dyyyyyydddd01010QM1mmmm", kUnsigned<kLeft, Left>},
    {"VSHL.64 (imm)", "111100101Diiiiiidddd01011QM1mmmm", kUnsigned64<kLeft, Left>},
    {"VSLI",       "111100111Dyyyyyydddd01010QM1mmmm", kUnsigned<kLeft, LeftInsert>},
    {"VSLI.64",    "111100111Diiiiiidddd01011QM1mmmm", kUnsigned64<kLeft, LeftInsert>},
    {"VQSHLU",     "111100111Dyyyyyydddd01100QM1mmmm", kSigned<kLeft, SaturatingLeftUnsigned>},
    {"VQSHLU.64",  "111100111Diiiiiidddd01101QM1mmmm", kSigned64<kLeft, SaturatingLeftUnsigned>},
    {"VQSHL.S (imm)",   "111100101Dyyyyyydddd01110QM1mmmm", kSigned<kLeft, SaturatingLeft>},
    {"VQSHL.S64 (imm)", "111100101Diiiiiidddd01111QM1mmmm", kSigned64<kLeft, SaturatingLeft>},
    {"VQSHL.U (imm)",   "111100111Dyyyyyydddd01110QM1mmmm", kUnsigned<kLeft, SaturatingLeft>},
    {"VQSHL.U64 (imm)", "111100111Diiiiiidddd01111QM1mmmm", kUnsigned64<kLeft, SaturatingLeft>},
    {"VSHRN",      "111100101Dyyyyyydddd100000M1mmmm", kNarrow<false>},
    {"VRSHRN",     "111100101Dyyyyyydddd100001M1mmmm", kNarrow<true>},
    {"VQSHRUN",    "111100111Dyyyyyydddd100000M1mmmm", kNarrowToUnsigned<false>},
    {"VQRSHRUN",   "111100111Dyyyyyydddd100001M1mmmm", kNarrowToUnsigned<true>},
    {"VQSHRN.S",   "111100101Dyyyyyydddd100100M1mmmm", kNarrowSigned<false>},
    {"VQRSHRN.S",  "111100101Dyyyyyydddd100101M1mmmm", kNarrowSigned<true>},
    {"VQSHRN.U",   "111100111Dyyyyyydddd100100M1mmmm", kNarrowUnsigned<false>},
    {"VQRSHRN.U",  "111100111Dyyyyyydddd100101M1mmmm", kNarrowUnsigned<true>},
    {"VSHLL.S",    "111100101Dyyyyyydddd101000M1mmmm", lengthening<int8_t, int16_t, int32_t>},
    {"VSHLL.U",    "111100111Dyyyyyydddd101000M1mmmm", lengthening<uint8_t, uint16_t, uint32_t>},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_shift_rows() { return kRows; }

}  // namespace exysim::cpu
