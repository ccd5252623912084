// Exception entry and return. Source: ARM ARM B1.8 and B1.9; return addresses from table B1-7.
#include <cassert>

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
};

}  // namespace

void Core::take(Exception kind, uint32_t return_address) {
    const Vector& vector = kVectors[static_cast<unsigned>(kind)];
    const uint32_t saved = cpsr();
    ++events.exceptions;
    change_mode(static_cast<uint32_t>(vector.mode));
    set_spsr(saved);
    r[14] = return_address;
    control |= vector.masks;
    control = (system.sctlr & sctlr::kEe) != 0 ? control | psr::kE : control & ~psr::kE;
    thumb = (system.sctlr & sctlr::kTe) != 0;
    it = 0;
    const bool high = (system.sctlr & sctlr::kV) != 0;
    const uint32_t from = r[15];
    r[15] = (high ? 0xFFFF'0000 : system.vbar) + vector.offset;
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
    assert(faulted());
    const uint32_t address = rewind(op);
    const auto fs = static_cast<uint32_t>(fault_.status);
    system.dfsr =
        (fault_.write ? 1U << 11 : 0U) | (fs >> 4 & 1) << 10 | uint32_t{fault_.domain} << 4 | (fs & 0xF);
    system.dfar = fault_.address;
    fault_ = {};
    take(Exception::data_abort, address + 8);
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

Op* Core::breakpoint(Op* op) {
    const uint32_t address = rewind(op);
    prefetch_abort(Fault::debug, address);
    return nullptr;
}

void Core::prefetch_abort(Fault fault, uint32_t address) {
    const auto fs = static_cast<uint32_t>(fault);
    system.ifsr = (fs >> 4 & 1) << 10 | (fs & 0xF);
    system.ifar = address;
    take(Exception::prefetch_abort, r[15] + 4);
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

}  // namespace exysim::cpu
