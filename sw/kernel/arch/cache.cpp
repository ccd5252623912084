#include "arch/cache.hpp"

#include "arch/cpu.hpp"
#include "arch/mmio.hpp"

namespace kernel {

namespace {

constexpr uint32_t kLine = 32;  // both levels; CTR and PL310 TRM
constexpr uint32_t kCacheSync = 0x730, kInvLinePa = 0x770, kCleanLinePa = 0x7B0, kCleanInvLinePa = 0x7F0;

VirtAddr outer;

void dccmvac(uint32_t va) { asm volatile("mcr p15, 0, %0, c7, c10, 1" ::"r"(va) : "memory"); }
void dcimvac(uint32_t va) { asm volatile("mcr p15, 0, %0, c7, c6, 1" ::"r"(va) : "memory"); }
void dccimvac(uint32_t va) { asm volatile("mcr p15, 0, %0, c7, c14, 1" ::"r"(va) : "memory"); }
void dccmvau(uint32_t va) { asm volatile("mcr p15, 0, %0, c7, c11, 1" ::"r"(va) : "memory"); }

template <class Op>
void each_line(uint32_t start, uint32_t bytes, Op op) {
    const uint32_t end = start + bytes;
    for (uint32_t at = align_down(start, kLine); at < end; at += kLine) op(at);
}

void outer_lines(uint32_t reg, PhysAddr pa, uint32_t bytes) {
    if (outer.value == 0) return;
    const Mmio l2{outer};
    each_line(pa.value, bytes, [&](uint32_t line) { l2.write32(reg, line); });
    l2.write32(kCacheSync, 0);
}

}  // namespace

void set_outer_cache(VirtAddr registers) { outer = registers; }

void cache_clean(VirtAddr va, PhysAddr pa, uint32_t bytes) {
    each_line(va.value, bytes, dccmvac);
    cpu::dsb();
    outer_lines(kCleanLinePa, pa, bytes);
}

void cache_invalidate(VirtAddr va, PhysAddr pa, uint32_t bytes) {
    const uint32_t end = va.value + bytes;
    if (va.value % kLine) cache_clean_invalidate(va, pa, 1);
    if (end % kLine) cache_clean_invalidate(va + (bytes - 1), pa + (bytes - 1), 1);
    outer_lines(kInvLinePa, pa, bytes);
    each_line(va.value, bytes, dcimvac);
    cpu::dsb();
}

void cache_clean_invalidate(VirtAddr va, PhysAddr pa, uint32_t bytes) {
    each_line(va.value, bytes, dccmvac);
    cpu::dsb();
    outer_lines(kCleanInvLinePa, pa, bytes);
    each_line(va.value, bytes, dccimvac);
    cpu::dsb();
}

void outer_clean_invalidate(PhysAddr pa, uint32_t bytes) { outer_lines(kCleanInvLinePa, pa, bytes); }

void clean_to_unification(VirtAddr va, uint32_t bytes) {
    each_line(va.value, bytes, dccmvau);
    cpu::dsb();
}

void invalidate_instructions() {
    asm volatile("mcr p15, 0, %0, c7, c5, 0" ::"r"(0) : "memory");  // ICIALLU, branch predictors with it
    cpu::dsb();
    cpu::isb();
}

void sync_instructions(VirtAddr va, uint32_t bytes) {
    clean_to_unification(va, bytes);
    invalidate_instructions();
}

void wmb() {
    cpu::dsb();
    if (outer.value == 0) return;
    Mmio{outer}.write32(kCacheSync, 0);
    cpu::dsb();
}

}  // namespace kernel
