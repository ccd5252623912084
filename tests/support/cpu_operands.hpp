// Operand patterns that reach every class and boundary of a format, drawn from a seeded generator.
#pragma once

#include <random>

#include "models/cpu/vfp_format.hpp"

namespace exysim::cpu::vfp::test {

class Operands {
public:
    explicit Operands(uint64_t seed) : random_{seed} {}

    uint32_t below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }
    uint64_t bits64() { return random_(); }

    /// A number of format F: an edge value, a neighbour of one, or random bits with a likely exponent.
    template <class F>
    typename F::Bits number() {
        using Bits = typename F::Bits;
        const Bits sign = (random_() & 1) ? F::kSign : Bits{0};
        return static_cast<Bits>(sign | magnitude_of<F>());
    }

    /// FPSCR with any modes; mostly with the Inexact flag, which lets vfp_math use the host.
    uint32_t fpscr() {
        uint32_t value = 0;
        if (below(2)) value |= below(4) << 22;
        if (below(4) == 0) value |= kFlushToZero;
        if (below(4) == 0) value |= kDefaultNan;
        if (below(8) == 0) value |= kAlternativeHalf;
        if (below(4)) value |= kInexact;
        return value | (below(16) << 28);
    }

private:
    template <class F>
    typename F::Bits magnitude_of() {
        using Bits = typename F::Bits;
        const Bits fraction = sparse(static_cast<Bits>(random_())) & F::kFractionMask;
        switch (below(8)) {
            case 0:
                return 0;
            case 1:
                return static_cast<Bits>(F::kInfinity + (below(2) ? 0 : fraction));  // infinity, NaN
            case 2:
                return fraction;  // subnormal
            case 3:
                return static_cast<Bits>(F::kMinNormal + below(5) - 2);
            case 4:
                return static_cast<Bits>(F::kInfinity - 1 - below(3));
            case 5:
                return around_one<F>(fraction, 3);
            case 6:
                return around_one<F>(fraction, F::kFractionBits + 3);
            default:
                return static_cast<Bits>((static_cast<Bits>(below(F::kExponentMax)) << F::kFractionBits) |
                                         fraction);
        }
    }

    /// Exponents within `spread` of zero, where sums cancel and products round.
    template <class F>
    typename F::Bits around_one(typename F::Bits fraction, uint32_t spread) {
        using Bits = typename F::Bits;
        const auto exponent =
            static_cast<Bits>(static_cast<uint32_t>(F::kBias) + below(2 * spread + 1) - spread);
        const Bits limited = exponent > F::kExponentMax ? Bits{1} : exponent;
        return static_cast<Bits>((limited << F::kFractionBits) | fraction);
    }

    /// Few bits set, or many, so that exact results and ties occur.
    template <class Bits>
    Bits sparse(Bits bits) {
        switch (below(4)) {
            case 0:
                return static_cast<Bits>(bits & random_() & random_() & random_());
            case 1:
                return static_cast<Bits>(bits << below(8 * sizeof(Bits)));
            case 2:
                return static_cast<Bits>(~(bits & random_() & random_()));
            default:
                return bits;
        }
    }

    std::mt19937_64 random_;
};

}  // namespace exysim::cpu::vfp::test
