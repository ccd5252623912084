// Exact VFPv3 arithmetic in integers: every rounding mode, flush-to-zero, default NaN and cumulative flag.
// Always right and never fast; vfp_math.hpp puts the host's arithmetic in front of it for ordinary operands.
//
// Operands and results are register bits: uint32_t is a single, uint64_t a double. `fpscr` supplies the modes
// and collects the cumulative exception flags. The order of a function's operands is the order in which the
// architecture looks at NaNs (FPProcessNaNs: signalling before quiet, then first before second).
#pragma once

#include "models/cpu/vfp_format.hpp"

namespace exysim::cpu::vfp::soft {

// clang-format off
template <class Bits> Bits add(Bits a, Bits b, uint32_t& fpscr);
template <class Bits> Bits subtract(Bits a, Bits b, uint32_t& fpscr);
template <class Bits> Bits multiply(Bits a, Bits b, uint32_t& fpscr);
template <class Bits> Bits divide(Bits a, Bits b, uint32_t& fpscr);
template <class Bits> Bits square_root(Bits a, uint32_t& fpscr);
// clang-format on

/// FPCompare(): NZCV in FPSCR[31:28]; `signal_quiet` (VCMPE) makes quiet NaNs invalid too.
template <class Bits>
void compare(Bits a, Bits b, bool signal_quiet, uint32_t& fpscr);

/// FPSingleToDouble(), FPDoubleToSingle(), FPHalfToSingle(), FPSingleToHalf().
uint64_t widen(uint32_t single, uint32_t& fpscr);
uint32_t narrow(uint64_t value, uint32_t& fpscr);
uint32_t half_to_single(uint16_t half, uint32_t& fpscr);
uint16_t single_to_half(uint32_t single, uint32_t& fpscr);

/// An integer or fixed-point type of VCVT: `width` 16 or 32 bits, `fraction_bits` below the point.
struct Fixed {
    int width;
    bool is_signed;
    int fraction_bits = 0;
};

/// FPToFixed(): rounds, then saturates with Invalid Operation (no Inexact); NaN gives 0 with Invalid
/// Operation. The result is sign- or zero-extended to 64 bits, as the architecture extends 16-bit results to
/// the register.
template <class Bits>
uint64_t to_fixed(Bits value, Fixed type, Rounding rounding, uint32_t& fpscr);

/// FixedToFP(): the low `type.width` bits of `value`.
template <class Bits>
Bits from_fixed(uint32_t value, Fixed type, Rounding rounding, uint32_t& fpscr);

}  // namespace exysim::cpu::vfp::soft
