// Handlers of VFP data processing. `Bits` names the precision: uint32_t single, uint64_t double; register
// numbers in the operation count registers of that size. Arithmetic is in vfp_math.hpp and vfp_soft.hpp; here
// it meets the registers.
#pragma once

#include "models/cpu/core.hpp"
#include "models/cpu/op.hpp"
#include "models/cpu/vfp_math.hpp"
#include "models/cpu/vfp_registers.hpp"

namespace exysim::cpu::vfp {

/// The part of a handler that ordinary operands do not need: out of line, so that the hot part has no stack
/// frame.
template <class Bits, class Operation>
[[gnu::cold, gnu::noinline]] Op* exact_binary(Core& core, Op* op) {
    put<Bits>(core, op->rd,
              Operation::exact(get<Bits>(core, op->rn), get<Bits>(core, op->rm), core.vfp.fpscr));
    return next(core, op);
}

/// d = n OP m.
template <class Bits, class Operation>
Op* binary(Core& core, Op* op) {
    const auto attempt = Operation::on_host(get<Bits>(core, op->rn), get<Bits>(core, op->rm), core.vfp.fpscr);
    if (!attempt.ok) [[unlikely]]
        return exact_binary<Bits, Operation>(core, op);
    put<Bits>(core, op->rd, attempt.value);
    return next(core, op);
}

template <class Bits, class Operation>
[[gnu::cold, gnu::noinline]] Op* exact_accumulate(Core& core, Op* op) {
    put<Bits>(core, op->rd,
              Operation::exact(get<Bits>(core, op->rd), get<Bits>(core, op->rn), get<Bits>(core, op->rm),
                               core.vfp.fpscr));
    return next(core, op);
}

/// d = d OP n * m.
template <class Bits, bool negate_accumulator, bool negate_product>
Op* accumulate(Core& core, Op* op) {
    using Operation = MultiplyAccumulate<Bits, negate_accumulator, negate_product>;
    const auto attempt = Operation::on_host(get<Bits>(core, op->rd), get<Bits>(core, op->rn),
                                            get<Bits>(core, op->rm), core.vfp.fpscr);
    if (!attempt.ok) [[unlikely]]
        return exact_accumulate<Bits, Operation>(core, op);
    put<Bits>(core, op->rd, attempt.value);
    return next(core, op);
}

template <class To, class From, class Operation>
[[gnu::cold, gnu::noinline]] Op* exact_unary(Core& core, Op* op) {
    put<To>(core, op->rd, Operation::exact(get<From>(core, op->rm), core.vfp.fpscr));
    return next(core, op);
}

/// d = OP m, between any two register sizes.
template <class To, class From, class Operation>
Op* unary(Core& core, Op* op) {
    const auto attempt = Operation::on_host(get<From>(core, op->rm), core.vfp.fpscr);
    if (!attempt.ok) [[unlikely]]
        return exact_unary<To, From, Operation>(core, op);
    put<To>(core, op->rd, attempt.value);
    return next(core, op);
}

/// d = Function(m), no FPSCR: VABS, VNEG, VMOV.
template <class Bits, Bits (*Function)(Bits)>
Op* pattern(Core& core, Op* op) {
    put<Bits>(core, op->rd, Function(get<Bits>(core, op->rm)));
    return next(core, op);
}

template <class Bits>
Bits copy(Bits value) {
    return value;
}

template <class Bits, bool with_zero>
Bits compared_operand(const Core& core, const Op* op) {
    return with_zero ? Bits{0} : get<Bits>(core, op->rm);
}

template <class Bits, bool with_zero, bool signal_quiet>
[[gnu::cold, gnu::noinline]] Op* exact_compare(Core& core, Op* op) {
    Compare<Bits, signal_quiet>::exact(get<Bits>(core, op->rd), compared_operand<Bits, with_zero>(core, op),
                                       core.vfp.fpscr);
    return next(core, op);
}

template <class Bits, bool with_zero, bool signal_quiet>
Op* compare(Core& core, Op* op) {
    const auto attempt = Compare<Bits, signal_quiet>::on_host(
        get<Bits>(core, op->rd), compared_operand<Bits, with_zero>(core, op), core.vfp.fpscr);
    if (!attempt.ok) [[unlikely]]
        return exact_compare<Bits, with_zero, signal_quiet>(core, op);
    core.vfp.fpscr = (core.vfp.fpscr & ~kFlagsNzcv) | attempt.value;
    return next(core, op);
}

/// VMOV (immediate): imm holds the upper word of the constant; the lower word of a double is always zero.
template <class Bits>
Op* move_immediate(Core& core, Op* op) {
    put<Bits>(core, op->rd, static_cast<Bits>(Bits{op->imm} << (8 * sizeof(Bits) - 32)));
    return next(core, op);
}

/// VCVT between floating point and fixed point, in place: imm = fraction bits.
template <class Bits, int width, bool is_signed>
Op* fixed_to_float(Core& core, Op* op) {
    const soft::Fixed type{width, is_signed, static_cast<int>(op->imm)};
    const auto value = static_cast<uint32_t>(get<Bits>(core, op->rd));
    put<Bits>(core, op->rd, soft::from_fixed<Bits>(value, type, Rounding::nearest_even, core.vfp.fpscr));
    return next(core, op);
}

template <class Bits, int width, bool is_signed>
Op* float_to_fixed(Core& core, Op* op) {
    const soft::Fixed type{width, is_signed, static_cast<int>(op->imm)};
    const uint64_t result = soft::to_fixed(get<Bits>(core, op->rd), type, Rounding::zero, core.vfp.fpscr);
    put<Bits>(core, op->rd, static_cast<Bits>(result));
    return next(core, op);
}

/// VCVTB and VCVTT: imm = 0 or 16, the position of the half inside its S register.
inline Op* half_to_single_part(Core& core, Op* op) {
    const auto half = static_cast<uint16_t>(get<uint32_t>(core, op->rm) >> op->imm);
    put<uint32_t>(core, op->rd, soft::half_to_single(half, core.vfp.fpscr));
    return next(core, op);
}

inline Op* single_to_half_part(Core& core, Op* op) {
    const uint32_t half = soft::single_to_half(get<uint32_t>(core, op->rm), core.vfp.fpscr);
    const uint32_t others = get<uint32_t>(core, op->rd) & ~(0xFFFFu << op->imm);
    put<uint32_t>(core, op->rd, others | half << op->imm);
    return next(core, op);
}

}  // namespace exysim::cpu::vfp
