#include "models/cpu/system.hpp"

#include "models/cpu/core.hpp"
#include "models/cpu/data_processing.hpp"
#include "models/cpu/exclusive_monitors.hpp"
#include "models/cpu/load_store_multiple.hpp"
#include "models/cpu/semihosting.hpp"

namespace exysim::cpu {

namespace {

constexpr uint32_t kA32Semihosting = 0x12'3456, kThumbSemihosting = 0xAB;

Op* check_spsr(Core& core, Op* op) { return core.has_spsr() ? next(core, op) : core.undefined(op); }

// --- status registers

Op* read_cpsr(Core& core, Op* op) {
    // Execution state bits (J, T, IT) read as zero.
    core.r[op->rd] = core.nzcv() | core.q << 27 | core.ge << 16 | core.control;
    return next(core, op);
}

Op* read_spsr(Core& core, Op* op) {
    core.r[op->rd] = core.spsr();
    return next(core, op);
}

/// Field mask bits c, x, s, f to the bits they write.
constexpr uint32_t byte_mask(uint32_t fields) {
    return ((fields & 1) != 0 ? 0xFFU : 0) | ((fields & 2) != 0 ? 0xFF00U : 0) |
           ((fields & 4) != 0 ? 0xFF'0000U : 0) | ((fields & 8) != 0 ? 0xFF00'0000U : 0);
}

/// Writes nothing but N, Z, C, V, Q and GE: common, and needs no new block.
Op* write_flags(Core& core, Op* op) {
    const uint32_t value = core.r[op->rn];
    if ((op->imm & psr::kN) != 0) {
        core.set_nzcv(value);
        core.q = value >> 27 & 1;
    }
    if ((op->imm & psr::kGe) != 0) core.ge = value >> 16 & 0xF;
    return next(core, op);
}

Op* write_cpsr(Core& core, Op* op) {
    constexpr uint32_t kUserBits = psr::kN | psr::kZ | psr::kC | psr::kV | psr::kQ | psr::kGe | psr::kE;
    constexpr uint32_t kExecution = psr::kJ | psr::kT | psr::kIt;
    const uint32_t mask = op->imm & ~kExecution & (core.privileged() ? 0xFFFF'FFFF : kUserBits);
    const uint32_t value = core.r[op->rn];
    const bool thumb = core.thumb;
    const uint8_t it = core.it;
    core.set_cpsr((core.cpsr() & ~mask) | (value & mask));
    core.thumb = thumb;
    core.it = it;
    core.update_context();
    return next(core, op);
}

Op* write_spsr(Core& core, Op* op) {
    core.set_spsr((core.spsr() & ~op->imm) | (core.r[op->rn] & op->imm));
    return next(core, op);
}

void emit_msr(Translator& t, const Fields& f, uint8_t rn) {
    const uint32_t mask = byte_mask(f('k'));
    const Regs regs{.rn = rn};
    if (f('R') != 0) {
        t.emit(&check_spsr);
        t.emit(&write_spsr, mask, regs);
    } else if ((f('k') & 3) == 0) {
        t.emit(&write_flags, mask, regs);
    } else {
        t.emit(&write_cpsr, mask, regs);
        t.synchronize();
    }
}

/// imm: bits to clear; rn: mode to change to, 0 = none. The upper half of imm: bits to set, at their CPSR
/// places.
Op* change_state(Core& core, Op* op) {
    if (!core.privileged()) return next(core, op);
    const uint32_t clear = op->imm & 0xFFFF & ~core.fixed_masks, set = op->imm >> 16 & ~core.fixed_masks;
    core.control = (core.control & ~clear) | set;
    if (op->rn != 0) core.change_mode(op->rn);
    core.update_context();
    return next(core, op);
}

void emit_cps(Translator& t, uint32_t imod, uint32_t aif, uint32_t mode) {
    const uint32_t bits = aif << 6;
    const uint32_t clear = imod == 2 ? bits : 0, set = imod == 3 ? bits : 0;
    t.emit(&change_state, set << 16 | clear, {.rn = static_cast<uint8_t>(mode)});
    t.synchronize();
}

Op* set_endianness(Core& core, Op* op) {
    core.control = op->imm != 0 ? core.control | psr::kE : core.control & ~psr::kE;
    core.update_context();
    return next(core, op);
}

// --- storing and restoring the return state

/// rd: offset of the lower word from the base, rs: of the written-back base, both in words; rm: write back.
constexpr uint32_t words(uint8_t n) { return static_cast<uint32_t>(static_cast<int8_t>(n)) * 4; }

Op* store_return_state(Core& core, Op* op) {
    const auto mode = static_cast<Mode>(op->imm);
    const uint32_t base = core.banked_sp(mode);
    const uint32_t address = base + words(op->rd);
    if (!core.store_aligned(address, core.r[14])) return core.abort(op);
    if (!core.store_aligned(address + 4, core.spsr())) return core.abort(op);
    if (op->rm != 0) core.set_banked_sp(mode, base + words(op->rs));
    return next(core, op);
}

Op* return_from_exception(Core& core, Op* op) {
    if (!core.privileged()) return core.undefined(op);
    const uint32_t base = core.r[op->rn];
    const uint32_t address = base + words(op->rd);
    const auto pc = core.load_aligned(address);
    if (!pc.ok) return core.abort(op);
    const auto psr = core.load_aligned(address + 4);
    if (!psr.ok) return core.abort(op);
    if (op->rm != 0) core.r[op->rn] = base + words(op->rs);
    return core.exception_return(pc.value, psr.value);
}

Regs two_words(Block4 mode, bool write_back, uint32_t rn) {
    static constexpr int kFirst[]{0, 1, -1, -2};  // IA, IB, DA, DB
    const bool up = mode == Block4::ia || mode == Block4::ib;
    return {.rd = static_cast<uint8_t>(kFirst[static_cast<size_t>(mode)]),
            .rn = static_cast<uint8_t>(rn),
            .rm = write_back,
            .rs = static_cast<uint8_t>(up ? 2 : -2)};
}

Op* subs_pc_lr(Core& core, Op* op) { return core.exception_return(core.r[14] - op->imm, core.spsr()); }

// --- exceptions on purpose

Op* supervisor_call(Core& core, Op* op) { return core.supervisor_call(op); }
Op* secure_monitor_call(Core& core, Op* op) {
    return core.privileged() ? core.secure_monitor_call(op) : core.undefined(op);
}
Op* breakpoint(Core& core, Op* op) { return core.breakpoint(op); }

template <Handler kOtherwise>
Op* semihosting(Core& core, Op* op) {
    if (core.semihosting == nullptr) return kOtherwise(core, op);
    semihosting_call(core);
    if (core.faulted()) return core.abort(op);
    return core.leave_after(op, core.halted() ? Stop::halted : Stop::budget);
}

// --- hints

Op* wait_for_interrupt(Core& core, Op* op) {
    core.leave_after(op);
    core.port.barrier(Barrier::sleep);
    core.wait(WaitKind::interrupt);
    return nullptr;
}

Op* wait_for_event(Core& core, Op* op) {
    core.leave_after(op);
    core.wait(WaitKind::event);
    return nullptr;
}

Op* signal_event(Core& core, Op* op) {
    core.send_event();
    return core.leave_after(op, Stop::event_sent);
}

template <Barrier kBarrier>
Op* data_barrier(Core& core, Op* op) {
    core.port.barrier(kBarrier);
    return next(core, op);
}

// --- coprocessor moves: imm = row of the register

bool allowed(const Core& core, const SystemRegister& reg, bool reading) {
    if (core.privileged()) {
        const bool hidden = reg.who == Who::secure || (reg.who == Who::secure_writes && !reading);
        return core.secure || !hidden;
    }
    switch (reg.who) {
        case Who::user:
            return true;
        case Who::user_reads:
            return reading;
        case Who::user_if_pmu:
            return (core.system.pmuserenr & 1) != 0;
        case Who::user_if_thumbee:
            return (core.system.teecr & 1) == 0;
        default:
            return false;
    }
}

/// In monitor mode with SCR.NS set, these instructions see the Non-secure copies.
class Bank {
public:
    explicit Bank(Core& core)
        : core_{core}, swapped_{core.mode() == Mode::monitor && (core.system.scr & scr::kNs) != 0} {
        if (swapped_) core_.swap_banks();
    }
    ~Bank() {
        if (!swapped_) return;
        core_.swap_banks();
        core_.update_context();
    }
    Bank(const Bank&) = delete;

private:
    Core& core_;
    bool swapped_;
};

uint32_t read_banked(Core& core, const SystemRegister& reg) {
    const Bank bank{core};
    return reg.read(core);
}

void write_banked(Core& core, const SystemRegister& reg, uint32_t value) {
    const Bank bank{core};
    reg.write(core, value);
}

Op* read_system(Core& core, Op* op) {
    const SystemRegister& reg = system_register_rows()[op->imm];
    if (!allowed(core, reg, true)) return core.undefined(op);
    const uint32_t value = read_banked(core, reg);
    if (op->rd == 15) {
        core.set_nzcv(value);
    } else {
        core.r[op->rd] = value;
    }
    return next(core, op);
}

Op* write_system(Core& core, Op* op) {
    const SystemRegister& reg = system_register_rows()[op->imm];
    if (!allowed(core, reg, false)) return core.undefined(op);
    write_banked(core, reg, core.r[op->rd]);
    return core.faulted() ? core.abort(op) : next(core, op);
}

const SystemRegister* row_of(const Fields& f, uint32_t& index) {
    const int found = find_system_register(f('p') + 14, f('o'), f('n'), f('m'), f('q'));
    if (found < 0) return nullptr;
    index = static_cast<uint32_t>(found);
    return &system_register_rows()[index];
}

}  // namespace

void emit_exception_return(Translator& t, Handler handler) {
    t.emit(handler);
    t.end();
}

void mrs(Translator& t, const Fields& f) {
    if (f('d') == 15) return t.unpredictable();
    const Regs regs{.rd = static_cast<uint8_t>(f('d'))};
    if (f('R') == 0) {
        t.emit(&read_cpsr, 0, regs);
        return;
    }
    t.emit(&check_spsr);
    t.emit(&read_spsr, 0, regs);
}

void msr_register(Translator& t, const Fields& f) {
    if (f('n') == 15 || f('k') == 0) return t.unpredictable();
    emit_msr(t, f, static_cast<uint8_t>(f('n')));
}

void msr_immediate(Translator& t, const Fields& f) {
    emit_alu(t, Alu::mov, Flags::keep, kScratch, 0, expand_a32(f('i')));
    emit_msr(t, f, kScratch);
}

void cps(Translator& t, const Fields& f) {
    const bool change = f('M') != 0;
    if (f('I') == 1 || (change && !is_mode(f('m')))) return t.unpredictable();
    emit_cps(t, f('I'), f('a'), change ? f('m') : 0);
}

void cps_t16(Translator& t, const Fields& f) { emit_cps(t, 2 + f('I'), f('a'), 0); }

void setend(Translator& t, const Fields& f) {
    t.emit(&set_endianness, f('E'));
    t.synchronize();
}

void emit_srs(Translator& t, Block4 mode, bool write_back, uint32_t processor_mode) {
    if (!is_mode(processor_mode)) return t.unpredictable();
    t.emit(&check_spsr);
    t.emit(&store_return_state, processor_mode, two_words(mode, write_back, 13));
}

void emit_rfe(Translator& t, Block4 mode, bool write_back, uint32_t rn) {
    if (rn == 15) return t.unpredictable();
    t.emit(&return_from_exception, 0, two_words(mode, write_back, rn));
    t.end();
}

void srs(Translator& t, const Fields& f) { emit_srs(t, block_mode(f), f('W') != 0, f('m')); }
void rfe(Translator& t, const Fields& f) { emit_rfe(t, block_mode(f), f('W') != 0, f('n')); }

void subs_pc_lr_t32(Translator& t, const Fields& f) {
    t.emit(&check_spsr);
    t.emit(&subs_pc_lr, f('i'));
    t.end();
}

void svc(Translator& t, const Fields& f) {
    const bool semi = f('i') == (t.thumb() ? kThumbSemihosting : kA32Semihosting);
    t.emit(semi ? &semihosting<&supervisor_call> : &supervisor_call);
    t.end();
}

/// Unconditional even inside an IT block (ARM ARM A8.8.24).
void bkpt(Translator& t, const Fields& f) {
    t.take_condition();
    const bool semi = t.thumb() && f('i') == kThumbSemihosting;
    t.emit(semi ? &semihosting<&breakpoint> : &breakpoint);
    t.end();
}

void smc(Translator& t, const Fields&) {
    t.emit(&secure_monitor_call);
    t.end();
}
void udf(Translator& t, const Fields&) { t.undefined(); }

void nop(Translator&, const Fields&) {}

void wfe(Translator& t, const Fields&) {
    t.emit(&wait_for_event);
    t.end();
}

void wfi(Translator& t, const Fields&) {
    t.emit(&wait_for_interrupt);
    t.end();
}

void sev(Translator& t, const Fields&) {
    t.emit(&signal_event);
    t.end();
}

void dsb(Translator& t, const Fields&) { t.emit(&data_barrier<Barrier::dsb>); }
void dmb(Translator& t, const Fields&) { t.emit(&data_barrier<Barrier::dmb>); }

void isb(Translator& t, const Fields&) { t.synchronize(); }

void mrc(Translator& t, const Fields& f) {
    uint32_t index = 0;
    const SystemRegister* reg = row_of(f, index);
    if (reg == nullptr || reg->read == nullptr) return t.undefined();
    t.emit(&read_system, index, {.rd = static_cast<uint8_t>(f('t'))});
}

void mcr(Translator& t, const Fields& f) {
    uint32_t index = 0;
    const SystemRegister* reg = row_of(f, index);
    if (reg == nullptr || reg->write == nullptr) return t.undefined();
    if (f('t') == 15) return t.unpredictable();
    t.emit(&write_system, index, {.rd = static_cast<uint8_t>(f('t'))});
    t.synchronize();
}

void no_coprocessor(Translator& t, const Fields&) { t.undefined(); }

}  // namespace exysim::cpu
