// The C++ side of exception entry (arch/vectors.S).
#include "arch/trap.hpp"
#include "arch/cpu.hpp"
#include "core/event_channel.hpp"
#include "core/irq.hpp"
#include "core/log.hpp"
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/uaccess.hpp"

namespace kernel {

namespace {

struct Fixup {
    uint32_t instruction;
    uint32_t target;
};
extern "C" const Fixup __fixups_start[], __fixups_end[];

bool fix_up(TrapFrame& frame) {
    for (const Fixup* f = __fixups_start; f != __fixups_end; ++f) {
        if (f->instruction != frame.pc) continue;
        frame.pc = f->target;
        return true;
    }
    return false;
}

[[noreturn]] void oops(const char* what, const TrapFrame& frame, uint32_t address, uint32_t status) {
    cpu::disable_interrupts();
    log_error("Oops: %s at %08x, status %08x, thread %s", what, address, status, current()->name);
    log_registers(frame);
    log_backtrace(frame.r[11]);
    panic("%s in the kernel", what);
}

/// FSR fault status: bit 10 and bits 3:0 (cpu-subsystem.md section 5).
uint32_t fault_status(uint32_t fsr) { return (fsr & 0xF) | (fsr >> 6 & 0x10); }
bool is_page_fault(uint32_t fs) {
    return fs == 0x05 || fs == 0x07 || fs == 0x0D || fs == 0x0F;  // translation, permission; section, page
}

/// Demand paging for both modes. True when the access may be repeated.
bool page_in(uint32_t address, uint32_t status, bool write, bool execute) {
    if (!is_page_fault(fault_status(status)) || address >= kUserTop || !current()->process) return false;
    cpu::enable_interrupts();
    auto done = current_process().space->fault(VirtAddr{address}, write, execute);
    cpu::disable_interrupts();
    return static_cast<bool>(done);
}

void user_fault(TrapFrame& frame, uint32_t number, uint32_t address, const char* why) {
    (void)frame;
    cpu::enable_interrupts();
    force_signal(number, address, why);
    cpu::disable_interrupts();
}

/// Whether the instruction at the fault is one for the floating-point or SIMD unit.
bool is_vfp_instruction(const TrapFrame& frame) {
    uint32_t word = 0;
    if (!copy_from_user(&word, UserAddr{frame.pc}, 2)) return false;
    if (!frame.thumb()) {
        if (!copy_from_user(&word, UserAddr{frame.pc}, 4)) return false;
    } else {
        uint16_t second = 0;
        if (!copy_from_user(&second, UserAddr{frame.pc + 2}, 2)) return false;
        word = (word & 0xFFFF) << 16 | second;
    }
    const uint32_t coprocessor = word >> 8 & 0xF;
    const bool cp10_or_11 = (word >> 26 & 3) == 3 && (coprocessor & 0xE) == 0xA;
    const bool simd = frame.thumb()
                          ? (word & 0xEF00'0000) == 0xEF00'0000 || (word & 0xFF10'0000) == 0xF900'0000
                          : (word & 0xFE00'0000) == 0xF200'0000 || (word & 0xFF10'0000) == 0xF400'0000;
    return cp10_or_11 || simd;
}

bool vfp_is_enabled() {
    uint32_t fpexc;
    asm volatile(".fpu neon\n vmrs %0, fpexc" : "=r"(fpexc));
    return fpexc & 1 << 30;
}

}  // namespace

extern "C" {

void trap_undefined(TrapFrame& frame) {
    // lr is the next instruction: 4 on in ARM state, 2 in Thumb.
    frame.pc -= frame.thumb() ? 2 : 4;
    if (!frame.from_user()) oops("undefined instruction", frame, frame.pc, 0);
    if (is_vfp_instruction(frame) && !vfp_is_enabled()) {
        vfp_use_by_current();
        return;
    }
    user_fault(frame, kSigIll, frame.pc, "undefined instruction");
}

void trap_svc(TrapFrame& frame) {
    if (!frame.from_user()) oops("supervisor call", frame, frame.pc, 0);
    cpu::enable_interrupts();
    handle_syscall(frame);
    cpu::disable_interrupts();
}

void trap_prefetch_abort(TrapFrame& frame) {
    const uint32_t address = cpu::ifar(), status = cpu::ifsr();
    if (!frame.from_user()) oops("prefetch abort", frame, address, status);
    if (!page_in(address, status, false, true)) user_fault(frame, kSigSegv, address, "bad jump");
}

void trap_data_abort(TrapFrame& frame) {
    const uint32_t address = cpu::dfar(), status = cpu::dfsr();
    const bool write = status & 1 << 11;
    if (page_in(address, status, write, false)) return;
    if (frame.from_user()) {
        const bool alignment = fault_status(status) == 1;
        user_fault(frame, alignment ? kSigBus : kSigSegv, address, write ? "bad write" : "bad read");
    } else if (!fix_up(frame)) {
        oops(write ? "bad write" : "bad read", frame, address, status);
    }
}

void trap_irq(TrapFrame&) {
    post_event(KernelEvent::interrupt_begin);
    handle_root_irq();
    post_event(KernelEvent::interrupt_end);
    preempt_if_needed();
}

void trap_unexpected(TrapFrame& frame) { oops("unexpected exception", frame, frame.pc, 0); }

void trap_exit(TrapFrame& frame) {
    if (!frame.from_user()) return;
    preempt_if_needed();
    if (!signal_waiting() && !current()->mask_saved) return;
    cpu::enable_interrupts();
    deliver_signals(frame);
    cpu::disable_interrupts();
}

}  // extern "C"

}  // namespace kernel
