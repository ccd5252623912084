// Conversions between single precision, integers, fixed point and half precision, and the estimates of
// reciprocals and their roots. Source: ARM DDI 0406C, A8.8 under each name and A2.7 for the FPxxx()
// functions.
//
// Integers and fixed-point numbers of 32 bits fit a double, so every conversion is exact there and rounds
// once.
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_float.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

/// 2^exponent, for -32 <= exponent <= 32.
double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<uint64_t>(1023 + exponent) << 52);
}

/// FPToFixed() towards zero.
template <class Integer>
struct ToFixed {
    static uint32_t of(uint32_t lane, int fraction_bits, uint32_t& fpscr) {
        if (vfp::is_nan(lane)) {
            fpscr |= vfp::kInvalid;
            return 0;
        }
        if (vfp::is_subnormal(lane)) {
            fpscr |= vfp::kInputDenormal;
            return 0;
        }
        using Limits = std::numeric_limits<Integer>;
        const double value = double{std::bit_cast<float>(lane)} * power_of_two(fraction_bits);
        const bool above = value >= double{Limits::max()} + 1, below = value <= double{Limits::min()} - 1;
        if (above || below) {
            fpscr |= vfp::kInvalid;
            return static_cast<uint32_t>(above ? Limits::max() : Limits::min());
        }
        const auto whole = static_cast<int64_t>(value);
        if (static_cast<double>(whole) != value) fpscr |= vfp::kInexact;
        return static_cast<uint32_t>(whole);
    }
};

/// FixedToFP(), to nearest.
template <class Integer>
struct FromFixed {
    static uint32_t of(uint32_t lane, int fraction_bits, uint32_t& fpscr) {
        const double value = static_cast<double>(static_cast<Integer>(lane)) * power_of_two(-fraction_bits);
        const auto rounded = static_cast<float>(value);
        if (double{rounded} != value) fpscr |= vfp::kInexact;
        return std::bit_cast<uint32_t>(rounded);
    }
};

/// ARM ARM A2.7.5: a nine-bit estimate of 1 / x for x in 256..511 (units of 1/512), 256..511 itself.
uint32_t reciprocal_estimate(uint32_t x) {
    const uint32_t middle = 2 * x + 1;  // units of 1/1024
    return ((1U << 19) / middle + 1) / 2;
}
/// The same for 1 / sqrt(x), x in 128..511.
uint32_t root_estimate(uint32_t x) {
    const uint32_t middle = x < 256 ? 2 * x + 1 : 2 * (x | 1);  // x >= 256: two steps share an estimate
    uint32_t result = 512;
    while (uint64_t{middle} * (result + 1) * (result + 1) < uint64_t{1} << 28) ++result;
    return (result + 1) / 2;
}

struct ReciprocalUnsigned {
    static uint32_t of(uint32_t lane, int, uint32_t&) {
        return (lane >> 31) == 0 ? ~0U : reciprocal_estimate(lane >> 23) << 23;
    }
};
struct RootUnsigned {
    static uint32_t of(uint32_t lane, int, uint32_t&) {
        return (lane >> 30) == 0 ? ~0U : root_estimate(lane >> 23) << 23;
    }
};

/// NaN, infinity, zero: what both float estimates have in common. False if the lane is an ordinary number.
bool special_estimate(uint32_t& lane, uint32_t& fpscr) {
    if (vfp::is_nan(lane)) {
        if (vfp::is_signalling(lane)) fpscr |= vfp::kInvalid;
        lane = Single::kDefaultNan;
        return true;
    }
    if (vfp::is_subnormal(lane)) {
        fpscr |= vfp::kInputDenormal;
        lane &= Single::kSign;
    }
    if (vfp::is_zero(lane)) {
        fpscr |= vfp::kDivideByZero;
        lane |= Single::kInfinity;
        return true;
    }
    return false;
}

struct ReciprocalFloat {
    static uint32_t of(uint32_t lane, int, uint32_t& fpscr) {
        if (special_estimate(lane, fpscr)) return lane;
        const uint32_t sign = lane & Single::kSign, exponent = lane >> 23 & 0xFF;
        if (exponent == 255) return sign;
        if (exponent >= 253) {  // 2^126 and above: the reciprocal would be subnormal
            fpscr |= vfp::kUnderflow;
            return sign;
        }
        const uint32_t estimate = reciprocal_estimate(256 | (lane >> 15 & 0xFF));
        return sign | (253 - exponent) << 23 | (estimate & 0xFF) << 15;
    }
};
struct RootFloat {
    static uint32_t of(uint32_t lane, int, uint32_t& fpscr) {
        if (special_estimate(lane, fpscr)) return lane;
        if (vfp::is_negative(lane)) {
            fpscr |= vfp::kInvalid;
            return Single::kDefaultNan;
        }
        if (vfp::is_infinity(lane)) return 0;
        const uint32_t exponent = lane >> 23;
        // The significand in units of 1/512: 0.5 <= x < 1 if the exponent is even, else 0.25 <= x < 0.5.
        const uint32_t x = (exponent & 1) == 0 ? 256 | (lane >> 15 & 0xFF) : 128 | (lane >> 16 & 0x7F);
        return ((380 - exponent) / 2) << 23 | (root_estimate(x) & 0xFF) << 15;
    }
};

