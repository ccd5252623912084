// VFPv3 number formats and FPSCR, as plain bit patterns. No dependency on the core.
// Source of every rule in the vfp_* files: ARM Architecture Reference Manual ARMv7-A/R (DDI 0406C), A2.7
// "Floating-point data types and arithmetic" and its FPxxx() pseudocode functions.
#pragma once

#include <bit>
#include <cstdint>

namespace exysim::cpu::vfp {

/// FPSCR fields (DDI 0406C, B4.1.58). The Cortex-A9 has no trapped exceptions: bits 8-12 and 15 are RAZ/WI.
enum FpscrBits : uint32_t {
    kInvalid = 1u << 0,        // IOC
    kDivideByZero = 1u << 1,   // DZC
    kOverflow = 1u << 2,       // OFC
    kUnderflow = 1u << 3,      // UFC
    kInexact = 1u << 4,        // IXC
    kInputDenormal = 1u << 7,  // IDC
    kRoundingMask = 3u << 22,
    kFlushToZero = 1u << 24,
    kDefaultNan = 1u << 25,
    kAlternativeHalf = 1u << 26,
    kFlagV = 1u << 28,
    kFlagC = 1u << 29,
    kFlagZ = 1u << 30,
    kFlagN = 1u << 31,
    kFlagsNzcv = 0xF000'0000u,
    kFpscrWritable = 0xFFC0'009Fu,  // Assumed: LEN and STRIDE are RAZ/WI; MVFR0 names no short vectors
};

/// FPSCR.RMode, in its encoding.
enum class Rounding : uint32_t { nearest_even = 0, plus_infinity = 1, minus_infinity = 2, zero = 3 };

inline Rounding rounding_mode(uint32_t fpscr) { return static_cast<Rounding>((fpscr & kRoundingMask) >> 22); }

/// A binary interchange format; `Bits` is the pattern's type, `Host` the host's type of the same format or
/// void.
template <class BitsType, int exponent_bits, int fraction_bits, class HostType = void>
struct Format {
    using Bits = BitsType;
    using Host = HostType;
    static constexpr int kExponentBits = exponent_bits;
    static constexpr int kFractionBits = fraction_bits;
    static constexpr int kExponentMax = (1 << exponent_bits) - 1;  // infinities and NaNs
    static constexpr int kBias = kExponentMax / 2;
    static constexpr Bits kSign = static_cast<Bits>(Bits{1} << (exponent_bits + fraction_bits));
    static constexpr Bits kFractionMask = static_cast<Bits>((Bits{1} << fraction_bits) - 1);
    static constexpr Bits kInfinity = static_cast<Bits>(Bits{kExponentMax} << fraction_bits);
    static constexpr Bits kQuietBit = static_cast<Bits>(Bits{1} << (fraction_bits - 1));
    static constexpr Bits kDefaultNan = static_cast<Bits>(kInfinity | kQuietBit);  // positive
    static constexpr Bits kMinNormal = static_cast<Bits>(Bits{1} << fraction_bits);
};

using Half = Format<uint16_t, 5, 10>;
using Single = Format<uint32_t, 8, 23, float>;
using Double = Format<uint64_t, 11, 52, double>;

/// The format that a register width names: S registers hold singles, D registers doubles.
template <class Bits>
struct FormatOfBits;
template <>
struct FormatOfBits<uint16_t> {
    using Type = Half;
};
template <>
struct FormatOfBits<uint32_t> {
    using Type = Single;
};
template <>
struct FormatOfBits<uint64_t> {
    using Type = Double;
};
template <class Bits>
using FormatOf = typename FormatOfBits<Bits>::Type;

template <class Bits>
constexpr Bits magnitude(Bits value) {
    return static_cast<Bits>(value & ~FormatOf<Bits>::kSign);
}
template <class Bits>
constexpr bool is_negative(Bits value) {
    return (value & FormatOf<Bits>::kSign) != 0;
}
template <class Bits>
constexpr bool is_nan(Bits value) {
    return magnitude(value) > FormatOf<Bits>::kInfinity;
}
template <class Bits>
constexpr bool is_signalling(Bits value) {
    return is_nan(value) && !(value & FormatOf<Bits>::kQuietBit);
}
template <class Bits>
constexpr bool is_infinity(Bits value) {
    return magnitude(value) == FormatOf<Bits>::kInfinity;
}
template <class Bits>
constexpr bool is_zero(Bits value) {
    return magnitude(value) == 0;
}
template <class Bits>
constexpr bool is_subnormal(Bits value) {
    return !is_zero(value) && magnitude(value) < FormatOf<Bits>::kMinNormal;
}

/// VNEG and VABS work on the pattern alone, NaNs included.
template <class Bits>
constexpr Bits negate(Bits value) {
    return static_cast<Bits>(value ^ FormatOf<Bits>::kSign);
}
template <class Bits>
constexpr Bits absolute(Bits value) {
    return magnitude(value);
}

/// VFPExpandImm(): the constant of VMOV (immediate).
template <class Bits>
constexpr Bits expand_immediate(uint32_t imm8) {
    using F = FormatOf<Bits>;
    const uint32_t b6 = (imm8 >> 6) & 1;
    const Bits exponent = static_cast<Bits>((Bits{!b6} << (F::kExponentBits - 1)) |
                                            (b6 ? ((Bits{1} << (F::kExponentBits - 3)) - 1) << 2 : Bits{0}) |
                                            ((imm8 >> 4) & 3));
    const Bits sign = (imm8 & 0x80) ? F::kSign : Bits{0};
    return sign | (exponent << F::kFractionBits) | (Bits{imm8 & 0xF} << (F::kFractionBits - 4));
}
static_assert(expand_immediate<uint32_t>(0x70) == 0x3F80'0000);            // 1.0f
static_assert(expand_immediate<uint64_t>(0x80) == 0xC000'0000'0000'0000);  // -2.0

}  // namespace exysim::cpu::vfp
