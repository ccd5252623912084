// Two registers and a scalar: multiplications by one element. Source: ARM DDI 0406C, A7.4.3.
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_float.hpp"
#include "models/cpu/simd_integer.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

template <class Operation, class T, unsigned bytes>
Op* by_scalar(Core& core, Op* op) {
    using V = Vector<T, bytes>;
    const V n = read<V>(core, op->rn), m = ByScalar::second<V>(core, op);
    if constexpr (requires { Operation::of(n, n, m); }) {
        write(core, op->rd, Operation::of(read<V>(core, op->rd), n, m));
    } else {
        write(core, op->rd, perform<Operation>(core, n, m));
    }
    return next(core, op);
}

template <class Operation, class T>
Op* long_by_scalar(Core& core, Op* op) {
    using V = Vector<Wider<T>, 16>;
    const V n = widen(read<Vector<T, 8>>(core, op->rn)), m = splat<V>(read_element<T>(core, op->rm, op->rs));
    if constexpr (
        requires { Operation::of(n, n, m); } || requires { Operation::of(n, n, m, core.vfp.fpscr); }) {
        write(core, op->rd, perform<Operation>(core, read<V>(core, op->rd), n, m));
    } else {
        write(core, op->rd, perform<Operation>(core, n, m));
    }
    return next(core, op);
}

/// A 16-bit scalar is one of four in D0-D7, a 32-bit one of two in D0-D15.
Regs scalar_operand(const Fields& f) {
    const uint32_t m = f('m'), half = f('z') == 1;
    const uint32_t index = half != 0 ? f('M') << 1 | m >> 3 : f('M');
    return {vd(f), vn(f), static_cast<uint8_t>(half != 0 ? m & 7 : m), static_cast<uint8_t>(index)};
}

/// Handlers by [Q][size].
template <Handler half, Handler word, Handler half_q, Handler word_q>
void same_length(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {nullptr, half, word}, kQuad[] = {nullptr, half_q, word_q};
    const Regs regs = scalar_operand(f);
    if (f('Q') != 0 && odd(regs.rd | regs.rn)) return t.undefined();
    emit(t, at(f('Q') != 0 ? kQuad : kDouble, f('z')), regs);
}
template <class Operation, class Half, class Word>
constexpr auto kInteger = same_length<by_scalar<Operation, Half, 8>, by_scalar<Operation, Word, 8>,
                                      by_scalar<Operation, Half, 16>, by_scalar<Operation, Word, 16>>;
template <class Operation>
constexpr auto kFloat = same_length<nullptr, float_operation<Operation, ByScalar, 8>, nullptr,
                                    float_operation<Operation, ByScalar, 16>>;

template <class Operation, class Half, class Word>
void lengthening(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {nullptr, long_by_scalar<Operation, Half>,
                                            long_by_scalar<Operation, Word>};
    const Regs regs = scalar_operand(f);
    if (odd(regs.rd)) return t.undefined();
    emit(t, at(kHandlers, f('z')), regs);
}

constexpr Row kRows[] = {
    // clang-format off
    {"VMLA.I (scalar)",   "1111001Q1Dzznnnndddd0000N1M0mmmm", kInteger<MultiplyAdd, uint16_t, uint32_t>, 2},
    {"VMLA.F (scalar)",   "1111001Q1Dzznnnndddd0001N1M0mmmm", kFloat<FloatMultiplyAdd<false>>, 2},
    {"VMLAL.S (scalar)",  "111100101Dzznnnndddd0010N1M0mmmm", lengthening<MultiplyAdd, int16_t, int32_t>, 2},
    {"VMLAL.U (scalar)",  "111100111Dzznnnndddd0010N1M0mmmm", lengthening<MultiplyAdd, uint16_t, uint32_t>, 2},
    {"VQDMLAL (scalar)",  "111100101Dzznnnndddd0011N1M0mmmm", lengthening<DoublingMultiplyAdd, int16_t, int32_t>, 2},
    {"VMLS.I (scalar)",   "1111001Q1Dzznnnndddd0100N1M0mmmm", kInteger<MultiplySubtract, uint16_t, uint32_t>, 2},
    {"VMLS.F (scalar)",   "1111001Q1Dzznnnndddd0101N1M0mmmm", kFloat<FloatMultiplyAdd<true>>, 2},
    {"VMLSL.S (scalar)",  "111100101Dzznnnndddd0110N1M0mmmm", lengthening<MultiplySubtract, int16_t, int32_t>, 2},
    {"VMLSL.U (scalar)",  "111100111Dzznnnndddd0110N1M0mmmm", lengthening<MultiplySubtract, uint16_t, uint32_t>, 2},
    {"VQDMLSL (scalar)",  "111100101Dzznnnndddd0111N1M0mmmm", lengthening<DoublingMultiplySubtract, int16_t, int32_t>, 2},
    {"VMUL.I (scalar)",   "1111001Q1Dzznnnndddd1000N1M0mmmm", kInteger<Multiply, uint16_t, uint32_t>, 2},
    {"VMUL.F (scalar)",   "1111001Q1Dzznnnndddd1001N1M0mmmm", kFloat<FloatMultiply>, 2},
    {"VMULL.S (scalar)",  "111100101Dzznnnndddd1010N1M0mmmm", lengthening<Multiply, int16_t, int32_t>, 2},
    {"VMULL.U (scalar)",  "111100111Dzznnnndddd1010N1M0mmmm", lengthening<Multiply, uint16_t, uint32_t>, 2},
    {"VQDMULL (scalar)",  "111100101Dzznnnndddd1011N1M0mmmm", lengthening<DoublingMultiply, int16_t, int32_t>, 2},
    {"VQDMULH (scalar)",  "1111001Q1Dzznnnndddd1100N1M0mmmm", kInteger<DoublingMultiplyHigh<false>, int16_t, int32_t>, 2},
    {"VQRDMULH (scalar)", "1111001Q1Dzznnnndddd1101N1M0mmmm", kInteger<DoublingMultiplyHigh<true>, int16_t, int32_t>, 2},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_scalar_rows() { return kRows; }

}  // namespace exysim::cpu
