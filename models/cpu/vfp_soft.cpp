#include "models/cpu/vfp_soft.hpp"

#include <type_traits>
#include <utility>

namespace exysim::cpu::vfp::soft {
namespace {

__extension__ using Wide = unsigned __int128;

/// A finite non-zero value: (-1)^negative * significand * 2^(exponent - 63), bit 63 of the significand set.
/// Bits below what a format keeps are guard bits; the lowest one is sticky (an OR of everything further
/// down).
struct Unpacked {
    bool negative;
    int exponent;
    uint64_t significand;
};

uint64_t shift_right_sticky(uint64_t value, int count) {
    if (count >= 64) return value != 0;
    if (count <= 0) return value;
    return (value >> count) | ((value << (64 - count)) != 0);
}

Unpacked normalised(bool negative, int exponent, uint64_t significand) {
    const int shift = std::countl_zero(significand);
    return {negative, exponent - shift, significand << shift};
}

/// The top 64 significant bits of `wide` (non-zero, value = wide * 2^(exponent - 127)), the rest sticky.
Unpacked normalised(bool negative, int exponent, Wide wide) {
    const auto high = static_cast<uint64_t>(wide >> 64);
    const auto low = static_cast<uint64_t>(wide);
    const int shift = high ? std::countl_zero(high) : 64 + std::countl_zero(low | 1);  // never 128
    wide <<= shift;
    return {negative, exponent - shift,
            static_cast<uint64_t>(wide >> 64) | (static_cast<uint64_t>(wide) != 0)};
}

/// Finite, non-zero `value`.
template <class Bits>
Unpacked unpack(Bits value) {
    using F = FormatOf<Bits>;
    const uint64_t fraction = value & F::kFractionMask;
    const int biased = static_cast<int>(magnitude(value) >> F::kFractionBits);
    const uint64_t hidden = biased ? uint64_t{1} << F::kFractionBits : 0;
    const int exponent = (biased ? biased : 1) - F::kBias + 63 - F::kFractionBits;
    return normalised(is_negative(value), exponent, fraction | hidden);
}

/// FPUnpack()'s flush-to-zero: in that mode a subnormal operand counts as a zero of its sign.
template <class Bits>
Bits flush_input(Bits value, uint32_t& fpscr) {
    if (!(fpscr & kFlushToZero) || !is_subnormal(value)) return value;
    fpscr |= kInputDenormal;
    return value & FormatOf<Bits>::kSign;
}

bool rounds_up(Rounding rounding, bool negative, bool odd, uint64_t error, uint64_t half) {
    switch (rounding) {
        case Rounding::nearest_even:
            return error > half || (error == half && odd);
        case Rounding::plus_infinity:
            return error != 0 && !negative;
        case Rounding::minus_infinity:
            return error != 0 && negative;
        case Rounding::zero:
            return false;
    }
    return false;
}

bool overflows_to_infinity(Rounding rounding, bool negative) {
    switch (rounding) {
        case Rounding::nearest_even:
            return true;
        case Rounding::plus_infinity:
            return !negative;
        case Rounding::minus_infinity:
            return negative;
        case Rounding::zero:
            return false;
    }
    return false;
}

/// FPRound()'s overflow: infinity or the largest number; alternative half precision has neither and
/// saturates.
template <class Bits>
Bits overflow(bool negative, bool alternative_half, Rounding rounding, uint32_t& fpscr) {
    using F = FormatOf<Bits>;
    const Bits sign = negative ? F::kSign : Bits{0};
    if (alternative_half) {
        fpscr |= kInvalid;
        return static_cast<Bits>(sign | (F::kSign - 1));
    }
    fpscr |= kOverflow | kInexact;
    return static_cast<Bits>(sign |
                             (overflows_to_infinity(rounding, negative) ? F::kInfinity : F::kInfinity - 1));
}

/// FPRound(): tininess is detected before rounding; flush-to-zero does not apply to half precision.
template <class Bits>
Bits round_pack(Unpacked value, Rounding rounding, uint32_t& fpscr) {
    using F = FormatOf<Bits>;
    constexpr int kDropped = 63 - F::kFractionBits;
    constexpr uint64_t kHalfway = uint64_t{1} << (kDropped - 1);
    const Bits sign = value.negative ? F::kSign : Bits{0};
    const int biased = value.exponent + F::kBias;
    const bool tiny = biased < 1;
    if (tiny && (fpscr & kFlushToZero) && F::kFractionBits != Half::kFractionBits) {
        fpscr |= kUnderflow;
        return sign;
    }
    const uint64_t significand = tiny ? shift_right_sticky(value.significand, 1 - biased) : value.significand;
    const uint64_t error = significand & ((uint64_t{1} << kDropped) - 1);
    uint64_t kept = significand >> kDropped;
    if (rounds_up(rounding, value.negative, kept & 1, error, kHalfway)) ++kept;

    // The hidden bit adds one to the exponent field; so does a carry out of the fraction.
    const uint64_t packed = (static_cast<uint64_t>(tiny ? 0 : biased - 1) << F::kFractionBits) + kept;
    const bool alternative_half = F::kFractionBits == Half::kFractionBits && (fpscr & kAlternativeHalf);
    const int limit = alternative_half ? F::kExponentMax + 1 : F::kExponentMax;
    if ((packed >> F::kFractionBits) >= static_cast<uint64_t>(limit))
        return overflow<Bits>(value.negative, alternative_half, rounding, fpscr);
    if (error) fpscr |= tiny ? kUnderflow | kInexact : kInexact;
    return static_cast<Bits>(sign | static_cast<Bits>(packed));
}

template <class Bits>
Bits round_pack(Unpacked value, uint32_t& fpscr) {
    return round_pack<Bits>(value, rounding_mode(fpscr), fpscr);
}

template <class Bits>
Bits invalid_operation(uint32_t& fpscr) {
    fpscr |= kInvalid;
    return FormatOf<Bits>::kDefaultNan;
}

/// FPProcessNaN().
template <class Bits>
Bits process_nan(Bits nan, uint32_t& fpscr) {
    if (is_signalling(nan)) fpscr |= kInvalid;
    return (fpscr & kDefaultNan) ? FormatOf<Bits>::kDefaultNan
                                 : static_cast<Bits>(nan | FormatOf<Bits>::kQuietBit);
}

/// FPProcessNaNs(), for operands of which at least one is a NaN.
template <class Bits>
Bits process_nans(Bits a, Bits b, uint32_t& fpscr) {
    if (is_signalling(a)) return process_nan(a, fpscr);
    if (is_signalling(b)) return process_nan(b, fpscr);
    return process_nan(is_nan(a) ? a : b, fpscr);
}

/// The sum of two finite non-zero values; one bit of headroom for the carry, the smaller one shifted sticky.
template <class Bits>
Bits add_finite(Unpacked a, Unpacked b, uint32_t& fpscr) {
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand))
        std::swap(a, b);
    const uint64_t large = shift_right_sticky(a.significand, 1);
    const uint64_t small = shift_right_sticky(b.significand, 1 + a.exponent - b.exponent);
    const uint64_t sum = a.negative == b.negative ? large + small : large - small;
    if (sum == 0) return rounding_mode(fpscr) == Rounding::minus_infinity ? FormatOf<Bits>::kSign : Bits{0};
    return round_pack<Bits>(normalised(a.negative, a.exponent + 1, sum), fpscr);
}

