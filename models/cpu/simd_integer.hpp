// Integer operations of Advanced SIMD on whole vectors: each a type with a function `of`, for lanes of any
// integer type. Lanes wrap around: what may overflow is computed on unsigned lanes. Those that saturate take
// FPSCR and set QC. Source: ARM ARM A8.8 under each instruction's name.
#pragma once

#include "models/cpu/simd_vector.hpp"

namespace exysim::cpu::simd {

template <class V>
V add(V a, V b) {
    return std::bit_cast<V>(as_unsigned(a) + as_unsigned(b));
}
template <class V>
V subtract(V a, V b) {
    return std::bit_cast<V>(as_unsigned(a) - as_unsigned(b));
}
template <class V>
V multiply(V a, V b) {
    return std::bit_cast<V>(as_unsigned(a) * as_unsigned(b));
}
/// Each lane shifted left; 0 <= count < lane bits.
template <class V>
V shift_left(V v, int count) {
    if constexpr (sizeof(Lane<V>) == 1) {  // hosts have no shifts of bytes
        const auto mask = static_cast<uint8_t>(0xFF << count);
        return std::bit_cast<V>(as<uint8_t>(as<uint16_t>(v) << static_cast<uint16_t>(count)) & mask);
    } else {
        return std::bit_cast<V>(as_unsigned(v) << static_cast<std::make_unsigned_t<Lane<V>>>(count));
    }
}
/// Each lane shifted right, arithmetically if signed; 0 <= count < lane bits.
template <class V>
V shift_right(V v, int count) {
    if constexpr (sizeof(Lane<V>) == 1) {
        const auto mask = static_cast<uint8_t>(0xFF >> count);
        const auto bits = as<uint8_t>(as<uint16_t>(v) >> static_cast<uint16_t>(count)) & mask;
        if constexpr (std::is_unsigned_v<Lane<V>>) {
            return bits;
        } else {
            const auto sign = static_cast<uint8_t>(0x80 >> count);
            return std::bit_cast<V>((bits ^ sign) - sign);
        }
    } else {
        return v >> static_cast<Lane<V>>(count);
    }
}
/// Right by 1 to all the bits of a lane; rounded: to nearest, halves up, without overflow inside.
template <bool rounding, class V>
V shift_right_immediate(V v, int count) {
    const V almost = shift_right(v, count - 1);
    const V result = shift_right(almost, 1);
    if constexpr (rounding) return add(result, std::bit_cast<V>(almost & Lane<V>{1}));
    return result;
}
template <class V>
V maximum(V a, V b) {
    return a > b ? a : b;
}
template <class V>
V minimum(V a, V b) {
    return a < b ? a : b;
}
template <class V>
V absolute_difference(V a, V b) {
    return select(a > b, subtract(a, b), subtract(b, a));
}
/// The most positive value where `negative` is not set, else the most negative.
template <class V>
V signed_limit(V sign_source) {
    const auto sign = as_signed(sign_source) < 0;
    return std::bit_cast<V>(as_signed(sign) ^ std::numeric_limits<std::make_signed_t<Lane<V>>>::max());
}

struct Add {
    template <class V>
    static V of(V a, V b) {
        return add(a, b);
    }
};
struct Subtract {
    template <class V>
    static V of(V a, V b) {
        return subtract(a, b);
    }
};
struct Multiply {
    template <class V>
    static V of(V a, V b) {
        return multiply(a, b);
    }
};
struct Maximum {
    template <class V>
    static V of(V a, V b) {
        return maximum(a, b);
    }
};
struct Minimum {
    template <class V>
    static V of(V a, V b) {
        return minimum(a, b);
    }
};
struct AbsoluteDifference {
    template <class V>
    static V of(V a, V b) {
        return absolute_difference(a, b);
    }
};

struct And {
    template <class V>
    static V of(V a, V b) {
        return a & b;
    }
};
struct AndNot {
    template <class V>
    static V of(V a, V b) {
        return a & ~b;
    }
};
struct Or {
    template <class V>
    static V of(V a, V b) {
        return a | b;
    }
};
struct OrNot {
    template <class V>
    static V of(V a, V b) {
        return a | ~b;
    }
};
struct ExclusiveOr {
    template <class V>
    static V of(V a, V b) {
        return a ^ b;
    }
};
// The three forms of bitwise selection: which operand is the mask.
struct SelectByDestination {
    template <class V>
    static V of(V d, V n, V m) {
        return (n & d) | (m & ~d);
    }
};
struct InsertIfTrue {
    template <class V>
    static V of(V d, V n, V m) {
        return (n & m) | (d & ~m);
    }
};
struct InsertIfFalse {
    template <class V>
    static V of(V d, V n, V m) {
        return (d & m) | (n & ~m);
    }
};

/// (a + b) / 2 and (a + b + 1) / 2 without a wider sum.
template <bool rounding>
struct HalvingAdd {
    template <class V>
    static V of(V a, V b) {
        const V carry = (rounding ? (a | b) : (a & b)) & Lane<V>{1};
        return add(add(shift_right(a, 1), shift_right(b, 1)), carry);
    }
};
struct HalvingSubtract {
    template <class V>
    static V of(V a, V b) {
        const V borrow = ~a & b & Lane<V>{1};
        return subtract(subtract(shift_right(a, 1), shift_right(b, 1)), borrow);
    }
};

struct SaturatingAdd {
    template <class V>
    static V of(V a, V b, uint32_t& fpscr) {
        const V sum = add(a, b);
        if constexpr (std::is_signed_v<Lane<V>>) {
            const auto overflow = ((a ^ sum) & (b ^ sum)) < 0;
            note_saturation(fpscr, overflow);
            return select(overflow, signed_limit(a), sum);
        } else {
            const auto overflow = sum < a;
            note_saturation(fpscr, overflow);
            return sum | as_unsigned(overflow);
        }
    }
};
struct SaturatingSubtract {
    template <class V>
    static V of(V a, V b, uint32_t& fpscr) {
        const V difference = subtract(a, b);
        if constexpr (std::is_signed_v<Lane<V>>) {
            const auto overflow = ((a ^ b) & (a ^ difference)) < 0;
            note_saturation(fpscr, overflow);
            return select(overflow, signed_limit(a), difference);
        } else {
            const auto overflow = a < b;
            note_saturation(fpscr, overflow);
            return difference & ~as_unsigned(overflow);
        }
    }
};

// Comparisons give lanes of all ones or zeros.
struct Greater {
    template <class V>
    static V of(V a, V b) {
        return std::bit_cast<V>(a > b);
    }
};
struct GreaterOrEqual {
    template <class V>
    static V of(V a, V b) {
        return std::bit_cast<V>(a >= b);
    }
};
struct Equal {
    template <class V>
    static V of(V a, V b) {
        return std::bit_cast<V>(a == b);
    }
};
struct TestBits {
    template <class V>
    static V of(V a, V b) {
        return std::bit_cast<V>((a & b) != 0);
    }
};

/// Polynomials over {0, 1}, products as wide as the lanes given: widen first for VMULL.
struct PolynomialMultiply {
    template <class V>
    static V of(V a, V b) {
        V product{};
        for (int bit = 0; bit < 8; ++bit) {
            const auto mask = static_cast<Lane<V>>(1 << bit);
            const V chosen = std::bit_cast<V>((b & mask) != 0);
            product ^= shift_left(a, bit) & chosen;
        }
        return product;
    }
};

struct MultiplyAdd {
    template <class V>
    static V of(V d, V n, V m) {
        return add(d, multiply(n, m));
    }
};
struct MultiplySubtract {
    template <class V>
    static V of(V d, V n, V m) {
        return subtract(d, multiply(n, m));
    }
};
struct AddAbsoluteDifference {
    template <class V>
    static V of(V d, V n, V m) {
        return add(d, absolute_difference(n, m));
    }
};

/// 2 * a * b in lanes already wide enough for a * b (VQDMULL); with it the accumulating forms.
struct DoublingMultiply {
    template <class V>
    static V of(V a, V b, uint32_t& fpscr) {
        const V product = multiply(a, b);
        return SaturatingAdd::of(product, product, fpscr);
    }
};
struct DoublingMultiplyAdd {
    template <class V>
    static V of(V d, V n, V m, uint32_t& fpscr) {
        return SaturatingAdd::of(d, DoublingMultiply::of(n, m, fpscr), fpscr);
    }
};
struct DoublingMultiplySubtract {
    template <class V>
    static V of(V d, V n, V m, uint32_t& fpscr) {
        return SaturatingSubtract::of(d, DoublingMultiply::of(n, m, fpscr), fpscr);
    }
};

/// The high half of 2 * a * b: only the product of the two most negative values does not fit.
template <bool rounding>
struct DoublingMultiplyHigh {
    template <class V>
    static V of(V a, V b, uint32_t& fpscr) {
        using T = Lane<V>;
        constexpr int kBits = kLaneBits<V>;
        V result;
        uint32_t saturated = 0;
        for (unsigned i = 0; i < kLanes<V>; ++i) {
            int64_t product = int64_t{a[i]} * b[i];  // |product| <= 2^62
            if (rounding) product += int64_t{1} << (kBits - 2);
            int64_t high = product >> (kBits - 1);
            if (high > std::numeric_limits<T>::max()) {
                high = std::numeric_limits<T>::max();
                saturated = 1;
            }
            result[i] = static_cast<T>(high);
        }
        fpscr |= saturated != 0 ? kSaturated : 0;
        return result;
    }
};

// --- shifts by register: each lane of `value` by the signed low byte of the lane of `amount`, left if
// positive

template <bool rounding, class T>
T shift_lane_right(T value, int count) {
    constexpr int kBits = 8 * sizeof(T);
    if (count > kBits) return rounding || value >= 0 ? T{0} : static_cast<T>(-1);
    const T almost = static_cast<T>(value >> (count - 1));
    return static_cast<T>((almost >> 1) + (rounding ? almost & 1 : 0));
}

/// How far a lane is shifted by a register: the signed byte at the bottom of `amount`.
template <class T>
int shift_count(T amount) {
    return static_cast<int>((static_cast<uint64_t>(amount) & 0xff) ^ 0x80) - 0x80;
}

template <bool rounding>
struct ShiftByRegister {
    template <class V>
    static V of(V amount, V value) {
        using T = Lane<V>;
        V result;
        for (unsigned i = 0; i < kLanes<V>; ++i) {
            const int count = shift_count(amount[i]);
            const T lane = value[i];
            if (count < 0) {
                result[i] = shift_lane_right<rounding, T>(lane, -count);
            } else {
                result[i] =
                    count < kLaneBits<V> ? static_cast<T>(std::make_unsigned_t<T>(lane) << count) : T{0};
            }
        }
        return result;
    }
};

template <bool rounding>
struct SaturatingShiftByRegister {
    template <class V>
    static V of(V amount, V value, uint32_t& fpscr) {
        using T = Lane<V>;
        V result;
        uint32_t saturated = 0;
        for (unsigned i = 0; i < kLanes<V>; ++i) {
            const int count = shift_count(amount[i]);
            const T lane = value[i];
            if (count < 0) {
                result[i] = shift_lane_right<rounding, T>(lane, -count);
                continue;
            }
            const T shifted =
                count < kLaneBits<V> ? static_cast<T>(std::make_unsigned_t<T>(lane) << count) : T{0};
            const bool fits = count < kLaneBits<V> ? static_cast<T>(shifted >> count) == lane : lane == 0;
            const T limit = lane < 0 ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max();
            result[i] = fits ? shifted : limit;
            saturated |= !fits;
        }
        fpscr |= saturated != 0 ? kSaturated : 0;
        return result;
    }
};

/// Operation::of with or without FPSCR.
template <class Operation, class... V>
auto perform(Core& core, V... operands) {
    if constexpr (requires { Operation::of(operands...); }) {
        return Operation::of(operands...);
    } else {
        return Operation::of(operands..., core.vfp.fpscr);
    }
}

/// Lanes narrowed to To, saturated to its range.
template <class To, class V>
auto saturating_narrow(V v, uint32_t& fpscr) {
    using From = Lane<V>;
    V clamped = minimum(v, splat<V>(static_cast<From>(std::numeric_limits<To>::max())));
    if constexpr (std::is_signed_v<From>)
        clamped = maximum(clamped, splat<V>(static_cast<From>(std::numeric_limits<To>::min())));
    note_saturation(fpscr, clamped != v);
    return narrow<To>(clamped);
}

}  // namespace exysim::cpu::simd
