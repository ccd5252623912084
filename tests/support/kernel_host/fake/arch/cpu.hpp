// The processor of a host build: nothing interrupts, nothing needs ordering, and the TLB is that of
// tests/support/kernel_host/mmu.hpp.
#pragma once

#include <cstdint>

namespace kernel::cpu {

inline uint32_t disable_interrupts() { return 0; }
inline void restore_interrupts(uint32_t) {}
inline void dsb() {}
inline void isb() {}
inline void set_ttbr0(uint32_t) {}
void set_context_id(uint32_t asid);
void tlb_flush_all();
void tlb_flush_page(uint32_t va, uint32_t asid);
void tlb_flush_page_all_asids(uint32_t va);
void tlb_flush_asid(uint32_t asid);

}  // namespace kernel::cpu