/// floor(sqrt(value)), bit by bit.
uint64_t integer_square_root(Wide value) {
    Wide root = 0;
    for (Wide bit = Wide{1} << 126; bit != 0; bit >>= 2) {
        const bool fits = value >= root + bit;
        if (fits) value -= root + bit;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return static_cast<uint64_t>(root);
}

}  // namespace

template <class Bits>
Bits add(Bits a, Bits b, uint32_t& fpscr) {
    using F = FormatOf<Bits>;
    a = flush_input(a, fpscr);
    b = flush_input(b, fpscr);
    if (is_nan(a) || is_nan(b)) return process_nans(a, b, fpscr);
    if (is_infinity(a) && is_infinity(b) && a != b) return invalid_operation<Bits>(fpscr);
    if (is_infinity(a) || is_infinity(b)) return is_infinity(a) ? a : b;
    if (is_zero(a) && is_zero(b)) {
        const bool negative = a == b ? is_negative(a) : rounding_mode(fpscr) == Rounding::minus_infinity;
        return negative ? F::kSign : Bits{0};
    }
    if (is_zero(a) || is_zero(b)) return round_pack<Bits>(unpack(is_zero(a) ? b : a), fpscr);
    return add_finite<Bits>(unpack(a), unpack(b), fpscr);
}

