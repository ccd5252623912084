// One register and a modified immediate. Source: ARM DDI 0406C, A7.4.6 (AdvSIMDExpandImm).
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_vector.hpp"
#include "models/cpu/vfp_format.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

// The constant of 64 bits as the operation's imm and a width: imm is 32 bits wide and repeats in both halves,
// except for VMOV.I64, whose bytes are all ones or zeros by imm's bits.

template <unsigned bytes>
Op* move(Core& core, Op* op) {
    write(core, op->rd, splat<Vector<uint32_t, bytes>>(op->imm));
    return next(core, op);
}
template <unsigned bytes>
Op* set_bits(Core& core, Op* op) {
    write(core, op->rd, read<Vector<uint32_t, bytes>>(core, op->rd) | op->imm);
    return next(core, op);
}
template <unsigned bytes>
Op* clear_bits(Core& core, Op* op) {
    write(core, op->rd, read<Vector<uint32_t, bytes>>(core, op->rd) & ~op->imm);
    return next(core, op);
}
template <unsigned bytes>
Op* move_bytes(Core& core, Op* op) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= (op->imm >> i & 1) != 0 ? uint64_t{0xFF} << 8 * i : 0;
    write(core, op->rd, splat<Vector<uint64_t, bytes>>(value));
    return next(core, op);
}

// Field k: where the byte stands.
uint32_t byte_of_word(const Fields& f) { return f('i') << 8 * f('k'); }
uint32_t byte_of_half(const Fields& f) { return (f('i') << 8 * f('k')) * 0x0001'0001U; }
uint32_t byte_with_ones(const Fields& f) { return f('k') == 0 ? f('i') << 8 | 0xFF : f('i') << 16 | 0xFFFF; }
uint32_t every_byte(const Fields& f) { return f('i') * 0x0101'0101U; }
uint32_t single(const Fields& f) { return vfp::expand_immediate<uint32_t>(f('i')); }
uint32_t bits(const Fields& f) { return f('i'); }
template <uint32_t (*expand)(const Fields&)>
uint32_t inverted(const Fields& f) {
    return ~expand(f);
}

template <Handler double_register, Handler quad_register, uint32_t (*expand)(const Fields&)>
void immediate(Translator& t, const Fields& f) {
    if (f('Q') != 0 && odd(vd(f))) return t.undefined();
    emit(t, f('Q') != 0 ? quad_register : double_register, {vd(f)}, expand(f));
}
template <uint32_t (*expand)(const Fields&)>
constexpr auto kMove = immediate<move<8>, move<16>, expand>;
template <uint32_t (*expand)(const Fields&)>
constexpr auto kSet = immediate<set_bits<8>, set_bits<16>, expand>;
template <uint32_t (*expand)(const Fields&)>
constexpr auto kClear = immediate<clear_bits<8>, clear_bits<16>, expand>;

constexpr Row kRows[] = {
    // clang-format off
    {"VMOV.I32 (imm)",        "1111001i1D000iiidddd0kk00Q01iiii", kMove<byte_of_word>},
    {"VORR.I32 (imm)",        "1111001i1D000iiidddd0kk10Q01iiii", kSet<byte_of_word>},
    {"VMOV.I16 (imm)",        "1111001i1D000iiidddd10k00Q01iiii", kMove<byte_of_half>},
    {"VORR.I16 (imm)",        "1111001i1D000iiidddd10k10Q01iiii", kSet<byte_of_half>},
    {"VMOV.I32 (imm, ones)",  "1111001i1D000iiidddd110k0Q01iiii", kMove<byte_with_ones>},
    {"VMOV.I8 (imm)",         "1111001i1D000iiidddd11100Q01iiii", kMove<every_byte>},
    {"VMOV.F32 (SIMD, imm)",  "1111001i1D000iiidddd11110Q01iiii", kMove<single>},
    {"VMVN.I32 (imm)",        "1111001i1D000iiidddd0kk00Q11iiii", kMove<inverted<byte_of_word>>},
    {"VBIC.I32 (imm)",        "1111001i1D000iiidddd0kk10Q11iiii", kClear<byte_of_word>},
    {"VMVN.I16 (imm)",        "1111001i1D000iiidddd10k00Q11iiii", kMove<inverted<byte_of_half>>},
    {"VBIC.I16 (imm)",        "1111001i1D000iiidddd10k10Q11iiii", kClear<byte_of_half>},
    {"VMVN.I32 (imm, ones)",  "1111001i1D000iiidddd110k0Q11iiii", kMove<inverted<byte_with_ones>>},
    {"VMOV.I64 (imm)",        "1111001i1D000iiidddd11100Q11iiii", immediate<move_bytes<8>, move_bytes<16>, bits>},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_immediate_rows() { return kRows; }

}  // namespace exysim::cpu
