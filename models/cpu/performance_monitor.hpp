// Performance monitors: the cycle counter and six event counters, with overflow and its interrupt.
// Source: ARM Architecture Reference Manual ARMv7-A, C12 (PMUv1); Cortex-A9 TRM, chapter 11; hardware page
// "CPU subsystem" section 7.
//
// Counters are never stepped: each remembers what its source showed when it was last set. Events that belong
// to blocks (loads, stores, branches) are exact to the block; a block that is left by an abort has counted
// whole. Events of caches and TLBs are counted where those are modelled, in mode `timing`.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace exysim::cpu {
struct Core;
}

namespace exysim::cpu::pmu {

/// An event a counter can be set to.
struct Event {
    uint8_t number;
    const char* name;
    uint64_t (*count)(const Core&);
    bool by_block;  ///< counted only while Core::count_blocks() is on
};
std::span<const Event> events();

/// Brings overflow flags up to date; call before looking at PMOVSR or the interrupt.
void settle(Core& core);
/// The level of the overflow interrupt.
bool interrupt(const Core& core);
/// True if a running counter can raise an interrupt: then the run loop asks horizon().
bool watched(const Core& core);
/// Cycles that may pass before the next overflow that raises an interrupt.
int64_t horizon(Core& core);

uint32_t read_control(Core& core);
void write_control(Core& core, uint32_t value);
void enable(Core& core, uint32_t mask);
void disable(Core& core, uint32_t mask);
uint32_t read_overflow(Core& core);
void clear_overflow(Core& core, uint32_t mask);
void software_increment(Core& core, uint32_t mask);
uint32_t read_events(Core& core);  ///< PMCEID0
uint32_t cycle_count(Core& core);
void set_cycle_count(Core& core, uint32_t value);
uint32_t read_type(Core& core);
void write_type(Core& core, uint32_t value);
uint32_t read_count(Core& core);
void write_count(Core& core, uint32_t value);
void enable_interrupt(Core& core, uint32_t mask);
void disable_interrupt(Core& core, uint32_t mask);

}  // namespace exysim::cpu::pmu
