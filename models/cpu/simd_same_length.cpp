// Three registers of the same length, integer: encodings and handlers. Source: ARM DDI 0406C, A7.4.1.
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_integer.hpp"
#include "models/cpu/simd_vector.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

/// d = OP(n, m)
template <class Operation, class T, unsigned bytes>
Op* binary(Core& core, Op* op) {
    using V = Vector<T, bytes>;
    const V n = read<V>(core, op->rn), m = read<V>(core, op->rm);
    write(core, op->rd, perform<Operation>(core, n, m));
    return next(core, op);
}

/// d = OP(d, n, m)
template <class Operation, class T, unsigned bytes>
Op* accumulate(Core& core, Op* op) {
    using V = Vector<T, bytes>;
    write(core, op->rd, Operation::of(read<V>(core, op->rd), read<V>(core, op->rn), read<V>(core, op->rm)));
    return next(core, op);
}

/// Neighbours of n followed by m; D registers only.
template <class Operation, class T>
Op* pairwise(Core& core, Op* op) {
    using V = Vector<T, 8>;
    const V n = read<V>(core, op->rn), m = read<V>(core, op->rm);
    write(core, op->rd, Operation::of(shuffle<EvenLanes>(n, m), shuffle<OddLanes>(n, m)));
    return next(core, op);
}

/// Ts: the element types of sizes 0, 1, ...; void where there is none.
template <class Operation, class... Ts>
void same_length(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {binary<Operation, Ts, 8>...},
                             kQuad[] = {binary<Operation, Ts, 16>...};
    three_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s')));
}
template <class Operation>
void high_multiply(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {nullptr, binary<Operation, int16_t, 8>,
                                          binary<Operation, int32_t, 8>};
    static constexpr Handler kQuad[] = {nullptr, binary<Operation, int16_t, 16>,
                                        binary<Operation, int32_t, 16>};
    three_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s')));
}
template <class Operation, class... Ts>
void accumulating(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {accumulate<Operation, Ts, 8>...},
                             kQuad[] = {accumulate<Operation, Ts, 16>...};
    three_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s')));
}
template <class Operation, class... Ts>
void pairs(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {pairwise<Operation, Ts>...};
    three_registers(t, f, at(kHandlers, f('s')));
}

// The types of an instruction whose U bit is fixed by its row.
template <class Operation>
constexpr auto kSigned = same_length<Operation, int8_t, int16_t, int32_t>;
template <class Operation>
constexpr auto kUnsigned = same_length<Operation, uint8_t, uint16_t, uint32_t>;
template <class Operation>
constexpr auto kSigned64 = same_length<Operation, int8_t, int16_t, int32_t, int64_t>;
template <class Operation>
constexpr auto kUnsigned64 = same_length<Operation, uint8_t, uint16_t, uint32_t, uint64_t>;
/// Bits: the size field is part of the opcode.
template <class Operation>
constexpr auto kBits = same_length<Operation, uint64_t>;