/// Not add(a, -b): a NaN operand keeps its sign.
template <class Bits>
Bits subtract(Bits a, Bits b, uint32_t& fpscr) {
    return add(a, is_nan(b) ? b : negate(b), fpscr);
}

template <class Bits>
Bits multiply(Bits a, Bits b, uint32_t& fpscr) {
    using F = FormatOf<Bits>;
    a = flush_input(a, fpscr);
    b = flush_input(b, fpscr);
    if (is_nan(a) || is_nan(b)) return process_nans(a, b, fpscr);
    const Bits sign = (a ^ b) & F::kSign;
    const bool infinite = is_infinity(a) || is_infinity(b);
    const bool zero = is_zero(a) || is_zero(b);
    if (infinite && zero) return invalid_operation<Bits>(fpscr);
    if (infinite) return sign | F::kInfinity;
    if (zero) return sign;
    const Unpacked x = unpack(a), y = unpack(b);
    const Wide product = Wide{x.significand} * y.significand;
    return round_pack<Bits>(normalised(sign != 0, x.exponent + y.exponent + 1, product), fpscr);
}

template <class Bits>
Bits divide(Bits a, Bits b, uint32_t& fpscr) {
    using F = FormatOf<Bits>;
    a = flush_input(a, fpscr);
    b = flush_input(b, fpscr);
    if (is_nan(a) || is_nan(b)) return process_nans(a, b, fpscr);
    const Bits sign = (a ^ b) & F::kSign;
    if ((is_infinity(a) && is_infinity(b)) || (is_zero(a) && is_zero(b)))
        return invalid_operation<Bits>(fpscr);
    if (is_zero(b) && !is_infinity(a)) fpscr |= kDivideByZero;
    if (is_infinity(a) || is_zero(b)) return sign | F::kInfinity;
    if (is_zero(a) || is_infinity(b)) return sign;
    const Unpacked x = unpack(a), y = unpack(b);
    const Wide dividend = Wide{x.significand} << 63;  // the quotient has 63 or 64 significant bits
    const auto quotient = static_cast<uint64_t>(dividend / y.significand);
    const bool inexact = dividend % y.significand != 0;
    return round_pack<Bits>(normalised(sign != 0, x.exponent - y.exponent, quotient | inexact), fpscr);
}

template <class Bits>
Bits square_root(Bits a, uint32_t& fpscr) {
    a = flush_input(a, fpscr);
    if (is_nan(a)) return process_nan(a, fpscr);
    if (is_zero(a)) return a;
    if (is_negative(a)) return invalid_operation<Bits>(fpscr);
    if (is_infinity(a)) return a;
    const Unpacked x = unpack(a);
    // significand * 2^(exponent - 63) = radicand * 2^(even - 126), hence the root is root * 2^(even / 2 -
    // 63).
    const bool odd = x.exponent & 1;
    const Wide radicand = Wide{x.significand} << (odd ? 64 : 63);
    const uint64_t root = integer_square_root(radicand);
    const bool inexact = Wide{root} * root != radicand;
    return round_pack<Bits>(normalised(false, (x.exponent - odd) / 2, root | inexact), fpscr);
}

