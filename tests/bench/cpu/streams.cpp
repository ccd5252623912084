// Memory: copies by LDM/STM, strides of a cache line and of a page, and a random chase through 16 MiB.
#include "program.hpp"

namespace {

constexpr uint32_t kWords = 4u << 20;
auto* const memory = reinterpret_cast<uint32_t*>(0x4200'0000);
auto* const other = reinterpret_cast<uint32_t*>(0x4380'0000);

void copy(uint32_t* to, const uint32_t* from, uint32_t bytes) {
    asm volatile(
        "1: ldmia %1!, {r4-r11}\n"
        "   stmia %0!, {r4-r11}\n"
        "   subs  %2, %2, #32\n"
        "   bne   1b\n"
        : "+r"(to), "+r"(from), "+r"(bytes)::"r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "cc",
          "memory");
}

uint32_t strided(uint32_t stride_words, uint32_t count) {
    uint32_t sum = 0;
    for (uint32_t i = 0, at = 0; i < count; ++i, at = (at + stride_words) & (kWords - 1)) sum += memory[at]++;
    return sum;
}

/// A single cycle through all lines, by Sattolo's shuffle of line numbers kept in the lines' first words.
void link_lines() {
    uint32_t seed = 5;
    constexpr uint32_t kLines = kWords / 8;
    for (uint32_t i = 0; i < kLines; ++i) memory[8 * i] = i;
    for (uint32_t i = kLines - 1; i > 0; --i) {
        const uint32_t j = static_cast<uint32_t>(uint64_t{next_random(seed)} * i >> 32);
        const uint32_t line = memory[8 * i];
        memory[8 * i] = memory[8 * j];
        memory[8 * j] = line;
    }
}

uint32_t chase(uint32_t count) {
    uint32_t line = 0;
    while (count--) line = memory[8 * line];
    return line;
}

}  // namespace

uint32_t benchmark() {
    uint32_t seed = 9, sum = 0;
    for (uint32_t i = 0; i < kWords; ++i) memory[i] = next_random(seed);
    for (int i = 0; i < 4; ++i) copy(other, memory, 4 * kWords);
    sum += strided(8, 4'000'000) + strided(1024 + 8, 2'000'000);
    link_lines();
    return sum + chase(1'500'000);
}
