// System code: SVC round trips, CP15 accesses, TLB maintenance and code written and executed in the page of
// its data.
#include "program.hpp"

namespace {

/// MOV r0, #n; BX lr, written, made visible by the architecture's sequence, and called; the counter lies
/// beside it.
alignas(4096) uint32_t page[1024];

uint32_t call_fresh_code(uint32_t n) {
    page[0] = 0xE3A0'0000 | (n & 0xFF);
    page[1] = 0xE12F'FF1E;
    asm volatile(
        "mcr p15, 0, %0, c7, c11, 1\n"  // DCCMVAU
        "dsb\n"
        "mcr p15, 0, %0, c7, c5, 1\n"  // ICIMVAU
        "mcr p15, 0, %0, c7, c5, 6\n"  // BPIALL
        "dsb\n"
        "isb\n" ::"r"(page)
        : "memory");
    return reinterpret_cast<uint32_t (*)()>(page)() + ++page[512];
}

}  // namespace

uint32_t benchmark() {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 400'000; ++i) {
        sum = system_call(sum);
        uint32_t value;
        asm volatile("mcr p15, 0, %1, c13, c0, 4\n mrc p15, 0, %0, c13, c0, 4"
                     : "=r"(value)
                     : "r"(sum));  // TPIDRPRW
        sum += value;
        if (i % 8 == 0)
            asm volatile("mcr p15, 0, %0, c8, c7, 1\n dsb\n isb" ::"r"(page) : "memory");  // TLBIMVA
        if (i % 16 == 0) sum += call_fresh_code(i);
        sum += ++page[700];
    }
    return sum;
}