template <class Bits>
void compare(Bits a, Bits b, bool signal_quiet, uint32_t& fpscr) {
    a = flush_input(a, fpscr);
    b = flush_input(b, fpscr);
    fpscr &= ~kFlagsNzcv;
    if (is_nan(a) || is_nan(b)) {
        if (signal_quiet || is_signalling(a) || is_signalling(b)) fpscr |= kInvalid;
        fpscr |= kFlagC | kFlagV;
        return;
    }
    // Sign and magnitude to a total order; both zeros become 0.
    using Signed = std::make_signed_t<Bits>;
    const auto x = static_cast<Signed>(is_negative(a) ? Bits{0} - magnitude(a) : a);
    const auto y = static_cast<Signed>(is_negative(b) ? Bits{0} - magnitude(b) : b);
    fpscr |= x == y ? kFlagZ | kFlagC : x < y ? +kFlagN : +kFlagC;
}

uint64_t widen(uint32_t single, uint32_t& fpscr) {
    single = flush_input(single, fpscr);
    const uint64_t sign = uint64_t{single & Single::kSign} << 32;
    if (is_nan(single)) {
        const uint64_t quiet = process_nan(single, fpscr);
        return (fpscr & kDefaultNan) ? Double::kDefaultNan
                                     : sign | Double::kInfinity | ((quiet & Single::kFractionMask) << 29);
    }
    if (is_infinity(single)) return sign | Double::kInfinity;
    if (is_zero(single)) return sign;
    return round_pack<uint64_t>(unpack(single), fpscr);
}

uint32_t narrow(uint64_t value, uint32_t& fpscr) {
    value = flush_input(value, fpscr);
    const auto sign = static_cast<uint32_t>(value >> 32) & Single::kSign;
    if (is_nan(value)) {
        const uint64_t quiet = process_nan(value, fpscr);
        return (fpscr & kDefaultNan)
                   ? Single::kDefaultNan
                   : sign | Single::kInfinity | (static_cast<uint32_t>(quiet >> 29) & Single::kFractionMask);
    }
    if (is_infinity(value)) return sign | Single::kInfinity;
    if (is_zero(value)) return sign;
    return round_pack<uint32_t>(unpack(value), fpscr);
}

uint32_t half_to_single(uint16_t half, uint32_t& fpscr) {
    const uint32_t sign = uint32_t{static_cast<uint32_t>(half & Half::kSign)} << 16;
    if (is_zero(half)) return sign;
    if ((fpscr & kAlternativeHalf) || magnitude(half) < Half::kInfinity)
        return round_pack<uint32_t>(unpack(half), fpscr);
    if (is_infinity(half)) return sign | Single::kInfinity;
    if (is_signalling(half)) fpscr |= kInvalid;
    if (fpscr & kDefaultNan) return Single::kDefaultNan;
    return sign | Single::kDefaultNan | (uint32_t{static_cast<uint32_t>(half & Half::kFractionMask)} << 13);
}

uint16_t single_to_half(uint32_t single, uint32_t& fpscr) {
    single = flush_input(single, fpscr);
    const bool alternative = fpscr & kAlternativeHalf;
    const auto sign = static_cast<uint16_t>((single >> 16) & Half::kSign);
    if (is_zero(single)) return sign;
    if (is_nan(single)) {
        if (alternative || is_signalling(single)) fpscr |= kInvalid;
        if (alternative) return sign;
        if (fpscr & kDefaultNan) return Half::kDefaultNan;
        return static_cast<uint16_t>(sign | Half::kDefaultNan | ((single & Single::kFractionMask) >> 13));
    }
    if (is_infinity(single)) {
        if (alternative) fpscr |= kInvalid;
        return static_cast<uint16_t>(sign | (alternative ? Half::kSign - 1 : Half::kInfinity));
    }
    return round_pack<uint16_t>(unpack(single), fpscr);
}

