// Three registers of different lengths: long (D, D to Q), wide (Q, D to Q) and narrow (Q, Q to the high
// halves). Source: ARM DDI 0406C, A7.4.2.
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_integer.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

template <class T>
using WideVector = Vector<Wider<T>, 16>;

template <class Operation, class T>
Op* long_operation(Core& core, Op* op) {
    const auto n = widen(read<Vector<T, 8>>(core, op->rn)), m = widen(read<Vector<T, 8>>(core, op->rm));
    write(core, op->rd, perform<Operation>(core, n, m));
    return next(core, op);
}

template <class Operation, class T>
Op* long_accumulate(Core& core, Op* op) {
    const auto n = widen(read<Vector<T, 8>>(core, op->rn)), m = widen(read<Vector<T, 8>>(core, op->rm));
    write(core, op->rd, perform<Operation>(core, read<WideVector<T>>(core, op->rd), n, m));
    return next(core, op);
}

template <class Operation, class T>
Op* wide_operation(Core& core, Op* op) {
    const auto m = widen(read<Vector<T, 8>>(core, op->rm));
    write(core, op->rd, perform<Operation>(core, read<WideVector<T>>(core, op->rn), m));
    return next(core, op);
}

/// The high halves of n OP m, rounded if asked for.
template <class Operation, bool rounding, class T>
Op* high_half(Core& core, Op* op) {
    using V = WideVector<T>;
    constexpr int kHalf = 8 * sizeof(T);
    V result = Operation::of(read<V>(core, op->rn), read<V>(core, op->rm));
    if constexpr (rounding) result += splat<V>(Lane<V>{1} << (kHalf - 1));
    write(core, op->rd, narrow<T>(shift_right(result, kHalf)));
    return next(core, op);
}

// --- decoding: which registers are Q is in the encoding; an odd number for one is UNDEFINED

template <class Operation, class... Ts>
void lengthening(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {long_operation<Operation, Ts>...};
    if (odd(vd(f))) return t.undefined();
    emit(t, at(kHandlers, f('z')), {vd(f), vn(f), vm(f)});
}
template <class Operation, class... Ts>
void accumulating(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {long_accumulate<Operation, Ts>...};
    if (odd(vd(f))) return t.undefined();
    emit(t, at(kHandlers, f('z')), {vd(f), vn(f), vm(f)});
}
template <class Operation, class... Ts>
void wide(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {wide_operation<Operation, Ts>...};
    if (odd(vd(f) | vn(f))) return t.undefined();
    emit(t, at(kHandlers, f('z')), {vd(f), vn(f), vm(f)});
}
template <class Operation, bool rounding>
void narrowing(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {high_half<Operation, rounding, uint8_t>,
                                            high_half<Operation, rounding, uint16_t>,
                                            high_half<Operation, rounding, uint32_t>};
    if (odd(vn(f) | vm(f))) return t.undefined();
    emit(t, at(kHandlers, f('z')), {vd(f), vn(f), vm(f)});
}
/// VQDMULL and its kin: 16- and 32-bit elements; in the size field's lowest bit.
template <Handler half, Handler word>
void doubling(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {nullptr, half, word};
    if (odd(vd(f))) return t.undefined();
    emit(t, at(kHandlers, f('z')), {vd(f), vn(f), vm(f)});
}

