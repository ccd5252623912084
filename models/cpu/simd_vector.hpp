// Vectors of Advanced SIMD as values: the compiler's vector types, read from and written to the extension
// registers. Operations on them are written once, for every element type and both register sizes; the
// compiler turns them into the host's vector instructions.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "models/cpu/core.hpp"
#include "models/cpu/op.hpp"

namespace exysim::cpu::simd {

static_assert(std::endian::native == std::endian::little, "element 0 is the lowest of its register");

inline constexpr uint32_t kSaturated = 1U << 27;  ///< FPSCR.QC

template <class T, unsigned bytes>
struct VectorOf {
    typedef T Type __attribute__((vector_size(bytes)));
};
/// `bytes` / sizeof(T) lanes of T: 8 bytes are a D register, 16 a Q register.
template <class T, unsigned bytes>
using Vector = typename VectorOf<T, bytes>::Type;

/// Type of a vector's lanes, and how many there are.
template <class V>
using Lane = std::remove_cvref_t<decltype(std::declval<V&>()[0])>;
template <class V>
inline constexpr unsigned kLanes = sizeof(V) / sizeof(Lane<V>);
template <class V>
inline constexpr int kLaneBits = 8 * sizeof(Lane<V>);

/// The vector with lanes of another type, bit for bit.
template <class T, class V>
Vector<T, sizeof(V)> as(V v) {
    return std::bit_cast<Vector<T, sizeof(V)>>(v);
}
template <class V>
auto as_unsigned(V v) {
    return as<std::make_unsigned_t<Lane<V>>>(v);
}
template <class V>
auto as_signed(V v) {
    return as<std::make_signed_t<Lane<V>>>(v);
}

/// Every lane `value`.
template <class V>
V splat(Lane<V> value) {
    return V{} + value;
}

/// The type twice or half as wide.
template <class T>
struct WiderOf;
// clang-format off
template <> struct WiderOf<int8_t> { using Type = int16_t; };
template <> struct WiderOf<int16_t> { using Type = int32_t; };
template <> struct WiderOf<int32_t> { using Type = int64_t; };
template <> struct WiderOf<uint8_t> { using Type = uint16_t; };
template <> struct WiderOf<uint16_t> { using Type = uint32_t; };
template <> struct WiderOf<uint32_t> { using Type = uint64_t; };
// clang-format on
template <class T>
using Wider = typename WiderOf<T>::Type;

/// Lanes of twice the width with the same values.
template <class V>
auto widen(V v) {
    return __builtin_convertvector(v, Vector<Wider<Lane<V>>, 2 * sizeof(V)>);
}
/// Lanes of type T, half as wide: the low halves.
template <class T, class V>
auto narrow(V v) {
    return __builtin_convertvector(v, Vector<T, sizeof(V) / 2>);
}

/// Lanes of `yes` where `mask` is all ones, of `no` where it is zero.
template <class V, class Mask>
V select(Mask mask, V yes, V no) {
    const auto m = as_unsigned(mask);
    return std::bit_cast<V>((std::bit_cast<decltype(m)>(yes) & m) | (std::bit_cast<decltype(m)>(no) & ~m));
}

/// True if a lane of `mask` is not zero.
template <class Mask>
bool any(Mask mask) {
    if constexpr (sizeof mask == 8) {
        return std::bit_cast<uint64_t>(mask) != 0;
    } else {
        const auto halves = as<uint64_t>(mask);
        return (halves[0] | halves[1]) != 0;
    }
}

/// Sets FPSCR.QC if a lane of `mask` is not zero.
template <class Mask>
void note_saturation(uint32_t& fpscr, Mask mask) {
    fpscr |= any(mask) ? kSaturated : 0;
}

/// The lanes of `v` at the positions `Pick::at(0)`, `Pick::at(1)` ... of a followed by b.
template <class Pick, class V, size_t... i>
V shuffle(V a, V b, std::index_sequence<i...>) {
    return __builtin_shufflevector(a, b, Pick::at(i, sizeof...(i))...);
}
template <class Pick, class V>
V shuffle(V a, V b) {
    return shuffle<Pick>(a, b, std::make_index_sequence<kLanes<V>>{});
}
struct EvenLanes {
    static constexpr unsigned at(unsigned i, unsigned) { return 2 * i; }
};
struct OddLanes {
    static constexpr unsigned at(unsigned i, unsigned) { return 2 * i + 1; }
};

/// Register `number` counts D registers, whatever the vector's size.
template <class V>
V read(const Core& core, unsigned number) {
    V value;
    std::memcpy(&value, core.vfp.d.data() + number, sizeof value);
    return value;
}
template <class V>
void write(Core& core, unsigned number, V value) {
    std::memcpy(core.vfp.d.data() + number, &value, sizeof value);
}
/// Element `index` of D register `number`.
template <class T>
T read_element(const Core& core, unsigned number, unsigned index) {
    T value;
    std::memcpy(&value, reinterpret_cast<const uint8_t*>(core.vfp.d.data() + number) + index * sizeof(T),
                sizeof(T));
    return value;
}

}  // namespace exysim::cpu::simd
