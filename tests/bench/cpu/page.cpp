// Counters in the page of the code that counts, as literal pools and small run-time compilers have it. Built
// twice: with DATA_APART the same loop counts in a page of its own, which shows what the neighbourhood costs.
#include "program.hpp"

namespace {

constexpr uint32_t kCounters = 256, kRounds = 30'000'000;

#ifndef DATA_APART
#define DATA_APART 0
#endif

// uint32_t* count(uint32_t rounds, uint32_t seed): increments the counter that a xorshift generator names.
asm(R"(
        .section .data.page, "aw"
        .balign 4096
count:  ldr     r2, =counters
1:      eor     r1, r1, r1, lsl #13
        eor     r1, r1, r1, lsr #17
        eor     r1, r1, r1, lsl #5
        uxtb    r3, r1
        ldr     r12, [r2, r3, lsl #2]
        add     r12, r12, r1, lsr #31
        add     r12, r12, #1
        str     r12, [r2, r3, lsl #2]
        subs    r0, r0, #1
        bne     1b
        mov     r0, r2
        bx      lr
        .ltorg
)"
#if DATA_APART
    "       .balign 4096\n"
#endif
    R"(
counters:
        .space  1024
        .text
)");

extern "C" uint32_t* count(uint32_t rounds, uint32_t seed);

}  // namespace

uint32_t benchmark() {
    uint32_t sum = 0;
    const uint32_t* counters = count(kRounds, 0x1234'5678);
    for (uint32_t i = 0; i < kCounters; ++i) sum = sum * 31 + counters[i];
    return sum;
}