constexpr Row kRows[] = {
    // clang-format off
    {"VADDL.S",  "111100101Dzznnnndddd0000N0M0mmmm", lengthening<Add, int8_t, int16_t, int32_t>},
    {"VADDL.U",  "111100111Dzznnnndddd0000N0M0mmmm", lengthening<Add, uint8_t, uint16_t, uint32_t>},
    {"VADDW.S",  "111100101Dzznnnndddd0001N0M0mmmm", wide<Add, int8_t, int16_t, int32_t>},
    {"VADDW.U",  "111100111Dzznnnndddd0001N0M0mmmm", wide<Add, uint8_t, uint16_t, uint32_t>},
    {"VSUBL.S",  "111100101Dzznnnndddd0010N0M0mmmm", lengthening<Subtract, int8_t, int16_t, int32_t>},
    {"VSUBL.U",  "111100111Dzznnnndddd0010N0M0mmmm", lengthening<Subtract, uint8_t, uint16_t, uint32_t>},
    {"VSUBW.S",  "111100101Dzznnnndddd0011N0M0mmmm", wide<Subtract, int8_t, int16_t, int32_t>},
    {"VSUBW.U",  "111100111Dzznnnndddd0011N0M0mmmm", wide<Subtract, uint8_t, uint16_t, uint32_t>},
    {"VADDHN",   "111100101Dzznnnndddd0100N0M0mmmm", narrowing<Add, false>},
    {"VRADDHN",  "111100111Dzznnnndddd0100N0M0mmmm", narrowing<Add, true>},
    {"VABAL.S",  "111100101Dzznnnndddd0101N0M0mmmm", accumulating<AddAbsoluteDifference, int8_t, int16_t, int32_t>, 2},
    {"VABAL.U",  "111100111Dzznnnndddd0101N0M0mmmm", accumulating<AddAbsoluteDifference, uint8_t, uint16_t, uint32_t>, 2},
    {"VSUBHN",   "111100101Dzznnnndddd0110N0M0mmmm", narrowing<Subtract, false>},
    {"VRSUBHN",  "111100111Dzznnnndddd0110N0M0mmmm", narrowing<Subtract, true>},
    {"VABDL.S",  "111100101Dzznnnndddd0111N0M0mmmm", lengthening<AbsoluteDifference, int8_t, int16_t, int32_t>},
    {"VABDL.U",  "111100111Dzznnnndddd0111N0M0mmmm", lengthening<AbsoluteDifference, uint8_t, uint16_t, uint32_t>},
    {"VMLAL.S",  "111100101Dzznnnndddd1000N0M0mmmm", accumulating<MultiplyAdd, int8_t, int16_t, int32_t>, 2},
    {"VMLAL.U",  "111100111Dzznnnndddd1000N0M0mmmm", accumulating<MultiplyAdd, uint8_t, uint16_t, uint32_t>, 2},
    {"VQDMLAL",  "111100101Dzznnnndddd1001N0M0mmmm", doubling<long_accumulate<DoublingMultiplyAdd, int16_t>, long_accumulate<DoublingMultiplyAdd, int32_t>>, 2},
    {"VMLSL.S",  "111100101Dzznnnndddd1010N0M0mmmm", accumulating<MultiplySubtract, int8_t, int16_t, int32_t>, 2},
    {"VMLSL.U",  "111100111Dzznnnndddd1010N0M0mmmm", accumulating<MultiplySubtract, uint8_t, uint16_t, uint32_t>, 2},
    {"VQDMLSL",  "111100101Dzznnnndddd1011N0M0mmmm", doubling<long_accumulate<DoublingMultiplySubtract, int16_t>, long_accumulate<DoublingMultiplySubtract, int32_t>>, 2},
    {"VMULL.S",  "111100101Dzznnnndddd1100N0M0mmmm", lengthening<Multiply, int8_t, int16_t, int32_t>, 2},
    {"VMULL.U",  "111100111Dzznnnndddd1100N0M0mmmm", lengthening<Multiply, uint8_t, uint16_t, uint32_t>, 2},
    {"VQDMULL",  "111100101Dzznnnndddd1101N0M0mmmm", doubling<long_operation<DoublingMultiply, int16_t>, long_operation<DoublingMultiply, int32_t>>, 2},
    {"VMULL.P",  "111100101Dzznnnndddd1110N0M0mmmm", lengthening<PolynomialMultiply, uint8_t>, 2},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_long_rows() { return kRows; }

}  // namespace exysim::cpu
