// VFPv3 arithmetic as the handlers call it: the host's arithmetic for the ordinary case, vfp_soft for the
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
#pragma once

#include <cmath>

#include "models/cpu/vfp_soft.hpp"

namespace exysim::cpu::vfp {

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

template <class Bits>
Bits add(Bits a, Bits b, uint32_t& fpscr) {
    const Bits result = to_bits(to_host(a) + to_host(b));
    if (host_may_compute(fpscr) && is_ordinary(result)) [[likely]]
        return result;
    return soft::add(a, b, fpscr);
}

template <class Bits>
Bits subtract(Bits a, Bits b, uint32_t& fpscr) {
    const Bits result = to_bits(to_host(a) - to_host(b));
    if (host_may_compute(fpscr) && is_ordinary(result)) [[likely]]
        return result;
    return soft::subtract(a, b, fpscr);
}

template <class Bits>
Bits multiply(Bits a, Bits b, uint32_t& fpscr) {
    const Bits result = to_bits(to_host(a) * to_host(b));
    if (host_may_compute(fpscr) && is_ordinary(result)) [[likely]]
        return result;
    return soft::multiply(a, b, fpscr);
}

template <class Bits>
Bits divide(Bits a, Bits b, uint32_t& fpscr) {
    const Bits result = to_bits(to_host(a) / to_host(b));
    if (host_may_compute(fpscr) && is_ordinary(result)) [[likely]]
        return result;
    return soft::divide(a, b, fpscr);
}

template <class Bits>
Bits square_root(Bits a, uint32_t& fpscr) {
    if (host_may_compute(fpscr) && !is_negative(a)) [[likely]] {
        const Bits result = to_bits(std::sqrt(to_host(a)));
        if (is_ordinary(result)) [[likely]]
            return result;
    }
    return soft::square_root(a, fpscr);
}

/// VMLA and its kin: a product rounded, then a sum rounded; VFPv3 has no fused form.
///   VMLA: add(d, product)  VMLS: add(d, -product)  VNMLA: add(-d, -product)  VNMLS: add(-d, product)
template <class Bits, bool negate_accumulator, bool negate_product>
Bits multiply_accumulate(Bits accumulator, Bits a, Bits b, uint32_t& fpscr) {
    const Bits product = multiply(a, b, fpscr);
    return add(negate_accumulator ? negate(accumulator) : accumulator,
               negate_product ? negate(product) : product, fpscr);
}

template <class Bits>
void compare(Bits a, Bits b, bool signal_quiet, uint32_t& fpscr) {
    const auto x = to_host(a), y = to_host(b);
    if ((fpscr & kFlushToZero) || std::isunordered(x, y)) [[unlikely]]
        return soft::compare(a, b, signal_quiet, fpscr);
    const uint32_t flags = x == y ? kFlagZ | kFlagC : x < y ? +kFlagN : +kFlagC;
    fpscr = (fpscr & ~kFlagsNzcv) | flags;
}

inline uint64_t widen(uint32_t single, uint32_t& fpscr) {
    if (is_ordinary(single)) [[likely]]
        return to_bits(static_cast<double>(to_host(single)));
    return soft::widen(single, fpscr);
}

inline uint32_t narrow(uint64_t value, uint32_t& fpscr) {
    const uint32_t result = to_bits(static_cast<float>(to_host(value)));
    if (host_may_compute(fpscr) && is_ordinary(result)) [[likely]]
        return result;
    return soft::narrow(value, fpscr);
}

/// VCVT to a 32-bit integer, towards zero.
template <class Bits>
uint32_t to_int32_towards_zero(Bits value, uint32_t& fpscr) {
    const double exact = to_host(value);
    if (is_ordinary(value) && exact > -2147483649.0 && exact < 2147483648.0) [[likely]] {
        const auto integer = static_cast<int32_t>(exact);
        if (integer != exact) fpscr |= kInexact;
        return static_cast<uint32_t>(integer);
    }
    return static_cast<uint32_t>(soft::to_fixed(value, {32, true}, Rounding::zero, fpscr));
}

/// VCVT from a 32-bit integer, rounded by FPSCR (a double holds every such integer).
template <class Bits>
Bits from_int32(uint32_t value, bool is_signed, uint32_t& fpscr) {
    const double exact =
        is_signed ? static_cast<double>(static_cast<int32_t>(value)) : static_cast<double>(value);
    const auto rounded = static_cast<typename FormatOf<Bits>::Host>(exact);
    if (static_cast<double>(rounded) == exact || host_may_compute(fpscr)) [[likely]]
        return to_bits(rounded);
    return soft::from_fixed<Bits>(value, {32, is_signed}, rounding_mode(fpscr), fpscr);
}

}  // namespace exysim::cpu::vfp