/// d = OP(m) lane by lane; imm = fraction bits.
template <class Operation, unsigned bytes>
Op* convert(Core& core, Op* op) {
    using V = Vector<uint32_t, bytes>;
    V v = read<V>(core, op->rm);
    for (unsigned i = 0; i < kLanes<V>; ++i)
        v[i] = Operation::of(v[i], static_cast<int>(op->imm), core.vfp.fpscr);
    write(core, op->rd, v);
    return next(core, op);
}

[[gnu::noinline]] void halves_to_singles(Core& core, const Op* op) {
    const auto halves = read<Vector<uint16_t, 8>>(core, op->rm);
    Vector<uint32_t, 16> singles;
    uint32_t fpscr = standard(core.vfp.fpscr);
    for (unsigned i = 0; i < 4; ++i) singles[i] = vfp::soft::half_to_single(halves[i], fpscr);
    write(core, op->rd, singles);
    core.vfp.fpscr |= fpscr & kCumulative;
}
[[gnu::noinline]] void singles_to_halves(Core& core, const Op* op) {
    const auto singles = read<Vector<uint32_t, 16>>(core, op->rm);
    Vector<uint16_t, 8> halves;
    uint32_t fpscr = standard(core.vfp.fpscr);
    for (unsigned i = 0; i < 4; ++i) halves[i] = vfp::soft::single_to_half(singles[i], fpscr);
    write(core, op->rd, halves);
    core.vfp.fpscr |= fpscr & kCumulative;
}
Op* half_to_single(Core& core, Op* op) {
    halves_to_singles(core, op);
    return next(core, op);
}
Op* single_to_half(Core& core, Op* op) {
    singles_to_halves(core, op);
    return next(core, op);
}

template <class Operation>
void between(Translator& t, const Fields& f) {
    two_registers(t, f, f('Q') != 0 ? convert<Operation, 16> : convert<Operation, 8>);
}
/// Field i is 32 less the fraction bits.
template <class Operation>
void fixed_point(Translator& t, const Fields& f) {
    two_registers(t, f, f('Q') != 0 ? convert<Operation, 16> : convert<Operation, 8>, 32 - f('i'));
}
void from_half(Translator& t, const Fields& f) {
    if (odd(vd(f))) return t.undefined();
    emit(t, half_to_single, {vd(f), 0, vm(f)});
}
void to_half(Translator& t, const Fields& f) {
    if (odd(vm(f))) return t.undefined();
    emit(t, single_to_half, {vd(f), 0, vm(f)});
}

constexpr Row kRows[] = {
    // clang-format off
    {"VCVT.F16.F32 (SIMD)", "111100111D110110dddd011000M0mmmm", to_half},
    {"VCVT.F32.F16 (SIMD)", "111100111D110110dddd011100M0mmmm", from_half},
    {"VRECPE.U32",          "111100111D111011dddd01000QM0mmmm", between<ReciprocalUnsigned>},
    {"VRECPE.F32",          "111100111D111011dddd01010QM0mmmm", between<ReciprocalFloat>},
    {"VRSQRTE.U32",         "111100111D111011dddd01001QM0mmmm", between<RootUnsigned>},
    {"VRSQRTE.F32",         "111100111D111011dddd01011QM0mmmm", between<RootFloat>},
    {"VCVT.F32.S32 (SIMD)", "111100111D111011dddd01100QM0mmmm", between<FromFixed<int32_t>>},
    {"VCVT.F32.U32 (SIMD)", "111100111D111011dddd01101QM0mmmm", between<FromFixed<uint32_t>>},
    {"VCVT.S32.F32 (SIMD)", "111100111D111011dddd01110QM0mmmm", between<ToFixed<int32_t>>},
    {"VCVT.U32.F32 (SIMD)", "111100111D111011dddd01111QM0mmmm", between<ToFixed<uint32_t>>},
    {"VCVT.F32.S32 (SIMD, fixed)", "111100101D1iiiiidddd11100QM1mmmm", fixed_point<FromFixed<int32_t>>},
    {"VCVT.F32.U32 (SIMD, fixed)", "111100111D1iiiiidddd11100QM1mmmm", fixed_point<FromFixed<uint32_t>>},
    {"VCVT.S32.F32 (SIMD, fixed)", "111100101D1iiiiidddd11110QM1mmmm", fixed_point<ToFixed<int32_t>>},
    {"VCVT.U32.F32 (SIMD, fixed)", "111100111D1iiiiidddd11110QM1mmmm", fixed_point<ToFixed<uint32_t>>},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_convert_rows() { return kRows; }

}  // namespace exysim::cpu
