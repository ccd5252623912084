// Performance monitors: the cycle counter counts; of the events, the counters know software increments only.
// Source: ARM Architecture Reference Manual ARMv7-A, C12; Cortex-A9 TRM, chapter 11.
#pragma once

#include <cstdint>

namespace exysim::cpu {
struct Core;
}

namespace exysim::cpu::pmu {

uint32_t read_control(Core& core);
void write_control(Core& core, uint32_t value);
void enable(Core& core, uint32_t mask);
void disable(Core& core, uint32_t mask);
void clear_overflow(Core& core, uint32_t mask);
void software_increment(Core& core, uint32_t mask);
uint32_t cycle_count(Core& core);
void set_cycle_count(Core& core, uint32_t value);
uint32_t read_type(Core& core);
void write_type(Core& core, uint32_t value);
uint32_t read_count(Core& core);
void write_count(Core& core, uint32_t value);
void enable_interrupt(Core& core, uint32_t mask);
void disable_interrupt(Core& core, uint32_t mask);

}  // namespace exysim::cpu::pmu