namespace {

/// Saturation limits of `type` for a value of the given sign, as magnitudes.
uint64_t largest_magnitude(Fixed type, bool negative) {
    if (!type.is_signed) return negative ? 0 : (uint64_t{1} << type.width) - 1;
    const uint64_t half_range = uint64_t{1} << (type.width - 1);
    return negative ? half_range : half_range - 1;
}

/// A magnitude rounded to an integer, saturated far above every limit; `inexact` says whether bits were lost.
struct RoundedInteger {
    uint64_t magnitude;
    bool inexact;
};

RoundedInteger round_to_integer(Unpacked value, Rounding rounding) {
    if (value.exponent >= 62) return {uint64_t{1} << 62, false};
    if (value.exponent < -1) {
        const bool up = rounds_up(rounding, value.negative, false, 1, 2);
        return {up ? 1u : 0u, true};
    }
    const int dropped = 63 - value.exponent;  // 2..64
    const uint64_t integer = dropped == 64 ? 0 : value.significand >> dropped;
    const uint64_t error = value.significand << (64 - dropped);  // the fraction in units of 2^-64
    const bool up = rounds_up(rounding, value.negative, integer & 1, error, uint64_t{1} << 63);
    return {integer + up, error != 0};
}

}  // namespace

template <class Bits>
uint64_t to_fixed(Bits value, Fixed type, Rounding rounding, uint32_t& fpscr) {
    value = flush_input(value, fpscr);
    if (is_nan(value)) {
        fpscr |= kInvalid;
        return 0;
    }
    if (is_zero(value)) return 0;
    const bool negative = is_negative(value);
    RoundedInteger rounded{uint64_t{1} << 62, false};
    if (!is_infinity(value)) {
        Unpacked scaled = unpack(value);
        scaled.exponent += type.fraction_bits;
        rounded = round_to_integer(scaled, rounding);
    }
    const uint64_t limit = largest_magnitude(type, negative);
    if (rounded.magnitude > limit) {
        fpscr |= kInvalid;
        return negative ? uint64_t{0} - limit : limit;
    }
    if (rounded.inexact) fpscr |= kInexact;
    return negative ? uint64_t{0} - rounded.magnitude : rounded.magnitude;
}

template <class Bits>
Bits from_fixed(uint32_t value, Fixed type, Rounding rounding, uint32_t& fpscr) {
    const uint32_t mask = type.width == 32 ? ~0u : (1u << type.width) - 1;
    value &= mask;
    if (value == 0) return 0;
    const bool negative = type.is_signed && (value >> (type.width - 1)) != 0;
    const uint32_t integer = negative ? (0u - value) & mask : value;
    return round_pack<Bits>(normalised(negative, 63 - type.fraction_bits, uint64_t{integer}), rounding,
                            fpscr);
}

// clang-format off
#define EXYSIM_VFP_INSTANTIATE(Bits)                                                \
    template Bits add(Bits, Bits, uint32_t&);                                       \
    template Bits subtract(Bits, Bits, uint32_t&);                                  \
    template Bits multiply(Bits, Bits, uint32_t&);                                  \
    template Bits divide(Bits, Bits, uint32_t&);                                    \
    template Bits square_root(Bits, uint32_t&);                                     \
    template void compare(Bits, Bits, bool, uint32_t&);                             \
    template uint64_t to_fixed(Bits, Fixed, Rounding, uint32_t&);                   \
    template Bits from_fixed(uint32_t, Fixed, Rounding, uint32_t&);
// clang-format on
EXYSIM_VFP_INSTANTIATE(uint32_t)
EXYSIM_VFP_INSTANTIATE(uint64_t)
#undef EXYSIM_VFP_INSTANTIATE

}  // namespace exysim::cpu::vfp::soft
