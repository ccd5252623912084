// VFPv3 arithmetic as the handlers use it: the host's arithmetic for the ordinary case, vfp_soft for the
// rest.
//
// The ordinary case is: round to nearest, no flush-to-zero, the Inexact flag already set, and a result that
// is a normal number above the smallest one. Then the host (round to nearest, gradual underflow: the C++
// default, which nobody in this program may change) gives ARM's result, and no cumulative flag can change:
//   - invalid operation, divide-by-zero and overflow give a NaN or an infinity, underflow gives a zero, a
//   subnormal or
//     a value rounded up to the smallest normal number; none of them passes `is_ordinary`;
//   - inexact is already set. FPSCR is cleared rarely and most programs round within a few operations, so
//   only those
//     few take the exact path; no host exception flag is ever read, and no other host code can disturb the
//     flag.
//
// Each operation is a type with two functions: `on_host` answers or declines, `exact` always answers. They
// are apart so that a handler can do the first inline and leave the second to a cold tail call; apply() joins
// them.
#pragma once

#include <cmath>

#include "models/cpu/vfp_soft.hpp"

namespace exysim::cpu::vfp {

/// What on_host() says: a result, valid only if `ok`.
template <class Bits>
struct Attempt {
    Bits value;
    bool ok;
};

inline bool host_may_compute(uint32_t fpscr) {
    return (fpscr & (kRoundingMask | kFlushToZero | kInexact)) == kInexact;
}

/// A normal number, larger in magnitude than the smallest one.
template <class Bits>
bool is_ordinary(Bits value) {
    using F = FormatOf<Bits>;
    return static_cast<Bits>(magnitude(value) - F::kMinNormal - 1) < F::kInfinity - F::kMinNormal - 1;
}

template <class Bits>
auto to_host(Bits value) {
    return std::bit_cast<typename FormatOf<Bits>::Host>(value);
}
inline uint32_t to_bits(float value) { return std::bit_cast<uint32_t>(value); }
inline uint64_t to_bits(double value) { return std::bit_cast<uint64_t>(value); }

/// A rounded host result counts if the modes allow it and it is ordinary.
template <class Host>
auto if_ordinary(Host result, uint32_t fpscr) {
    const auto bits = to_bits(result);
    return Attempt<decltype(to_bits(result))>{bits, host_may_compute(fpscr) && is_ordinary(bits)};
}

template <class Bits>
struct Add {
    static auto on_host(Bits a, Bits b, uint32_t fpscr) {
        return if_ordinary(to_host(a) + to_host(b), fpscr);
    }
    static Bits exact(Bits a, Bits b, uint32_t& fpscr) { return soft::add(a, b, fpscr); }
};

template <class Bits>
struct Subtract {
    static auto on_host(Bits a, Bits b, uint32_t fpscr) {
        return if_ordinary(to_host(a) - to_host(b), fpscr);
    }
    static Bits exact(Bits a, Bits b, uint32_t& fpscr) { return soft::subtract(a, b, fpscr); }
};

template <class Bits>
struct Multiply {
    static auto on_host(Bits a, Bits b, uint32_t fpscr) {
        return if_ordinary(to_host(a) * to_host(b), fpscr);
    }
    static Bits exact(Bits a, Bits b, uint32_t& fpscr) { return soft::multiply(a, b, fpscr); }
};

/// VNMUL: the rounded product, negated; a NaN's sign changes too.
template <class Bits>
struct NegatedMultiply {
    static auto on_host(Bits a, Bits b, uint32_t fpscr) {
        return if_ordinary(-(to_host(a) * to_host(b)), fpscr);
    }
    static Bits exact(Bits a, Bits b, uint32_t& fpscr) { return negate(soft::multiply(a, b, fpscr)); }
};

template <class Bits>
struct Divide {
    static auto on_host(Bits a, Bits b, uint32_t fpscr) {
        return if_ordinary(to_host(a) / to_host(b), fpscr);
    }
    static Bits exact(Bits a, Bits b, uint32_t& fpscr) { return soft::divide(a, b, fpscr); }
};

/// VMLA and its kin: a product rounded, then a sum rounded; VFPv3 has no fused form. NaNs of the accumulator
/// come first.
///   VMLA: d + nm   VMLS: d + -nm   VNMLA: -d + -nm   VNMLS: -d + nm
template <class Bits, bool negate_accumulator, bool negate_product>
struct MultiplyAccumulate {
    static auto on_host(Bits accumulator, Bits a, Bits b, uint32_t fpscr) {
        const auto product = to_host(a) * to_host(b);
        auto sum = if_ordinary(
            to_host(signed_accumulator(accumulator)) + (negate_product ? -product : product), fpscr);
        sum.ok = sum.ok && is_ordinary(to_bits(product));
        return sum;
    }
    static Bits exact(Bits accumulator, Bits a, Bits b, uint32_t& fpscr) {
        const Bits product = soft::multiply(a, b, fpscr);
        return soft::add(signed_accumulator(accumulator), negate_product ? negate(product) : product, fpscr);
    }

private:
    static Bits signed_accumulator(Bits bits) { return negate_accumulator ? negate(bits) : bits; }
};

template <class Bits>
struct SquareRoot {
    static auto on_host(Bits a, uint32_t fpscr) { return if_ordinary(std::sqrt(to_host(a)), fpscr); }
    static Bits exact(Bits a, uint32_t& fpscr) { return soft::square_root(a, fpscr); }
};

/// VCMP and VCMPE; the value is FPSCR.NZCV.
template <class Bits, bool signal_quiet>
struct Compare {
    static Attempt<uint32_t> on_host(Bits a, Bits b, uint32_t fpscr) {
        const auto x = to_host(a), y = to_host(b);
        const uint32_t flags = x == y ? kFlagZ | kFlagC : x < y ? +kFlagN : +kFlagC;
        return {flags, !(fpscr & kFlushToZero) && !std::isunordered(x, y)};
    }
    static uint32_t exact(Bits a, Bits b, uint32_t& fpscr) {
        soft::compare(a, b, signal_quiet, fpscr);
        return fpscr & kFlagsNzcv;
    }
};

/// VCVT.F64.F32: exact for normal numbers.
struct Widen {
    static Attempt<uint64_t> on_host(uint32_t single, uint32_t) {
        return {to_bits(static_cast<double>(to_host(single))), is_ordinary(single)};
    }
    static uint64_t exact(uint32_t single, uint32_t& fpscr) { return soft::widen(single, fpscr); }
};

struct Narrow {
    static auto on_host(uint64_t value, uint32_t fpscr) {
        return if_ordinary(static_cast<float>(to_host(value)), fpscr);
    }
    static uint32_t exact(uint64_t value, uint32_t& fpscr) { return soft::narrow(value, fpscr); }
};

/// VCVT to a 32-bit integer, towards zero, if `Mode` says so; else VCVTR, rounded by FPSCR.
enum class IntegerRounding { towards_zero, by_fpscr };

template <class Bits, bool is_signed, IntegerRounding mode>
struct ToInteger {
    static Attempt<uint32_t> on_host(Bits value, uint32_t fpscr) {
        if constexpr (mode == IntegerRounding::by_fpscr) return {0, false};
        const double exact_value = to_host(value);
        const bool in_range = is_signed ? exact_value > -2147483649.0 && exact_value < 2147483648.0
                                        : exact_value >= 0 && exact_value < 4294967296.0;
        if (!in_range || !is_ordinary(value)) return {0, false};
        const auto integer = static_cast<int64_t>(exact_value);
        const bool same_flags = (fpscr & kInexact) || static_cast<double>(integer) == exact_value;
        return {static_cast<uint32_t>(integer), same_flags};
    }
    static uint32_t exact(Bits value, uint32_t& fpscr) {
        const Rounding rounding = mode == IntegerRounding::by_fpscr ? rounding_mode(fpscr) : Rounding::zero;
        return static_cast<uint32_t>(soft::to_fixed(value, {32, is_signed}, rounding, fpscr));
    }
};

/// VCVT from a 32-bit integer, rounded by FPSCR (a double holds every such integer).
template <class Bits, bool is_signed>
struct FromInteger {
    static Attempt<Bits> on_host(uint32_t value, uint32_t fpscr) {
        const double integer =
            is_signed ? static_cast<double>(static_cast<int32_t>(value)) : static_cast<double>(value);
        const auto rounded = static_cast<typename FormatOf<Bits>::Host>(integer);
        return {to_bits(rounded), static_cast<double>(rounded) == integer || host_may_compute(fpscr)};
    }
    static Bits exact(uint32_t value, uint32_t& fpscr) {
        return soft::from_fixed<Bits>(value, {32, is_signed}, rounding_mode(fpscr), fpscr);
    }
};

/// The operation as one function.
template <class Operation, class... Operands>
auto apply(uint32_t& fpscr, Operands... operands) {
    const auto attempt = Operation::on_host(operands..., fpscr);
    return attempt.ok ? attempt.value : Operation::exact(operands..., fpscr);
}

}  // namespace exysim::cpu::vfp
