#include "models/cpu/performance_monitor.hpp"

#include "models/cpu/core.hpp"

namespace exysim::cpu::pmu {

namespace {

constexpr uint32_t kEnable = 1, kResetEvents = 2, kResetCycles = 4, kDivide = 8;
constexpr uint32_t kCycles = 1U << 31, kCounters = kCycles | 0x3F;
constexpr uint32_t kSoftwareIncrement = 0x00;

bool cycles_count(const SystemRegisters& s) { return (s.pmcr & kEnable) != 0 && (s.pmcnten & kCycles) != 0; }

uint64_t ticks(Core& core) { return core.cycles() >> ((core.system.pmcr & kDivide) != 0 ? 6 : 0); }

/// Changes what decides whether the cycle counter runs, keeping its value.
template <class Change>
void keeping_count(Core& core, Change change) {
    const uint32_t count = cycle_count(core);
    change(core.system);
    set_cycle_count(core, count);
}

}  // namespace

uint32_t read_control(Core& core) { return core.system.pmcr; }

void write_control(Core& core, uint32_t value) {
    keeping_count(core, [value](SystemRegisters& s) { s.pmcr = (s.pmcr & ~0x39U) | (value & 0x39); });
    if ((value & kResetEvents) != 0) core.system.pmxevcntr.fill(0);
    if ((value & kResetCycles) != 0) set_cycle_count(core, 0);
}

void enable(Core& core, uint32_t mask) {
    keeping_count(core, [mask](SystemRegisters& s) { s.pmcnten |= mask & kCounters; });
}

void disable(Core& core, uint32_t mask) {
    keeping_count(core, [mask](SystemRegisters& s) { s.pmcnten &= ~mask; });
}

void clear_overflow(Core& core, uint32_t mask) { core.system.pmovsr &= ~mask; }

void software_increment(Core& core, uint32_t mask) {
    SystemRegisters& s = core.system;
    if ((s.pmcr & kEnable) == 0) return;
    for (unsigned n = 0; n < s.pmxevcntr.size(); ++n) {
        const bool chosen =
            (mask & s.pmcnten & 1U << n) != 0 && (s.pmxevtyper[n] & 0xFF) == kSoftwareIncrement;
        if (chosen && ++s.pmxevcntr[n] == 0) s.pmovsr |= 1U << n;
    }
}

uint32_t cycle_count(Core& core) {
    const SystemRegisters& s = core.system;
    return cycles_count(s) ? static_cast<uint32_t>(ticks(core) - s.cycle_offset) : s.cycle_frozen;
}

void set_cycle_count(Core& core, uint32_t value) {
    core.system.cycle_frozen = value;
    core.system.cycle_offset = ticks(core) - value;
}

uint32_t read_type(Core& core) {
    const SystemRegisters& s = core.system;
    return s.pmselr < s.pmxevtyper.size() ? s.pmxevtyper[s.pmselr] : 0;
}

void write_type(Core& core, uint32_t value) {
    SystemRegisters& s = core.system;
    if (s.pmselr < s.pmxevtyper.size()) s.pmxevtyper[s.pmselr] = value & 0xFF;
}

uint32_t read_count(Core& core) {
    const SystemRegisters& s = core.system;
    return s.pmselr < s.pmxevcntr.size() ? s.pmxevcntr[s.pmselr] : 0;
}

void write_count(Core& core, uint32_t value) {
    SystemRegisters& s = core.system;
    if (s.pmselr < s.pmxevcntr.size()) s.pmxevcntr[s.pmselr] = value;
}

void enable_interrupt(Core& core, uint32_t mask) { core.system.pminten |= mask & kCounters; }

void disable_interrupt(Core& core, uint32_t mask) { core.system.pminten &= ~mask; }

}  // namespace exysim::cpu::pmu
