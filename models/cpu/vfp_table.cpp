// Encodings of VFPv3-D32 with half precision, A32 and T32 (same low 28 bits), and how each becomes
// operations. Source: ARM DDI 0406C, A7.5 (data processing), A7.6 (loads and stores), A7.8 and A7.9
// (transfers to core registers).
//
// Fields: D and d, N and n, M and m are the parts of extension register numbers; t and u core registers; i
// and j parts of an immediate. The last column is the issue cost in cycles, from the Cortex-A9 FPU TRM's
// instruction timing.
#include "models/cpu/instruction_table.hpp"
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_vector.hpp"
#include "models/cpu/translator.hpp"
#include "models/cpu/vfp_data_processing.hpp"
#include "models/cpu/vfp_transfer.hpp"

namespace exysim::cpu {
namespace {

using namespace vfp;

using F32 = uint32_t;
using F64 = uint64_t;
constexpr auto kByFpscr = IntegerRounding::by_fpscr;
constexpr auto kToZero = IntegerRounding::towards_zero;

// Cortex-A9 identification registers as the Exynos4 consoles show them (FPSID, MVFR0, MVFR1).
constexpr uint32_t kFpsid = 0x4103'3094, kMvfr0 = 0x1011'0222, kMvfr1 = 0x0111'1111;

/// An extension register number: D registers read high:low, S registers low:high.
template <class Bits>
uint8_t extension_register(uint32_t high_bit, uint32_t low_bits) {
    return static_cast<uint8_t>(sizeof(Bits) == 8 ? high_bit << 4 | low_bits : low_bits << 1 | high_bit);
}
/// What require_vfp() wants to know of a register.
template <class Bits>
constexpr uint32_t doubles(uint32_t number) {
    return sizeof(Bits) == 8 ? number : 0;
}
template <class Bits>
uint8_t vd(const Fields& f) {
    return extension_register<Bits>(f('D'), f('d'));
}
template <class Bits>
uint8_t vn(const Fields& f) {
    return extension_register<Bits>(f('N'), f('n'));
}
template <class Bits>
uint8_t vm(const Fields& f) {
    return extension_register<Bits>(f('M'), f('m'));
}

// --- data processing

template <class Bits, Handler handler>
void three_registers(Translator& t, const Fields& f) {
    t.require_vfp(doubles<Bits>(vd<Bits>(f) | vn<Bits>(f) | vm<Bits>(f)));
    t.emit(handler, 0, {vd<Bits>(f), vn<Bits>(f), vm<Bits>(f)});
}

template <class To, class From, Handler handler>
void two_registers(Translator& t, const Fields& f) {
    t.require_vfp(doubles<To>(vd<To>(f)) | doubles<From>(vm<From>(f)));
    t.emit(handler, 0, {vd<To>(f), 0, vm<From>(f)});
}

template <class Bits, Handler handler>
void one_register(Translator& t, const Fields& f) {
    t.require_vfp(doubles<Bits>(vd<Bits>(f)));
    t.emit(handler, 0, {vd<Bits>(f)});
}

template <class Bits>
void vmov_immediate(Translator& t, const Fields& f) {
    const Bits constant = expand_immediate<Bits>(f('i'));
    t.require_vfp(doubles<Bits>(vd<Bits>(f)));
    t.emit(move_immediate<Bits>, static_cast<uint32_t>(constant >> (8 * sizeof(Bits) - 32)), {vd<Bits>(f)});
}

template <Handler handler>
void half_precision(Translator& t, const Fields& f) {
    t.require_vfp();
    t.emit(handler, 16 * f('T'), {vd<F32>(f), 0, vm<F32>(f)});
}

template <class Bits, uint32_t width, Handler handler>
void fixed_point(Translator& t, const Fields& f) {
    const uint32_t imm5 = f('j') << 1 | f('i');
    if (imm5 > width) return t.unpredictable();
    t.require_vfp(doubles<Bits>(vd<Bits>(f)));
    t.emit(handler, width - imm5, {vd<Bits>(f)});
}

// --- loads and stores

template <class Bits>
void vldr(Translator& t, const Fields& f) {
    const uint32_t bytes = 4 * f('i'), offset = f('U') ? bytes : 0u - bytes;
    t.require_vfp(doubles<Bits>(vd<Bits>(f)));
    if (f('n') == 15) {
        t.emit(load_literal<Bits>, t.aligned_pc() + offset, {vd<Bits>(f)});
    } else {
        t.emit(load<Bits>, offset, {vd<Bits>(f), static_cast<uint8_t>(f('n'))});
    }
}

template <class Bits>
void vstr(Translator& t, const Fields& f) {
    if (f('n') == 15 && t.thumb()) return t.unpredictable();
    const uint32_t bytes = 4 * f('i'), offset = f('U') ? bytes : 0u - bytes;
    t.require_vfp(doubles<Bits>(vd<Bits>(f)));
    t.emit(store<Bits>, offset, {vd<Bits>(f), t.source(f('n'))});
}

/// Increment after (W optional) or decrement before (always with write-back). An odd count of words of D
/// registers is FLDMX/FSTMX: the last word only counts for the address.
template <class Bits, bool before, Handler one, Handler several>
void multiple(Translator& t, const Fields& f) {
    const uint32_t words = f('i'), first = vd<Bits>(f);
    const auto count = static_cast<uint32_t>(words * 4 / sizeof(Bits));
    const bool writes_back = before || f('W') != 0;
    const bool too_many = first + count > 32 || count > (sizeof(Bits) == 8 ? 16 : 32);
    if (count == 0 || too_many || (f('n') == 15 && (writes_back || t.thumb()))) return t.unpredictable();
    t.require_vfp(doubles<Bits>(first + count - 1));
    t.emit(count == 1 ? one : several, before ? 0u - 4 * words : 0,
           {static_cast<uint8_t>(first), t.source(f('n')), static_cast<uint8_t>(count),
            static_cast<uint8_t>(writes_back ? words : 0)});
}

// --- transfers between core and extension registers

bool bad_core_register(const Translator& t, uint32_t n) { return n == 15 || (n == 13 && t.thumb()); }

template <Handler handler>
void vmov_single(Translator& t, const Fields& f) {
    if (bad_core_register(t, f('t'))) return t.unpredictable();
    t.require_vfp();
    t.emit(handler, 0, {static_cast<uint8_t>(f('t')), vn<F32>(f)});
}

template <class Bits, bool to_core, Handler handler>
void vmov_pair(Translator& t, const Fields& f) {
    const uint32_t first = f('t'), second = f('u'), m = vm<Bits>(f);
    if (bad_core_register(t, first) || bad_core_register(t, second) || (to_core && first == second)) {
        return t.unpredictable();
    }
    if (sizeof(Bits) == 4 && m == 31) return t.unpredictable();
    const uint32_t single = sizeof(Bits) == 8 ? 2 * m : m;
    t.require_vfp(doubles<Bits>(m));
    t.emit(handler, 0,
           {static_cast<uint8_t>(first), 0, static_cast<uint8_t>(single), static_cast<uint8_t>(second)});
}

/// Field i is the scalar's index, `Part` its size.
template <class Part, Handler handler>
void vmov_scalar(Translator& t, const Fields& f) {
    if (bad_core_register(t, f('t'))) return t.unpredictable();
    t.require_vfp(vn<F64>(f));
    const auto byte = static_cast<uint8_t>(f('i') * sizeof(Part));
    t.emit(handler, 0, {static_cast<uint8_t>(f('t')), byte, vn<F64>(f)});
}

/// VDUP: core register rm in every lane.
template <class T, unsigned bytes>
Op* core_to_all_lanes(Core& core, Op* op) {
    simd::write(core, op->rd, simd::splat<simd::Vector<T, bytes>>(static_cast<T>(core.r[op->rm])));
    return next(core, op);
}

/// Field b: 0, 1, 2 for words, halfwords, bytes.
void vdup_core(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {core_to_all_lanes<uint32_t, 8>, core_to_all_lanes<uint16_t, 8>,
                                          core_to_all_lanes<uint8_t, 8>};
    static constexpr Handler kQuad[] = {core_to_all_lanes<uint32_t, 16>, core_to_all_lanes<uint16_t, 16>,
                                        core_to_all_lanes<uint8_t, 16>};
    const uint8_t d = simd::vd(f);
    if (f('Q') != 0 && simd::odd(d)) return t.undefined();
    if (bad_core_register(t, f('t'))) return t.unpredictable();
    simd::emit(t, simd::at(f('Q') != 0 ? kQuad : kDouble, f('b')), {d, 0, static_cast<uint8_t>(f('t'))});
}

void vmrs_fpscr(Translator& t, const Fields& f) {
    if (t.thumb() && f('t') == 13) return t.unpredictable();
    t.require_vfp();
    if (f('t') == 15) {
        t.emit(fpscr_to_flags);
    } else {
        t.emit(fpscr_to_core, 0, {static_cast<uint8_t>(f('t'))});
    }
}

void vmsr_fpscr(Translator& t, const Fields& f) {
    if (bad_core_register(t, f('t'))) return t.unpredictable();
    t.require_vfp();
    t.emit(core_to_fpscr, 0, {static_cast<uint8_t>(f('t'))});
}

/// Registers that privileged software reaches while the unit is off (ARM ARM B4.1.57: FPEXC.EN does not
/// matter).
template <Handler handler, uint32_t constant = 0>
void privileged_register(Translator& t, const Fields& f) {
    if (bad_core_register(t, f('t'))) return t.unpredictable();
    t.emit(check_privileged_access);
    t.emit(handler, constant, {static_cast<uint8_t>(f('t'))});
}

void vmsr_fpexc(Translator& t, const Fields& f) {
    privileged_register<core_to_fpexc>(t, f);
    t.synchronize();
}

/// VMSR FPSID: no effect, by definition of a read-only register.
void vmsr_ignored(Translator& t, const Fields& f) {
    if (bad_core_register(t, f('t'))) return t.unpredictable();
    t.emit(check_privileged_access);
}

constexpr Row kRows[] = {
    // clang-format off
    {"VMLA.F32",         "cccc11100D00nnnndddd1010N0M0mmmm", three_registers<F32, accumulate<F32, false, false>>},
    {"VMLA.F64",         "cccc11100D00nnnndddd1011N0M0mmmm", three_registers<F64, accumulate<F64, false, false>>, 2},
    {"VMLS.F32",         "cccc11100D00nnnndddd1010N1M0mmmm", three_registers<F32, accumulate<F32, false, true>>},
    {"VMLS.F64",         "cccc11100D00nnnndddd1011N1M0mmmm", three_registers<F64, accumulate<F64, false, true>>, 2},
    {"VNMLS.F32",        "cccc11100D01nnnndddd1010N0M0mmmm", three_registers<F32, accumulate<F32, true, false>>},
    {"VNMLS.F64",        "cccc11100D01nnnndddd1011N0M0mmmm", three_registers<F64, accumulate<F64, true, false>>, 2},
    {"VNMLA.F32",        "cccc11100D01nnnndddd1010N1M0mmmm", three_registers<F32, accumulate<F32, true, true>>},
    {"VNMLA.F64",        "cccc11100D01nnnndddd1011N1M0mmmm", three_registers<F64, accumulate<F64, true, true>>, 2},
    {"VMUL.F32",         "cccc11100D10nnnndddd1010N0M0mmmm", three_registers<F32, binary<F32, Multiply<F32>>>},
    {"VMUL.F64",         "cccc11100D10nnnndddd1011N0M0mmmm", three_registers<F64, binary<F64, Multiply<F64>>>, 2},
    {"VNMUL.F32",        "cccc11100D10nnnndddd1010N1M0mmmm", three_registers<F32, binary<F32, NegatedMultiply<F32>>>},
    {"VNMUL.F64",        "cccc11100D10nnnndddd1011N1M0mmmm", three_registers<F64, binary<F64, NegatedMultiply<F64>>>, 2},
    {"VADD.F32",         "cccc11100D11nnnndddd1010N0M0mmmm", three_registers<F32, binary<F32, Add<F32>>>},
    {"VADD.F64",         "cccc11100D11nnnndddd1011N0M0mmmm", three_registers<F64, binary<F64, Add<F64>>>},
    {"VSUB.F32",         "cccc11100D11nnnndddd1010N1M0mmmm", three_registers<F32, binary<F32, Subtract<F32>>>},
    {"VSUB.F64",         "cccc11100D11nnnndddd1011N1M0mmmm", three_registers<F64, binary<F64, Subtract<F64>>>},
    {"VDIV.F32",         "cccc11101D00nnnndddd1010N0M0mmmm", three_registers<F32, binary<F32, Divide<F32>>>, 10},
    {"VDIV.F64",         "cccc11101D00nnnndddd1011N0M0mmmm", three_registers<F64, binary<F64, Divide<F64>>>, 20},
    {"VMOV.F32 (imm)",   "cccc11101D11iiiidddd1010x0x0iiii", vmov_immediate<F32>},
    {"VMOV.F64 (imm)",   "cccc11101D11iiiidddd1011x0x0iiii", vmov_immediate<F64>},
    {"VMOV.F32 (reg)",   "cccc11101D110000dddd101001M0mmmm", two_registers<F32, F32, pattern<F32, copy<F32>>>},
    {"VMOV.F64 (reg)",   "cccc11101D110000dddd101101M0mmmm", two_registers<F64, F64, pattern<F64, copy<F64>>>},
    {"VABS.F32",         "cccc11101D110000dddd101011M0mmmm", two_registers<F32, F32, pattern<F32, absolute<F32>>>},
    {"VABS.F64",         "cccc11101D110000dddd101111M0mmmm", two_registers<F64, F64, pattern<F64, absolute<F64>>>},
    {"VNEG.F32",         "cccc11101D110001dddd101001M0mmmm", two_registers<F32, F32, pattern<F32, negate<F32>>>},
    {"VNEG.F64",         "cccc11101D110001dddd101101M0mmmm", two_registers<F64, F64, pattern<F64, negate<F64>>>},
    {"VSQRT.F32",        "cccc11101D110001dddd101011M0mmmm", two_registers<F32, F32, unary<F32, F32, SquareRoot<F32>>>, 13},
    {"VSQRT.F64",        "cccc11101D110001dddd101111M0mmmm", two_registers<F64, F64, unary<F64, F64, SquareRoot<F64>>>, 28},
    {"VCVT.F32.F16",     "cccc11101D110010dddd1010T1M0mmmm", half_precision<half_to_single_part>},
    {"VCVT.F16.F32",     "cccc11101D110011dddd1010T1M0mmmm", half_precision<single_to_half_part>},
    {"VCMP.F32",         "cccc11101D110100dddd101001M0mmmm", two_registers<F32, F32, compare<F32, false, false>>},
    {"VCMP.F64",         "cccc11101D110100dddd101101M0mmmm", two_registers<F64, F64, compare<F64, false, false>>},
    {"VCMPE.F32",        "cccc11101D110100dddd101011M0mmmm", two_registers<F32, F32, compare<F32, false, true>>},
    {"VCMPE.F64",        "cccc11101D110100dddd101111M0mmmm", two_registers<F64, F64, compare<F64, false, true>>},
    {"VCMP.F32 (zero)",  "cccc11101D110101dddd101001x0xxxx", one_register<F32, compare<F32, true, false>>},
    {"VCMP.F64 (zero)",  "cccc11101D110101dddd101101x0xxxx", one_register<F64, compare<F64, true, false>>},
    {"VCMPE.F32 (zero)", "cccc11101D110101dddd101011x0xxxx", one_register<F32, compare<F32, true, true>>},
    {"VCMPE.F64 (zero)", "cccc11101D110101dddd101111x0xxxx", one_register<F64, compare<F64, true, true>>},
    {"VCVT.F64.F32",     "cccc11101D110111dddd101011M0mmmm", two_registers<F64, F32, unary<F64, F32, Widen>>},
    {"VCVT.F32.F64",     "cccc11101D110111dddd101111M0mmmm", two_registers<F32, F64, unary<F32, F64, Narrow>>},
    {"VCVT.F32.U32",     "cccc11101D111000dddd101001M0mmmm", two_registers<F32, F32, unary<F32, F32, FromInteger<F32, false>>>},
    {"VCVT.F64.U32",     "cccc11101D111000dddd101101M0mmmm", two_registers<F64, F32, unary<F64, F32, FromInteger<F64, false>>>},
    {"VCVT.F32.S32",     "cccc11101D111000dddd101011M0mmmm", two_registers<F32, F32, unary<F32, F32, FromInteger<F32, true>>>},
    {"VCVT.F64.S32",     "cccc11101D111000dddd101111M0mmmm", two_registers<F64, F32, unary<F64, F32, FromInteger<F64, true>>>},
    {"VCVTR.U32.F32",    "cccc11101D111100dddd101001M0mmmm", two_registers<F32, F32, unary<F32, F32, ToInteger<F32, false, kByFpscr>>>},
    {"VCVTR.U32.F64",    "cccc11101D111100dddd101101M0mmmm", two_registers<F32, F64, unary<F32, F64, ToInteger<F64, false, kByFpscr>>>},
    {"VCVTR.S32.F32",    "cccc11101D111101dddd101001M0mmmm", two_registers<F32, F32, unary<F32, F32, ToInteger<F32, true, kByFpscr>>>},
    {"VCVTR.S32.F64",    "cccc11101D111101dddd101101M0mmmm", two_registers<F32, F64, unary<F32, F64, ToInteger<F64, true, kByFpscr>>>},
    {"VCVT.U32.F32",     "cccc11101D111100dddd101011M0mmmm", two_registers<F32, F32, unary<F32, F32, ToInteger<F32, false, kToZero>>>},
    {"VCVT.U32.F64",     "cccc11101D111100dddd101111M0mmmm", two_registers<F32, F64, unary<F32, F64, ToInteger<F64, false, kToZero>>>},
    {"VCVT.S32.F32",     "cccc11101D111101dddd101011M0mmmm", two_registers<F32, F32, unary<F32, F32, ToInteger<F32, true, kToZero>>>},
    {"VCVT.S32.F64",     "cccc11101D111101dddd101111M0mmmm", two_registers<F32, F64, unary<F32, F64, ToInteger<F64, true, kToZero>>>},
    {"VCVT.F32.S16",     "cccc11101D111010dddd101001i0jjjj", fixed_point<F32, 16, fixed_to_float<F32, 16, true>>},
    {"VCVT.F64.S16",     "cccc11101D111010dddd101101i0jjjj", fixed_point<F64, 16, fixed_to_float<F64, 16, true>>},
    {"VCVT.F32.S32 (fixed)", "cccc11101D111010dddd101011i0jjjj", fixed_point<F32, 32, fixed_to_float<F32, 32, true>>},
    {"VCVT.F64.S32 (fixed)", "cccc11101D111010dddd101111i0jjjj", fixed_point<F64, 32, fixed_to_float<F64, 32, true>>},
    {"VCVT.F32.U16",     "cccc11101D111011dddd101001i0jjjj", fixed_point<F32, 16, fixed_to_float<F32, 16, false>>},
    {"VCVT.F64.U16",     "cccc11101D111011dddd101101i0jjjj", fixed_point<F64, 16, fixed_to_float<F64, 16, false>>},
    {"VCVT.F32.U32 (fixed)", "cccc11101D111011dddd101011i0jjjj", fixed_point<F32, 32, fixed_to_float<F32, 32, false>>},
    {"VCVT.F64.U32 (fixed)", "cccc11101D111011dddd101111i0jjjj", fixed_point<F64, 32, fixed_to_float<F64, 32, false>>},
    {"VCVT.S16.F32",     "cccc11101D111110dddd101001i0jjjj", fixed_point<F32, 16, float_to_fixed<F32, 16, true>>},
    {"VCVT.S16.F64",     "cccc11101D111110dddd101101i0jjjj", fixed_point<F64, 16, float_to_fixed<F64, 16, true>>},
    {"VCVT.S32.F32 (fixed)", "cccc11101D111110dddd101011i0jjjj", fixed_point<F32, 32, float_to_fixed<F32, 32, true>>},
    {"VCVT.S32.F64 (fixed)", "cccc11101D111110dddd101111i0jjjj", fixed_point<F64, 32, float_to_fixed<F64, 32, true>>},
    {"VCVT.U16.F32",     "cccc11101D111111dddd101001i0jjjj", fixed_point<F32, 16, float_to_fixed<F32, 16, false>>},
    {"VCVT.U16.F64",     "cccc11101D111111dddd101101i0jjjj", fixed_point<F64, 16, float_to_fixed<F64, 16, false>>},
    {"VCVT.U32.F32 (fixed)", "cccc11101D111111dddd101011i0jjjj", fixed_point<F32, 32, float_to_fixed<F32, 32, false>>},
    {"VCVT.U32.F64 (fixed)", "cccc11101D111111dddd101111i0jjjj", fixed_point<F64, 32, float_to_fixed<F64, 32, false>>},

    {"VLDR.32",          "cccc1101UD01nnnndddd1010iiiiiiii", vldr<F32>},
    {"VLDR.64",          "cccc1101UD01nnnndddd1011iiiiiiii", vldr<F64>},
    {"VSTR.32",          "cccc1101UD00nnnndddd1010iiiiiiii", vstr<F32>},
    {"VSTR.64",          "cccc1101UD00nnnndddd1011iiiiiiii", vstr<F64>},
    {"VLDMIA.32",        "cccc11001DW1nnnndddd1010iiiiiiii", multiple<F32, false, load_one<F32>, load_multiple<F32>>, 2},
    {"VLDMIA.64",        "cccc11001DW1nnnndddd1011iiiiiiii", multiple<F64, false, load_one<F64>, load_multiple<F64>>, 2},
    {"VLDMDB.32",        "cccc11010D11nnnndddd1010iiiiiiii", multiple<F32, true, load_one<F32>, load_multiple<F32>>, 2},
    {"VLDMDB.64",        "cccc11010D11nnnndddd1011iiiiiiii", multiple<F64, true, load_one<F64>, load_multiple<F64>>, 2},
    {"VSTMIA.32",        "cccc11001DW0nnnndddd1010iiiiiiii", multiple<F32, false, store_one<F32>, store_multiple<F32>>, 2},
    {"VSTMIA.64",        "cccc11001DW0nnnndddd1011iiiiiiii", multiple<F64, false, store_one<F64>, store_multiple<F64>>, 2},
    {"VSTMDB.32",        "cccc11010D10nnnndddd1010iiiiiiii", multiple<F32, true, store_one<F32>, store_multiple<F32>>, 2},
    {"VSTMDB.64",        "cccc11010D10nnnndddd1011iiiiiiii", multiple<F64, true, store_one<F64>, store_multiple<F64>>, 2},

    {"VMOV (core to single)",    "cccc11100000nnnntttt1010Nxx1xxxx", vmov_single<core_to_single>},
    {"VMOV (single to core)",    "cccc11100001nnnntttt1010Nxx1xxxx", vmov_single<single_to_core>},
    {"VMOV (core to scalar.32)", "cccc111000i0nnnntttt1011N001xxxx", vmov_scalar<uint32_t, core_to_scalar<uint32_t>>},
    {"VMOV (core to scalar.16)", "cccc111000i0nnnntttt1011Ni11xxxx", vmov_scalar<uint16_t, core_to_scalar<uint16_t>>},
    {"VMOV (core to scalar.8)",  "cccc111001i0nnnntttt1011Nii1xxxx", vmov_scalar<uint8_t, core_to_scalar<uint8_t>>},
    {"VMOV (scalar.32 to core)", "cccc111000i1nnnntttt1011N001xxxx", vmov_scalar<uint32_t, scalar_to_core<uint32_t>>},
    {"VMOV (scalar.S16 to core)", "cccc111000i1nnnntttt1011Ni11xxxx", vmov_scalar<uint16_t, scalar_to_core<int16_t>>},
    {"VMOV (scalar.U16 to core)", "cccc111010i1nnnntttt1011Ni11xxxx", vmov_scalar<uint16_t, scalar_to_core<uint16_t>>},
    {"VMOV (scalar.S8 to core)", "cccc111001i1nnnntttt1011Nii1xxxx", vmov_scalar<uint8_t, scalar_to_core<int8_t>>},
    {"VMOV (scalar.U8 to core)", "cccc111011i1nnnntttt1011Nii1xxxx", vmov_scalar<uint8_t, scalar_to_core<uint8_t>>},
    {"VMOV (cores to singles)",  "cccc11000100uuuutttt101000M1mmmm", vmov_pair<F32, false, core_pair_to_singles>},
    {"VMOV (singles to cores)",  "cccc11000101uuuutttt101000M1mmmm", vmov_pair<F32, true, singles_to_core_pair>},
    {"VMOV (cores to double)",   "cccc11000100uuuutttt101100M1mmmm", vmov_pair<F64, false, core_pair_to_singles>},
    {"VMOV (double to cores)",   "cccc11000101uuuutttt101100M1mmmm", vmov_pair<F64, true, singles_to_core_pair>},

    {"VDUP (core)",      "cccc11101bQ0ddddtttt1011D0b1xxxx", vdup_core},

    {"VMRS (FPSCR)",     "cccc111011110001tttt1010xxx1xxxx", vmrs_fpscr},
    {"VMRS (FPSID)",     "cccc111011110000tttt1010xxx1xxxx", privileged_register<constant_to_core, kFpsid>},
    {"VMRS (MVFR1)",     "cccc111011110110tttt1010xxx1xxxx", privileged_register<constant_to_core, kMvfr1>},
    {"VMRS (MVFR0)",     "cccc111011110111tttt1010xxx1xxxx", privileged_register<constant_to_core, kMvfr0>},
    {"VMRS (FPEXC)",     "cccc111011111000tttt1010xxx1xxxx", privileged_register<fpexc_to_core>},
    {"VMSR (FPSCR)",     "cccc111011100001tttt1010xxx1xxxx", vmsr_fpscr},
    {"VMSR (FPSID)",     "cccc111011100000tttt1010xxx1xxxx", vmsr_ignored},
    {"VMSR (FPEXC)",     "cccc111011101000tttt1010xxx1xxxx", vmsr_fpexc},
    // clang-format on
};

}  // namespace

std::span<const Row> vfp_rows() { return kRows; }

}  // namespace exysim::cpu
