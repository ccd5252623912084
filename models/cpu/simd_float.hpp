// Single-precision arithmetic of Advanced SIMD: always in the "standard" mode (flush-to-zero, default NaN,
// round to nearest; ARM ARM A2.7.7, StandardFPSCRValue) whatever FPSCR says, with its cumulative flags. Lanes
// are bit patterns.
//
// As in vfp_math.hpp the host computes the ordinary case, all lanes at once: no subnormal operand, and
// results that are normal numbers or zeros for a reason that sets no flag. Rounding would set Inexact, so
// that must be set already. Everything else goes lane by lane through vfp_soft, in a function of its own: a
// handler that continues with a jump may not own memory.
#pragma once

#include "models/cpu/simd_vector.hpp"
#include "models/cpu/vfp_soft.hpp"

namespace exysim::cpu::simd {

using vfp::Single;

inline constexpr uint32_t kCumulative = vfp::kInvalid | vfp::kDivideByZero | vfp::kOverflow |
                                        vfp::kUnderflow | vfp::kInexact | vfp::kInputDenormal;

/// FPSCR as Advanced SIMD arithmetic sees it.
inline uint32_t standard(uint32_t fpscr) {
    return (fpscr & (vfp::kAlternativeHalf | kCumulative)) | vfp::kFlushToZero | vfp::kDefaultNan;
}

// --- classes of numbers, as masks

/// Magnitude bits, as signed lanes: those are what hosts compare best.
template <class V>
auto magnitudes(V v) {
    return as<int32_t>(v) & int32_t{0x7FFF'FFFF};
}
inline constexpr int32_t kSmallestNormal = Single::kMinNormal, kInfinite = Single::kInfinity;

template <class V>
auto is_zero(V v) {
    return magnitudes(v) == 0;
}
template <class V>
auto is_subnormal(V v) {
    const auto m = magnitudes(v);
    return (m != 0) & (m < kSmallestNormal);
}
template <class V>
auto is_nan(V v) {
    return magnitudes(v) > kInfinite;
}
template <class V>
auto is_signalling(V v) {
    return is_nan(v) & ((as<int32_t>(v) & int32_t{Single::kQuietBit}) == 0);
}
/// Normal, and larger than the smallest one: nothing that rounding up from below may have reached.
template <class V>
auto is_ordinary(V v) {
    const auto m = magnitudes(v);
    return (m > kSmallestNormal) & (m < kInfinite);
}
template <class Mask>
bool all(Mask mask) {
    return !any(~mask);
}

template <class V>
auto to_host(V v) {
    return as<float>(v);
}

// --- arithmetic with rounding: `on_host` answers or declines, `exact` always answers for one lane

template <class V>
struct Attempt {
    V value;
    bool ok;
};

struct FloatAdd {
    template <class V>
    static Attempt<V> on_host(V a, V b) {
        // Without subnormal operands a sum is zero only if it is exactly zero.
        const V sum = as<uint32_t>(to_host(a) + to_host(b));
        return {sum, all((is_ordinary(sum) | is_zero(sum)) & ~(is_subnormal(a) | is_subnormal(b)))};
    }
    static uint32_t exact(uint32_t a, uint32_t b, uint32_t& fpscr) { return vfp::soft::add(a, b, fpscr); }
};

struct FloatSubtract {
    template <class V>
    static Attempt<V> on_host(V a, V b) {
        return FloatAdd::on_host(a, b ^ Single::kSign);
    }
    static uint32_t exact(uint32_t a, uint32_t b, uint32_t& fpscr) {
        return vfp::soft::subtract(a, b, fpscr);
    }
};

struct FloatAbsoluteDifference {
    template <class V>
    static Attempt<V> on_host(V a, V b) {
        const Attempt<V> difference = FloatSubtract::on_host(a, b);
        return {difference.value & ~Single::kSign, difference.ok};
    }
    static uint32_t exact(uint32_t a, uint32_t b, uint32_t& fpscr) {
        return vfp::soft::subtract(a, b, fpscr) & ~Single::kSign;
    }
};

struct FloatMultiply {
    template <class V>
    static Attempt<V> on_host(V a, V b) {
        const V product = as<uint32_t>(to_host(a) * to_host(b));
        const auto zero = is_zero(product) & (is_zero(a) | is_zero(b));
        return {product, all((is_ordinary(product) | zero) & ~(is_subnormal(a) | is_subnormal(b)))};
    }
    static uint32_t exact(uint32_t a, uint32_t b, uint32_t& fpscr) {
        return vfp::soft::multiply(a, b, fpscr);
    }
};

/// VMLA and VMLS: the product is rounded before it is added.
template <bool negated>
struct FloatMultiplyAdd {
    template <class V>
    static Attempt<V> on_host(V d, V a, V b) {
        const Attempt<V> product = FloatMultiply::on_host(a, b);
        const Attempt<V> sum = FloatAdd::on_host(d, negated ? product.value ^ Single::kSign : product.value);
        return {sum.value, product.ok && sum.ok};
    }
    static uint32_t exact(uint32_t d, uint32_t a, uint32_t b, uint32_t& fpscr) {
        const uint32_t product = vfp::soft::multiply(a, b, fpscr);
        return vfp::soft::add(d, negated ? vfp::negate(product) : product, fpscr);
    }
};

/// The product in a Newton step, where infinity times zero is zero (FPRecipStep, FPRSqrtStep).
inline uint32_t step_product(uint32_t a, uint32_t b, uint32_t& fpscr) {
    const auto zero = [](uint32_t v) { return vfp::magnitude(v) < Single::kMinNormal; };  // flushed, too
    const bool special = (vfp::is_infinity(a) && zero(b)) || (zero(a) && vfp::is_infinity(b));
    if (!special) return vfp::soft::multiply(a, b, fpscr);
    if (vfp::is_subnormal(a) || vfp::is_subnormal(b)) fpscr |= vfp::kInputDenormal;
    return 0;
}

/// VRECPS: 2 - a * b.
struct ReciprocalStep {
    template <class V>
    static Attempt<V> on_host(V a, V b) {
        return FloatMultiplyAdd<true>::on_host(splat<V>(0x4000'0000), a, b);
    }
    static uint32_t exact(uint32_t a, uint32_t b, uint32_t& fpscr) {
        return vfp::soft::subtract(uint32_t{0x4000'0000}, step_product(a, b, fpscr), fpscr);
    }
};

/// VRSQRTS: (3 - a * b) / 2.
struct ReciprocalRootStep {
    template <class V>
    static Attempt<V> on_host(V a, V b) {
        const Attempt<V> difference = FloatMultiplyAdd<true>::on_host(splat<V>(0x4040'0000), a, b);
        const Attempt<V> half = FloatMultiply::on_host(difference.value, splat<V>(0x3F00'0000));
        return {half.value, difference.ok && half.ok};
    }
    static uint32_t exact(uint32_t a, uint32_t b, uint32_t& fpscr) {
        const uint32_t difference =
            vfp::soft::subtract(uint32_t{0x4040'0000}, step_product(a, b, fpscr), fpscr);
        return vfp::soft::divide(difference, uint32_t{0x4000'0000}, fpscr);
    }
};

// --- comparisons: exact for every operand

/// FPUnpack()'s flush-to-zero.
template <class V>
V flush(V v, uint32_t& fpscr) {
    const auto subnormal = is_subnormal(v);
    if (any(subnormal)) fpscr |= vfp::kInputDenormal;
    return v & ~(as<uint32_t>(subnormal) & ~Single::kSign);
}

template <class Mask>
void note_invalid(uint32_t& fpscr, Mask mask) {
    if (any(mask)) fpscr |= vfp::kInvalid;
}

struct FloatEqual {
    template <class V>
    static V of(V a, V b, uint32_t& fpscr) {
        note_invalid(fpscr, is_signalling(a) | is_signalling(b));
        a = flush(a, fpscr);
        b = flush(b, fpscr);
        return as<uint32_t>(to_host(a) == to_host(b));
    }
};
template <bool or_equal, bool of_magnitudes = false>
struct FloatGreater {
    template <class V>
    static V of(V a, V b, uint32_t& fpscr) {
        note_invalid(fpscr, is_nan(a) | is_nan(b));
        a = flush(of_magnitudes ? a & ~Single::kSign : a, fpscr);
        b = flush(of_magnitudes ? b & ~Single::kSign : b, fpscr);
        return as<uint32_t>(or_equal ? to_host(a) >= to_host(b) : to_host(a) > to_host(b));
    }
};

/// VMAX and VMIN: +0 is above -0, and a NaN gives the default NaN.
template <bool maximum>
struct FloatExtreme {
    template <class V>
    static V of(V a, V b, uint32_t& fpscr) {
        note_invalid(fpscr, is_signalling(a) | is_signalling(b));
        const auto nan = is_nan(a) | is_nan(b);
        a = flush(a, fpscr);
        b = flush(b, fpscr);
        const auto first = maximum ? to_host(a) > to_host(b) : to_host(a) < to_host(b);
        const V unequal = select(first, a, b), equal = maximum ? a & b : a | b;
        const V number = select(to_host(a) == to_host(b), equal, unequal);
        return select(nan, splat<V>(Single::kDefaultNan), number);
    }
};

// --- handlers; Operands says where the operands of a lane come from

struct FromRegisters {
    template <class V>
    static V first(const Core& core, const Op* op) {
        return read<V>(core, op->rn);
    }
    template <class V>
    static V second(const Core& core, const Op* op) {
        return read<V>(core, op->rm);
    }
};
/// The second operand is element rs of D register rm, in every lane.
struct ByScalar : FromRegisters {
    template <class V>
    static V second(const Core& core, const Op* op) {
        return splat<V>(read_element<Lane<V>>(core, op->rm, op->rs));
    }
};
/// Even and odd lanes of n followed by m.
struct FromPairs {
    template <class V>
    static V first(const Core& core, const Op* op) {
        return shuffle<EvenLanes>(read<V>(core, op->rn), read<V>(core, op->rm));
    }
    template <class V>
    static V second(const Core& core, const Op* op) {
        return shuffle<OddLanes>(read<V>(core, op->rn), read<V>(core, op->rm));
    }
};
/// m with zero, and zero with m.
struct WithZero {
    template <class V>
    static V first(const Core& core, const Op* op) {
        return read<V>(core, op->rm);
    }
    template <class V>
    static V second(const Core&, const Op*) {
        return V{};
    }
};
struct ZeroWith {
    template <class V>
    static V first(const Core&, const Op*) {
        return V{};
    }
    template <class V>
    static V second(const Core& core, const Op* op) {
        return read<V>(core, op->rm);
    }
};

template <class Operation, class Operands, unsigned bytes>
[[gnu::cold, gnu::noinline]] void exact_lanes(Core& core, const Op* op) {
    using V = Vector<uint32_t, bytes>;
    const V a = Operands::template first<V>(core, op), b = Operands::template second<V>(core, op);
    V d = read<V>(core, op->rd);
    uint32_t fpscr = standard(core.vfp.fpscr);
    for (unsigned i = 0; i < kLanes<V>; ++i) {
        if constexpr (requires { Operation::exact(d[i], a[i], b[i], fpscr); }) {
            d[i] = Operation::exact(d[i], a[i], b[i], fpscr);
        } else {
            d[i] = Operation::exact(a[i], b[i], fpscr);
        }
    }
    write(core, op->rd, d);
    core.vfp.fpscr |= fpscr & kCumulative;
}

/// The same as a handler, out of line, so that the ordinary one needs no stack frame.
template <class Operation, class Operands, unsigned bytes>
[[gnu::cold, gnu::noinline]] Op* exact_operation(Core& core, Op* op) {
    exact_lanes<Operation, Operands, bytes>(core, op);
    return next(core, op);
}

/// d = OP(first, second), or OP(d, first, second).
template <class Operation, class Operands, unsigned bytes>
Op* float_operation(Core& core, Op* op) {
    using V = Vector<uint32_t, bytes>;
    const V a = Operands::template first<V>(core, op), b = Operands::template second<V>(core, op);
    if constexpr (requires { Operation::of(a, b, core.vfp.fpscr); }) {
        write(core, op->rd, Operation::of(a, b, core.vfp.fpscr));
    } else {
        const Attempt<V> attempt = [&] {
            if constexpr (requires { Operation::on_host(a, a, b); }) {
                return Operation::on_host(read<V>(core, op->rd), a, b);
            } else {
                return Operation::on_host(a, b);
            }
        }();
        if (!attempt.ok || (core.vfp.fpscr & vfp::kInexact) == 0) [[unlikely]]
            return exact_operation<Operation, Operands, bytes>(core, op);
        write(core, op->rd, attempt.value);
    }
    return next(core, op);
}

}  // namespace exysim::cpu::simd
