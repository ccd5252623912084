// System registers, barriers and interrupt masking of the ARMv7-A core. Encodings: ARM ARM v7-A/R, chapter
// B3/B4.
#pragma once

#include <cstdint>

namespace kernel::cpu {

inline void dsb() { asm volatile("dsb" ::: "memory"); }
inline void dmb() { asm volatile("dmb" ::: "memory"); }
inline void isb() { asm volatile("isb" ::: "memory"); }
inline void wait_for_interrupt() { asm volatile("dsb\n wfi" ::: "memory"); }

/// Masks IRQ and returns the old CPSR for restore_interrupts().
inline uint32_t disable_interrupts() {
    uint32_t old;
    asm volatile("mrs %0, cpsr\n cpsid i" : "=r"(old)::"memory");
    return old;
}
inline void restore_interrupts(uint32_t old) { asm volatile("msr cpsr_c, %0" ::"r"(old) : "memory"); }
inline void enable_interrupts() { asm volatile("cpsie i" ::: "memory"); }
inline bool interrupts_enabled() {
    uint32_t cpsr;
    asm volatile("mrs %0, cpsr" : "=r"(cpsr));
    return !(cpsr & 0x80);
}

inline uint32_t dfsr() {
    uint32_t v;
    asm volatile("mrc p15, 0, %0, c5, c0, 0" : "=r"(v));
    return v;
}
inline uint32_t dfar() {
    uint32_t v;
    asm volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(v));
    return v;
}
inline uint32_t ifsr() {
    uint32_t v;
    asm volatile("mrc p15, 0, %0, c5, c0, 1" : "=r"(v));
    return v;
}
inline uint32_t ifar() {
    uint32_t v;
    asm volatile("mrc p15, 0, %0, c6, c0, 2" : "=r"(v));
    return v;
}

inline void set_ttbr0(uint32_t v) {
    asm volatile("mcr p15, 0, %0, c2, c0, 0" ::"r"(v) : "memory");
    isb();
}
inline void set_context_id(uint32_t v) {
    asm volatile("mcr p15, 0, %0, c13, c0, 1" ::"r"(v) : "memory");
    isb();
}
inline void set_user_tls(uint32_t v) { asm volatile("mcr p15, 0, %0, c13, c0, 3" ::"r"(v)); }
inline void set_user_rw_tls(uint32_t v) { asm volatile("mcr p15, 0, %0, c13, c0, 2" ::"r"(v)); }

/// ACTLR[3]: lines of zeros go to the level-2 cache as one command. Only while that one expects them so
/// (AUX_CTRL[0] of the PL310) and is on.
inline void write_full_lines_of_zeros() {
    uint32_t actlr;
    asm volatile("mrc p15, 0, %0, c1, c0, 1" : "=r"(actlr));
    asm volatile("mcr p15, 0, %0, c1, c0, 1" ::"r"(actlr | 1U << 3) : "memory");
    isb();
}

/// TLB maintenance: all, one page of one ASID, one page of every ASID, one ASID. Complete on return.
inline void tlb_flush_all() {
    dsb();
    asm volatile("mcr p15, 0, %0, c8, c7, 0" ::"r"(0));
    dsb();
    isb();
}
inline void tlb_flush_page(uint32_t va, uint32_t asid) {
    dsb();
    asm volatile("mcr p15, 0, %0, c8, c7, 1" ::"r"((va & ~0xFFFU) | asid));
    dsb();
    isb();
}
inline void tlb_flush_page_all_asids(uint32_t va) {
    dsb();
    asm volatile("mcr p15, 0, %0, c8, c7, 3" ::"r"(va & ~0xFFFU));
    dsb();
    isb();
}
inline void tlb_flush_asid(uint32_t asid) {
    dsb();
    asm volatile("mcr p15, 0, %0, c8, c7, 2" ::"r"(asid));
    dsb();
    isb();
}

}  // namespace kernel::cpu
