// Moving elements about: VEXT, VTBL and VTBX, VDUP (scalar), VSWP, VTRN, VUZP, VZIP. Source: ARM DDI 0406C,
// A7.4.
#include <algorithm>

#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_vector.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

/// Bytes of n followed by m, from byte imm on.
Op* extract_double(Core& core, Op* op) {
    const auto n = read<uint64_t>(core, op->rn), m = read<uint64_t>(core, op->rm);
    const uint32_t shift = 8 * op->imm;
    write(core, op->rd, shift == 0 ? n : n >> shift | m << (64 - shift));
    return next(core, op);
}
Op* extract_quad(Core& core, Op* op) {
    __extension__ using Wide = unsigned __int128;
    const auto n = read<Wide>(core, op->rn), m = read<Wide>(core, op->rm);
    const uint32_t shift = 8 * op->imm;
    write(core, op->rd, shift == 0 ? n : n >> shift | m << (128 - shift));
    return next(core, op);
}

/// Bytes of the table of rs registers from rn on, chosen by the bytes of m; an index outside gives zero or,
/// for VTBX, leaves the byte of d.
template <bool keep>
Op* look_up(Core& core, Op* op) {
    using V = Vector<uint8_t, 8>;
    const V indices = read<V>(core, op->rm);
    V result = keep ? read<V>(core, op->rd) : V{};
    const auto* table = reinterpret_cast<const uint8_t*>(core.vfp.d.data() + op->rn);
    for (unsigned i = 0; i < 8; ++i) {
        if (indices[i] < 8U * op->rs) result[i] = table[indices[i]];
    }
    write(core, op->rd, result);
    return next(core, op);
}

template <class T, unsigned bytes>
Op* duplicate(Core& core, Op* op) {
    write(core, op->rd, splat<Vector<T, bytes>>(read_element<T>(core, op->rm, op->rs)));
    return next(core, op);
}

// Exchanges: the new d and the new m as picks from d followed by m.

struct TransposeFirst {  // d0 m0 d2 m2
    static constexpr unsigned at(unsigned i, unsigned lanes) { return i % 2 == 0 ? i : lanes + i - 1; }
};
struct TransposeSecond {  // d1 m1 d3 m3
    static constexpr unsigned at(unsigned i, unsigned lanes) { return i % 2 == 0 ? i + 1 : lanes + i; }
};
struct ZipFirst {  // d0 m0 d1 m1
    static constexpr unsigned at(unsigned i, unsigned lanes) { return i / 2 + (i % 2 == 0 ? 0 : lanes); }
};
struct ZipSecond {
    static constexpr unsigned at(unsigned i, unsigned lanes) { return lanes / 2 + ZipFirst::at(i, lanes); }
};
struct SwapFirst {
    static constexpr unsigned at(unsigned i, unsigned lanes) { return lanes + i; }
};
struct SwapSecond {
    static constexpr unsigned at(unsigned i, unsigned) { return i; }
};

template <class First, class Second, class T, unsigned bytes>
Op* exchange(Core& core, Op* op) {
    using V = Vector<T, bytes>;
    const V d = read<V>(core, op->rd), m = read<V>(core, op->rm);
    write(core, op->rd, shuffle<First>(d, m));
    write(core, op->rm, shuffle<Second>(d, m));
    return next(core, op);
}

void extract(Translator& t, const Fields& f) {
    if (f('Q') == 0 && f('i') > 7) return t.undefined();
    const Regs regs{vd(f), vn(f), vm(f)};
    if (f('Q') != 0 && odd(regs.rd | regs.rn | regs.rm)) return t.undefined();
    emit(t, f('Q') != 0 ? extract_quad : extract_double, regs, f('i'));
}

template <bool keep>
void table_look_up(Translator& t, const Fields& f) {
    const uint32_t length = f('l') + 1;
    if (vn(f) + length > 32) return t.unpredictable();
    emit(t, look_up<keep>, {vd(f), vn(f), vm(f), static_cast<uint8_t>(length)});
}

/// Field i: the element's index and, by its lowest one, its size.
void duplicate_scalar(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {duplicate<uint8_t, 8>, duplicate<uint16_t, 8>,
                                          duplicate<uint32_t, 8>};
    static constexpr Handler kQuad[] = {duplicate<uint8_t, 16>, duplicate<uint16_t, 16>,
                                        duplicate<uint32_t, 16>};
    const uint32_t field = f('i'), size = field == 0 ? 3 : static_cast<uint32_t>(std::countr_zero(field));
    if (f('Q') != 0 && odd(vd(f))) return t.undefined();
    emit(t, size < 3 ? at(f('Q') != 0 ? kQuad : kDouble, size) : nullptr,
         {vd(f), 0, vm(f), static_cast<uint8_t>(field >> (size + 1))});
}

template <class First, class Second, class... Ts>
void exchanging(Translator& t, const Fields& f) {
    static constexpr Handler kDouble[] = {exchange<First, Second, Ts, 8>...},
                             kQuad[] = {exchange<First, Second, Ts, 16>...};
    two_registers(t, f, at(f('Q') != 0 ? kQuad : kDouble, f('s')));
}
/// VUZP and VZIP of two 32-bit lanes would be VTRN: UNDEFINED.
template <class First, class Second>
void zipping(Translator& t, const Fields& f) {
    if (f('Q') == 0 && f('s') == 2) return t.undefined();
    exchanging<First, Second, uint8_t, uint16_t, uint32_t>(t, f);
}

constexpr Row kRows[] = {
    // clang-format off
    {"VEXT",          "111100101D11nnnnddddiiiiNQM0mmmm", extract},
    {"VTBL",          "111100111D11nnnndddd10llN0M0mmmm", table_look_up<false>, 2},
    {"VTBX",          "111100111D11nnnndddd10llN1M0mmmm", table_look_up<true>, 2},
    {"VDUP (scalar)", "111100111D11iiiidddd11000QM0mmmm", duplicate_scalar},
    {"VSWP",          "111100111D11ss10dddd00000QM0mmmm", exchanging<SwapFirst, SwapSecond, uint64_t>},
    {"VTRN",          "111100111D11ss10dddd00001QM0mmmm", exchanging<TransposeFirst, TransposeSecond, uint8_t, uint16_t, uint32_t>},
    {"VUZP",          "111100111D11ss10dddd00010QM0mmmm", zipping<EvenLanes, OddLanes>, 2},
    {"VZIP",          "111100111D11ss10dddd00011QM0mmmm", zipping<ZipFirst, ZipSecond>, 2},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_permute_rows() { return kRows; }

}  // namespace exysim::cpu