constexpr Row kRows[] = {
    // clang-format off
    {"VHADD.S",   "111100100Dssnnnndddd0000NQM0mmmm", kSigned<HalvingAdd<false>>},
    {"VHADD.U",   "111100110Dssnnnndddd0000NQM0mmmm", kUnsigned<HalvingAdd<false>>},
    {"VQADD.S",   "111100100Dssnnnndddd0000NQM1mmmm", kSigned64<SaturatingAdd>},
    {"VQADD.U",   "111100110Dssnnnndddd0000NQM1mmmm", kUnsigned64<SaturatingAdd>},
    {"VRHADD.S",  "111100100Dssnnnndddd0001NQM0mmmm", kSigned<HalvingAdd<true>>},
    {"VRHADD.U",  "111100110Dssnnnndddd0001NQM0mmmm", kUnsigned<HalvingAdd<true>>},
    {"VAND",      "111100100D00nnnndddd0001NQM1mmmm", kBits<And>},
    {"VBIC (reg)", "111100100D01nnnndddd0001NQM1mmmm", kBits<AndNot>},
    {"VORR (reg)", "111100100D10nnnndddd0001NQM1mmmm", kBits<Or>},
    {"VORN",      "111100100D11nnnndddd0001NQM1mmmm", kBits<OrNot>},
    {"VEOR",      "111100110D00nnnndddd0001NQM1mmmm", kBits<ExclusiveOr>},
    {"VBSL",      "111100110D01nnnndddd0001NQM1mmmm", accumulating<SelectByDestination, uint64_t>},
    {"VBIT",      "111100110D10nnnndddd0001NQM1mmmm", accumulating<InsertIfTrue, uint64_t>},
    {"VBIF",      "111100110D11nnnndddd0001NQM1mmmm", accumulating<InsertIfFalse, uint64_t>},
    {"VHSUB.S",   "111100100Dssnnnndddd0010NQM0mmmm", kSigned<HalvingSubtract>},
    {"VHSUB.U",   "111100110Dssnnnndddd0010NQM0mmmm", kUnsigned<HalvingSubtract>},
    {"VQSUB.S",   "111100100Dssnnnndddd0010NQM1mmmm", kSigned64<SaturatingSubtract>},
    {"VQSUB.U",   "111100110Dssnnnndddd0010NQM1mmmm", kUnsigned64<SaturatingSubtract>},
    {"VCGT.S",    "111100100Dssnnnndddd0011NQM0mmmm", kSigned<Greater>},
    {"VCGT.U",    "111100110Dssnnnndddd0011NQM0mmmm", kUnsigned<Greater>},
    {"VCGE.S",    "111100100Dssnnnndddd0011NQM1mmmm", kSigned<GreaterOrEqual>},
    {"VCGE.U",    "111100110Dssnnnndddd0011NQM1mmmm", kUnsigned<GreaterOrEqual>},
    {"VSHL.S (reg)",   "111100100Dssnnnndddd0100NQM0mmmm", kSigned64<ShiftByRegister<false>>},
    {"VSHL.U (reg)",   "111100110Dssnnnndddd0100NQM0mmmm", kUnsigned64<ShiftByRegister<false>>},
    {"VQSHL.S (reg)",  "111100100Dssnnnndddd0100NQM1mmmm", kSigned64<SaturatingShiftByRegister<false>>},
    {"VQSHL.U (reg)",  "111100110Dssnnnndddd0100NQM1mmmm", kUnsigned64<SaturatingShiftByRegister<false>>},
    {"VRSHL.S",   "111100100Dssnnnndddd0101NQM0mmmm", kSigned64<ShiftByRegister<true>>},
    {"VRSHL.U",   "111100110Dssnnnndddd0101NQM0mmmm", kUnsigned64<ShiftByRegister<true>>},
    {"VQRSHL.S",  "111100100Dssnnnndddd0101NQM1mmmm", kSigned64<SaturatingShiftByRegister<true>>},
    {"VQRSHL.U",  "111100110Dssnnnndddd0101NQM1mmmm", kUnsigned64<SaturatingShiftByRegister<true>>},
    {"VMAX.S",    "111100100Dssnnnndddd0110NQM0mmmm", kSigned<Maximum>},
    {"VMAX.U",    "111100110Dssnnnndddd0110NQM0mmmm", kUnsigned<Maximum>},
    {"VMIN.S",    "111100100Dssnnnndddd0110NQM1mmmm", kSigned<Minimum>},
    {"VMIN.U",    "111100110Dssnnnndddd0110NQM1mmmm", kUnsigned<Minimum>},
    {"VABD.S",    "111100100Dssnnnndddd0111NQM0mmmm", kSigned<AbsoluteDifference>},
    {"VABD.U",    "111100110Dssnnnndddd0111NQM0mmmm", kUnsigned<AbsoluteDifference>},
    {"VABA.S",    "111100100Dssnnnndddd0111NQM1mmmm", accumulating<AddAbsoluteDifference, int8_t, int16_t, int32_t>, 2},
    {"VABA.U",    "111100110Dssnnnndddd0111NQM1mmmm", accumulating<AddAbsoluteDifference, uint8_t, uint16_t, uint32_t>, 2},
    {"VADD.I",    "111100100Dssnnnndddd1000NQM0mmmm", kUnsigned64<Add>},
    {"VSUB.I",    "111100110Dssnnnndddd1000NQM0mmmm", kUnsigned64<Subtract>},
    {"VTST",      "111100100Dssnnnndddd1000NQM1mmmm", kUnsigned<TestBits>},
    {"VCEQ.I",    "111100110Dssnnnndddd1000NQM1mmmm", kUnsigned<Equal>},
    {"VMLA.I",    "111100100Dssnnnndddd1001NQM0mmmm", accumulating<MultiplyAdd, uint8_t, uint16_t, uint32_t>, 2},
    {"VMLS.I",    "111100110Dssnnnndddd1001NQM0mmmm", accumulating<MultiplySubtract, uint8_t, uint16_t, uint32_t>, 2},
    {"VMUL.I",    "111100100Dssnnnndddd1001NQM1mmmm", kUnsigned<Multiply>, 2},
    {"VMUL.P",    "111100110Dssnnnndddd1001NQM1mmmm", same_length<PolynomialMultiply, uint8_t>, 2},
    {"VPMAX.S",   "111100100Dssnnnndddd1010N0M0mmmm", pairs<Maximum, int8_t, int16_t, int32_t>},
    {"VPMAX.U",   "111100110Dssnnnndddd1010N0M0mmmm", pairs<Maximum, uint8_t, uint16_t, uint32_t>},
    {"VPMIN.S",   "111100100Dssnnnndddd1010N0M1mmmm", pairs<Minimum, int8_t, int16_t, int32_t>},
    {"VPMIN.U",   "111100110Dssnnnndddd1010N0M1mmmm", pairs<Minimum, uint8_t, uint16_t, uint32_t>},
    {"VQDMULH",   "111100100Dssnnnndddd1011NQM0mmmm", high_multiply<DoublingMultiplyHigh<false>>, 2},
    {"VQRDMULH",  "111100110Dssnnnndddd1011NQM0mmmm", high_multiply<DoublingMultiplyHigh<true>>, 2},
    {"VPADD.I",   "111100100Dssnnnndddd1011N0M1mmmm", pairs<Add, uint8_t, uint16_t, uint32_t>},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_same_length_rows() { return kRows; }

}  // namespace exysim::cpu
