// Exception entry and return. Source: ARM ARM B1.8 and B1.9; return addresses from table B1-7.
#include <cassert>
#include <utility>

#include "models/cpu/core.hpp"

namespace exysim::cpu {

namespace {

struct Vector {
    Mode mode;
    uint32_t offset;
    uint32_t masks;  // CPSR bits set on entry
};

constexpr uint64_t kEntryCycles = 8;  // Assumed: pipeline refill and mode change

constexpr Vector kVectors[] = {
    {Mode::supervisor, 0x00, psr::kA | psr::kI | psr::kF},  // reset
    {Mode::undefined, 0x04, psr::kI},
    {Mode::supervisor, 0x08, psr::kI},
    {Mode::abort, 0x0C, psr::kA | psr::kI},
    {Mode::abort, 0x10, psr::kA | psr::kI},
    {Mode::irq, 0x18, psr::kA | psr::kI},
    {Mode::fiq, 0x1C, psr::kA | psr::kI | psr::kF},
    {Mode::monitor, 0x08, psr::kA | psr::kI | psr::kF},
};

constexpr bool is_external(Fault fault) {
    return fault == Fault::external || fault == Fault::walk_external_first ||
           fault == Fault::walk_external_second;
}

}  // namespace

bool Core::goes_to_monitor(Exception kind, bool external) const {
    if (kind == Exception::secure_monitor_call) return true;
    if (kind == Exception::irq) return (system.scr & scr::kIrq) != 0;
    if (kind == Exception::fiq) return (system.scr & scr::kFiq) != 0;
    return external && (system.scr & scr::kEa) != 0;
}

/// Source for monitor mode: ARM ARM B1.9.1 to B1.9.12, the pseudocode's EnterMonitorMode().
void Core::take(Exception kind, uint32_t return_address, bool external) {
    const Vector& vector = kVectors[static_cast<unsigned>(kind)];
    const bool to_monitor = goes_to_monitor(kind, external);
    const uint32_t saved = cpsr();
    ++events.exceptions;
    if (mode() == Mode::monitor) system.scr &= ~scr::kNs;
    secure = secure || to_monitor;  // or else change_mode() would not go there
    change_mode(static_cast<uint32_t>(to_monitor ? Mode::monitor : vector.mode));
    update_security();
    set_spsr(saved);
    r[14] = return_address;
    control |= to_monitor ? psr::kA | psr::kI | psr::kF : vector.masks & ~fixed_masks;
    control = (system.sctlr & sctlr::kEe) != 0 ? control | psr::kE : control & ~psr::kE;
    thumb = (system.sctlr & sctlr::kTe) != 0;
    it = 0;
    const bool high = (system.sctlr & sctlr::kV) != 0;
    const uint32_t from = r[15];
    r[15] = (to_monitor ? system.mvbar : high ? 0xFFFF'0000 : system.vbar) + vector.offset;
    const bool caused = kind == Exception::prefetch_abort || kind == Exception::undefined;
    locked_up_ = locked_up_ || (caused && from == r[15]);
    skip(kEntryCycles);  // also guarantees progress when a vector cannot be fetched
    update_context();
}

uint32_t Core::rewind(Op* op) {
    const Block& block = block_of(op);
    const Origin& from = block.origin(op);
    instructions -= block.instructions - from.index;
    r[15] = block.address(op);
    thumb = block.key.thumb;
    it = from.it;
    return r[15];
}

Op* Core::abort(Op* op) {
    const uint32_t address = rewind(op);
    if (watch_hit_) [[unlikely]] {
        stop_ = Stop::debugger;
        return nullptr;
    }
    assert(faulted());
    const RecordedFault fault = std::exchange(fault_, {});
    take(Exception::data_abort, address + 8, is_external(fault.status));
    const auto fs = static_cast<uint32_t>(fault.status);
    system.dfsr =
        (fault.write ? 1U << 11 : 0U) | (fs >> 4 & 1) << 10 | uint32_t{fault.domain} << 4 | (fs & 0xF);
    system.dfar = fault.address;
    return nullptr;
}

Op* Core::undefined(Op* op) {
    const uint32_t address = rewind(op);
    take(Exception::undefined, address + (thumb ? 2 : 4));
    return nullptr;
}

Op* Core::supervisor_call(Op* op) {
    leave_after(op);
    take(Exception::supervisor_call, r[15]);
    return nullptr;
}

Op* Core::secure_monitor_call(Op* op) {
    leave_after(op);
    take(Exception::secure_monitor_call, r[15]);
    return nullptr;
}

Op* Core::breakpoint(Op* op) {
    const uint32_t address = rewind(op);
    prefetch_abort(Fault::debug, address);
    return nullptr;
}

void Core::prefetch_abort(Fault fault, uint32_t address) {
    take(Exception::prefetch_abort, r[15] + 4, is_external(fault));
    const auto fs = static_cast<uint32_t>(fault);
    system.ifsr = (fs >> 4 & 1) << 10 | (fs & 0xF);
    system.ifar = address;
}

void Core::take_interrupt() {
    const bool fiq = (unmasked_lines() & psr::kF) != 0;
    ++events.interrupts;
    take(fiq ? Exception::fiq : Exception::irq, r[15] + 4);
}

Op* Core::exception_return(uint32_t address, uint32_t new_cpsr) {
    ++events.returns;
    set_cpsr(new_cpsr);
    r[15] = address & (thumb ? ~1U : ~3U);
    update_context();
    return nullptr;
}

// --- security state

void Core::swap_banks() { std::swap(static_cast<BankedRegisters&>(system), system.other); }

/// Secure in monitor mode whatever SCR.NS says (ARM ARM B1.5.1).
void Core::update_security() {
    const bool now = (system.scr & scr::kNs) == 0 || mode() == Mode::monitor;
    const uint32_t writable =
        ((system.scr & scr::kAw) != 0 ? psr::kA : 0U) | ((system.scr & scr::kFw) != 0 ? psr::kF : 0U);
    fixed_masks = now ? 0 : (psr::kA | psr::kF) & ~writable;
    secure = now;
    if (std::exchange(bank_secure_, now) == now) return;
    swap_banks();
    drop_translations();
}

}  // namespace exysim::cpu
