#include "models/cpu/data_processing.hpp"

#include <array>
#include <utility>

#include "models/cpu/control_ops.hpp"
#include "models/cpu/core.hpp"
#include "models/cpu/system.hpp"

namespace exysim::cpu {

namespace {

/// Forms of the second operand that handlers exist for. Logical operations that set flags take a shifter
/// carry: for them the shift is an operation of its own in front, and only imm and reg are used.
enum class Operand : uint8_t { imm, reg, lsl, lsr, asr, ror };
constexpr size_t kAluCount = 17, kOperandCount = 6;

constexpr bool logical(Alu a) {
    switch (a) {
        case Alu::and_:
        case Alu::eor:
        case Alu::tst:
        case Alu::teq:
        case Alu::orr:
        case Alu::mov:
        case Alu::bic:
        case Alu::mvn:
        case Alu::orn:
            return true;
        default:
            return false;
    }
}
constexpr bool compares(Alu a) { return a == Alu::tst || a == Alu::teq || a == Alu::cmp || a == Alu::cmn; }
constexpr bool moves(Alu a) { return a == Alu::mov || a == Alu::mvn; }

template <Operand kOperand>
[[gnu::always_inline]] inline uint32_t second(const Core& core, const Op* op) {
    const uint32_t rm = core.r[op->rm];
    if constexpr (kOperand == Operand::imm) return op->imm;
    if constexpr (kOperand == Operand::reg) return rm;
    if constexpr (kOperand == Operand::lsl) return rm << (op->rs & 31);
    if constexpr (kOperand == Operand::lsr) return rm >> (op->rs & 31);
    if constexpr (kOperand == Operand::asr)
        return static_cast<uint32_t>(static_cast<int32_t>(rm) >> (op->rs & 31));
    if constexpr (kOperand == Operand::ror) return std::rotr(rm, op->rs);
}

template <Alu kAlu>
[[gnu::always_inline]] inline uint32_t plain(const Core& core, uint32_t a, uint32_t b) {
    switch (kAlu) {
        case Alu::and_:
            return a & b;
        case Alu::eor:
            return a ^ b;
        case Alu::sub:
            return a - b;
        case Alu::rsb:
            return b - a;
        case Alu::add:
            return a + b;
        case Alu::adc:
            return a + b + core.cf;
        case Alu::sbc:
            return a - b - 1 + core.cf;
        case Alu::rsc:
            return b - a - 1 + core.cf;
        case Alu::tst:
            return a & b;
        case Alu::teq:
            return a ^ b;
        case Alu::orr:
            return a | b;
        case Alu::mov:
            return b;
        case Alu::bic:
            return a & ~b;
        case Alu::mvn:
            return ~b;
        case Alu::orn:
            return a | ~b;
        default:
            return 0;
    }
}

template <Alu kAlu>
[[gnu::always_inline]] inline uint32_t with_flags(Core& core, uint32_t a, uint32_t b) {
    switch (kAlu) {
        case Alu::cmp:
        case Alu::sub:
            return subtract_with_flags(core, a, b);
        case Alu::rsb:
            return subtract_with_flags(core, b, a);
        case Alu::cmn:
        case Alu::add:
            return add_with_flags(core, a, b, 0);
        case Alu::adc:
            return add_with_flags(core, a, b, core.cf);
        case Alu::sbc:
            return add_with_flags(core, a, ~b, core.cf);
        case Alu::rsc:
            return add_with_flags(core, b, ~a, core.cf);
        default:
            break;
    }
    const uint32_t result = plain<kAlu>(core, a, b);
    core.set_nz(result);
    return result;
}

template <Alu kAlu, Flags kFlags, Operand kOperand>
Op* alu(Core& core, Op* op) {
    const uint32_t a = core.r[op->rn];
    const uint32_t b = second<kOperand>(core, op);
    if constexpr (kFlags == Flags::set) {
        const uint32_t result = with_flags<kAlu>(core, a, b);
        if constexpr (!compares(kAlu)) core.r[op->rd] = result;
    } else {
        core.r[op->rd] = plain<kAlu>(core, a, b);
    }
    return next(core, op);
}

template <size_t kIndex>
constexpr Handler handler_at() {
    return &alu<static_cast<Alu>(kIndex / kOperandCount / 2), static_cast<Flags>(kIndex / kOperandCount % 2),
                static_cast<Operand>(kIndex % kOperandCount)>;
}
template <size_t... kIndex>
constexpr std::array<Handler, sizeof...(kIndex)> alu_handlers(std::index_sequence<kIndex...>) {
    return {handler_at<kIndex>()...};
}
Handler alu_handler(Alu a, Flags flags, Operand operand) {
    static constexpr auto kHandlers = alu_handlers(std::make_index_sequence<kAluCount * 2 * kOperandCount>{});
    return kHandlers[(static_cast<size_t>(a) * 2 + static_cast<size_t>(flags)) * kOperandCount +
                     static_cast<size_t>(operand)];
}

// --- shifts as operations of their own: rd = rm shifted; amount in rs (immediate) or register rs

enum class ShiftFlags : uint8_t { none, carry, nzc };

template <ShiftFlags kFlags>
[[gnu::always_inline]] inline void set_shift_result(Core& core, const Op* op, Shifted s) {
    core.r[op->rd] = s.value;
    if constexpr (kFlags != ShiftFlags::none) {
        if (s.carry >= 0) core.cf = static_cast<uint32_t>(s.carry);
    }
    if constexpr (kFlags == ShiftFlags::nzc) core.set_nz(s.value);
}

template <Shift kShift, ShiftFlags kFlags>
Op* shift_immediate(Core& core, Op* op) {
    set_shift_result<kFlags>(core, op, shift(core.r[op->rm], kShift, op->rs));
    return next(core, op);
}

template <Shift kShift, ShiftFlags kFlags>
Op* shift_register(Core& core, Op* op) {
    set_shift_result<kFlags>(core, op, shift(core.r[op->rm], kShift, core.r[op->rs] & 0xFF));
    return next(core, op);
}

template <ShiftFlags kFlags>
Op* rotate_extend(Core& core, Op* op) {
    const uint32_t value = core.r[op->rm];
    set_shift_result<kFlags>(core, op, {core.cf << 31 | value >> 1, static_cast<int>(value & 1)});
    return next(core, op);
}

template <ShiftFlags kFlags>
constexpr std::array<Handler, 9> kShiftHandlers{&shift_immediate<Shift::lsl, kFlags>,
                                                &shift_immediate<Shift::lsr, kFlags>,
                                                &shift_immediate<Shift::asr, kFlags>,
                                                &shift_immediate<Shift::ror, kFlags>,
                                                &shift_register<Shift::lsl, kFlags>,
                                                &shift_register<Shift::lsr, kFlags>,
                                                &shift_register<Shift::asr, kFlags>,
                                                &shift_register<Shift::ror, kFlags>,
                                                &rotate_extend<kFlags>};

Handler shift_handler(ShiftFlags flags, size_t index) {
    switch (flags) {
        case ShiftFlags::none:
            return kShiftHandlers<ShiftFlags::none>[index];
        case ShiftFlags::carry:
            return kShiftHandlers<ShiftFlags::carry>[index];
        default:
            return kShiftHandlers<ShiftFlags::nzc>[index];
    }
}

void emit_shift_to(Translator& t, ShiftFlags flags, uint8_t rd, uint8_t rm, Shift type, uint32_t imm5) {
    const bool extend = type == Shift::ror && imm5 == 0;
    const uint32_t amount = imm5 == 0 && type != Shift::lsl ? 32 : imm5;
    const size_t index = extend ? 8 : static_cast<size_t>(type);
    t.emit(shift_handler(flags, index), 0, {.rd = rd, .rm = rm, .rs = static_cast<uint8_t>(amount)});
}

Op* return_from_exception_to_scratch(Core& core, Op* op) {
    (void)op;
    return core.exception_return(core.r[kScratch], core.spsr());
}

/// Where a data-processing result goes, and what follows if that is the PC.
class Destination {
public:
    Destination(Translator& t, Alu alu, Flags flags, uint32_t rd) : t_{t} {
        to_pc_ = rd == 15 && !compares(alu);
        returns_ = to_pc_ && flags == Flags::set;  // SUBS PC, LR and its like
        flags_ = returns_ ? Flags::keep : flags;
        rd_ = returns_ ? kScratch : static_cast<uint8_t>(rd);
    }
    uint8_t rd() const { return rd_; }
    Flags flags() const { return flags_; }
    /// Emits the jump, if any.
    void finish() {
        if (!to_pc_) return;
        if (returns_) {
            emit_exception_return(t_, &return_from_exception_to_scratch);
        } else if (t_.thumb()) {
            t_.branch_to_r15();
        } else {
            t_.branch_to_r15_exchanging();
        }
    }

private:
    Translator& t_;
    bool to_pc_, returns_;
    Flags flags_;
    uint8_t rd_;
};

Op* move_top(Core& core, Op* op) {
    core.r[op->rd] = (core.r[op->rd] & 0xFFFF) | op->imm;
    return next(core, op);
}

}  // namespace

uint8_t emit_shift(Translator& t, uint32_t rm, Shift type, uint32_t imm5) {
    const uint8_t source = t.source(rm);
    if (type == Shift::lsl && imm5 == 0) return source;
    emit_shift_to(t, ShiftFlags::none, kScratch, source, type, imm5);
    return kScratch;
}

void emit_alu(Translator& t, Alu alu, Flags flags, uint32_t rd, uint32_t rn, Shifted imm) {
    Destination to{t, alu, flags, rd};
    const uint8_t first = moves(alu) ? uint8_t{0} : t.source(rn);
    const bool carry = to.flags() == Flags::set && logical(alu) && imm.carry >= 0;
    if (carry) t.emit(&set_carry, static_cast<uint32_t>(imm.carry));
    t.emit(alu_handler(alu, to.flags(), Operand::imm), imm.value, {.rd = to.rd(), .rn = first});
    to.finish();
}

void emit_alu(Translator& t, Alu alu, Flags flags, uint32_t rd, uint32_t rn, uint32_t rm, Shift type,
              uint32_t imm5) {
    Destination to{t, alu, flags, rd};
    const uint8_t first = moves(alu) ? uint8_t{0} : t.source(rn);
    uint8_t source = t.source(rm);
    const bool unshifted = type == Shift::lsl && imm5 == 0;
    const bool carry = to.flags() == Flags::set && logical(alu);
    const bool simple = imm5 != 0 && !carry;
    Operand operand = Operand::reg;
    if (simple) {
        operand = static_cast<Operand>(static_cast<uint8_t>(Operand::lsl) + static_cast<uint8_t>(type));
    } else if (!unshifted && carry && alu == Alu::mov) {
        emit_shift_to(t, ShiftFlags::nzc, to.rd(), source, type, imm5);
        return to.finish();
    } else if (!unshifted) {
        emit_shift_to(t, carry ? ShiftFlags::carry : ShiftFlags::none, kScratch, source, type, imm5);
        source = kScratch;
    }
    t.emit(alu_handler(alu, to.flags(), operand), 0,
           {.rd = to.rd(), .rn = first, .rm = source, .rs = static_cast<uint8_t>(imm5)});
    to.finish();
}

void emit_alu_by_register(Translator& t, Alu alu, Flags flags, uint32_t rd, uint32_t rn, uint32_t rm,
                          Shift type, uint32_t rs) {
    const bool carry = flags == Flags::set && logical(alu);
    const auto index = 4 + static_cast<size_t>(type);
    const auto from = static_cast<uint8_t>(rm), by = static_cast<uint8_t>(rs);
    if (alu == Alu::mov) {
        const ShiftFlags kind = carry ? ShiftFlags::nzc : ShiftFlags::none;
        t.emit(shift_handler(kind, index), 0, {.rd = static_cast<uint8_t>(rd), .rm = from, .rs = by});
        return;
    }
    t.emit(shift_handler(carry ? ShiftFlags::carry : ShiftFlags::none, index), 0,
           {.rd = kScratch, .rm = from, .rs = by});
    t.emit(alu_handler(alu, flags, Operand::reg), 0,
           {.rd = static_cast<uint8_t>(rd), .rn = static_cast<uint8_t>(rn), .rm = kScratch});
}

void emit_movw(Translator& t, uint32_t rd, uint32_t imm16) {
    if (rd == 15) return t.unpredictable();
    t.emit(&set_register, imm16, {.rd = static_cast<uint8_t>(rd)});
}

void emit_movt(Translator& t, uint32_t rd, uint32_t imm16) {
    if (rd == 15) return t.unpredictable();
    t.emit(&move_top, imm16 << 16, {.rd = static_cast<uint8_t>(rd)});
}

void movw(Translator& t, const Fields& f) { emit_movw(t, f('d'), f('i')); }
void movt(Translator& t, const Fields& f) { emit_movt(t, f('d'), f('i')); }

void adr_add(Translator& t, const Fields& f) {
    t.emit(&set_register, t.aligned_pc() + f('i'), {.rd = static_cast<uint8_t>(f('d'))});
}

void adr_sub(Translator& t, const Fields& f) {
    t.emit(&set_register, t.aligned_pc() - f('i'), {.rd = static_cast<uint8_t>(f('d'))});
}

void add_plain(Translator& t, const Fields& f) {
    if (f('d') == 15) return t.unpredictable();
    emit_alu(t, Alu::add, Flags::keep, f('d'), f('n'), Shifted{f('i'), -1});
}

void sub_plain(Translator& t, const Fields& f) {
    if (f('d') == 15) return t.unpredictable();
    emit_alu(t, Alu::sub, Flags::keep, f('d'), f('n'), Shifted{f('i'), -1});
}

void shift_by_register_t32(Translator& t, const Fields& f) {
    if (f('d') == 15 || f('n') == 15 || f('m') == 15) return t.unpredictable();
    emit_alu_by_register(t, Alu::mov, static_cast<Flags>(f('S')), f('d'), 0, f('n'),
                         static_cast<Shift>(f('t')), f('m'));
}

}  // namespace exysim::cpu
