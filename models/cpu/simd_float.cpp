// Three registers of the same length, single precision. Source: ARM DDI 0406C, A7.4.1. A Cortex-A9 has no
// fused multiply-add (MVFR1[31:28] = 0): VFMA and VFMS are UNDEFINED.
#include "models/cpu/simd_float.hpp"

#include "models/cpu/simd_decode.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

template <class Operation>
void same_length(Translator& t, const Fields& f) {
    three_registers(t, f,
                    f('Q') != 0 ? float_operation<Operation, FromRegisters, 16>
                                : float_operation<Operation, FromRegisters, 8>);
}
template <class Operation>
void pairs(Translator& t, const Fields& f) {
    three_registers(t, f, float_operation<Operation, FromPairs, 8>);
}

constexpr Row kRows[] = {
    // clang-format off
    {"VADD.F32 (SIMD)", "111100100D00nnnndddd1101NQM0mmmm", same_length<FloatAdd>},
    {"VSUB.F32 (SIMD)", "111100100D10nnnndddd1101NQM0mmmm", same_length<FloatSubtract>},
    {"VPADD.F32",       "111100110D00nnnndddd1101N0M0mmmm", pairs<FloatAdd>},
    {"VABD.F32",        "111100110D10nnnndddd1101NQM0mmmm", same_length<FloatAbsoluteDifference>},
    {"VMLA.F32 (SIMD)", "111100100D00nnnndddd1101NQM1mmmm", same_length<FloatMultiplyAdd<false>>, 2},
    {"VMLS.F32 (SIMD)", "111100100D10nnnndddd1101NQM1mmmm", same_length<FloatMultiplyAdd<true>>, 2},
    {"VMUL.F32 (SIMD)", "111100110D00nnnndddd1101NQM1mmmm", same_length<FloatMultiply>, 2},
    {"VCEQ.F32",        "111100100D00nnnndddd1110NQM0mmmm", same_length<FloatEqual>},
    {"VCGE.F32",        "111100110D00nnnndddd1110NQM0mmmm", same_length<FloatGreater<true>>},
    {"VCGT.F32",        "111100110D10nnnndddd1110NQM0mmmm", same_length<FloatGreater<false>>},
    {"VACGE.F32",       "111100110D00nnnndddd1110NQM1mmmm", same_length<FloatGreater<true, true>>},
    {"VACGT.F32",       "111100110D10nnnndddd1110NQM1mmmm", same_length<FloatGreater<false, true>>},
    {"VMAX.F32",        "111100100D00nnnndddd1111NQM0mmmm", same_length<FloatExtreme<true>>},
    {"VMIN.F32",        "111100100D10nnnndddd1111NQM0mmmm", same_length<FloatExtreme<false>>},
    {"VPMAX.F32",       "111100110D00nnnndddd1111N0M0mmmm", pairs<FloatExtreme<true>>},
    {"VPMIN.F32",       "111100110D10nnnndddd1111N0M0mmmm", pairs<FloatExtreme<false>>},
    {"VRECPS",          "111100100D00nnnndddd1111NQM1mmmm", same_length<ReciprocalStep>, 2},
    {"VRSQRTS",         "111100100D10nnnndddd1111NQM1mmmm", same_length<ReciprocalRootStep>, 2},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_float_rows() { return kRows; }

}  // namespace exysim::cpu
