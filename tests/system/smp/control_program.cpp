// What SCTLR, the TLB, the performance monitors and the security state do to a running program, on the whole
// machine. Prints what it saw.
#include "bare.hpp"

using namespace bare;

extern "C" {
extern uint32_t low_vectors[], thumb_vectors[], big_vectors[], monitor_vectors[];
extern uint32_t high_page[], high_page_end[];
uint32_t raise_all(uint32_t hole);
uint32_t raise_two(uint32_t);
uint32_t take_irq();
void big_endian_call(uint32_t* word, uint32_t value, uint32_t* cpsr);
void remap(uint32_t ttbr, uint32_t sctlr);
uint32_t visit_non_secure(uint32_t* monitor_cpsr);
}

namespace {

constexpr uint32_t kSw = 1u << 10, kV = 1u << 13, kEe = 1u << 25, kTe = 1u << 30;
constexpr uint32_t kE = 1u << 9;
constexpr uint32_t kHole = 0x3000'0000, kWindow = 0x7000'0000;
constexpr uint32_t kWalkWriteBack = 0x6A;  // TTBR: shareable, write-back
constexpr uint32_t kCombiner = 0x1044'0000, kPmuCombinerBit = 1u << (8 * 2 + 2), kPmuId = 34;
constexpr uint32_t kSgi = 5;

alignas(16384) uint32_t table[4096], big_table[4096];
alignas(1024) uint32_t pages[256], high_pages[256];
alignas(4096) uint32_t frames[2][1024], high_frame[1024];
volatile uint32_t interrupts[2];  // SGI, performance monitors

uint32_t sctlr() {
    uint32_t value;
    asm volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(value));
    return value;
}
void set_sctlr(uint32_t value) { asm volatile("mcr p15, 0, %0, c1, c0, 0\n\tisb" ::"r"(value) : "memory"); }
void set_vbar(uint32_t* vectors) {
    asm volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" ::"r"(vectors) : "memory");
}
void invalidate_tlb(uint32_t va) {
    asm volatile("dsb\n\tmcr p15, 0, %0, c8, c7, 1\n\tdsb\n\tisb" ::"r"(va) : "memory");
}

// --- vectors

void try_high_vectors() {
    set_vbar(low_vectors);
    say("low vectors", raise_all(kHole), 16);
    set_sctlr(sctlr() | kV);
    say("high vectors", raise_all(kHole), 16);
    send_sgi(0, kSgi);
    uint32_t seen = 0;
    while (interrupts[0] == 0) seen |= take_irq();
    say("high interrupt", seen, 16);
    set_sctlr(sctlr() & ~kV);
    say("low again", raise_all(kHole), 16);
}

void try_thumb_exceptions() {
    set_vbar(thumb_vectors);
    set_sctlr(sctlr() | kTe);
    say("thumb", raise_two(0), 16);
    set_sctlr(sctlr() & ~kTe);
    set_vbar(low_vectors);
}

void try_big_endian_exceptions() {
    uint32_t cpsr = 0, word = 0;
    set_vbar(big_vectors);
    big_endian_call(&word, 0x1122'3344, &cpsr);
    say("little word", word, 16);
    say("little E", cpsr & kE, 16);
    remap(address_of(big_table) | kWalkWriteBack, sctlr() | kEe);
    big_endian_call(&word, 0x1122'3344, &cpsr);
    remap(address_of(table) | kWalkWriteBack, sctlr() & ~kEe);
    say("big word", word, 16);
    say("big E", cpsr & kE, 16);
    set_vbar(low_vectors);
}

// --- SWP

uint32_t swap(uint32_t* at, uint32_t value) {
    register uint32_t old asm("r0") = 0;
    register uint32_t from asm("r1") = value;
    register uint32_t* where asm("r2") = at;
    asm volatile(".inst 0xE1020091"
                 : "+r"(old)
                 : "r"(from), "r"(where)
                 : "memory", "r9", "r10");  // swp r0,r1,[r2]
    return old;
}
void try_swap() {
    uint32_t word = 7;
    const uint32_t off = swap(&word, 8);
    say("swap off", off * 100 + word);
    set_sctlr(sctlr() | kSw);
    const uint32_t on = swap(&word, 9);
    set_sctlr(sctlr() & ~kSw);
    say("swap on", on * 100 + word);
}

// --- TLB

/// A changed entry of a table holds from the TLB's maintenance on.
void try_stale_translation() {
    volatile uint32_t& window = reg(kWindow);
    frames[0][0] = 11;
    frames[1][0] = 22;
    const uint32_t before = window;
    pages[0] = address_of(frames[1]) | 0x45E;
    data_sync_barrier();
    const uint32_t stale = window;
    invalidate_tlb(kWindow);
    say("translation", before * 10000 + stale * 100 + window);
}

// --- performance monitors

void set_counter_near_end() { asm volatile("mcr p15, 0, %0, c9, c13, 0" ::"r"(~0u - 500)); }
uint32_t overflow() {
    uint32_t flags;
    asm volatile("mrc p15, 0, %0, c9, c12, 3" : "=r"(flags));
    return flags;
}
void clear_overflow() { asm volatile("mcr p15, 0, %0, c9, c12, 3" ::"r"(1u << 31)); }
void pass_time() {
    for (volatile uint32_t i = 0; i < 2000; i = i + 1) {
    }
}
void open_pmu_interrupt() {
    reg(kCombiner) = kPmuCombinerBit;
    reg(kGicDist + 0x104) = 1u << (kPmuId - 32);
    *reinterpret_cast<volatile uint8_t*>(kGicDist + 0x800 + kPmuId) = 1;
    asm volatile("mcr p15, 0, %0, c9, c12, 1" ::"r"(1u << 31));  // PMCNTENSET
    asm volatile("mcr p15, 0, %0, c9, c14, 1" ::"r"(1u << 31));  // PMINTENSET
    asm volatile("mcr p15, 0, %0, c9, c12, 0" ::"r"(1u));        // PMCR.E
}
void try_monitor_interrupt() {
    open_pmu_interrupt();
    set_counter_near_end();
    enable_interrupts();
    pass_time();
    say("pmu interrupts", interrupts[1]);
    asm volatile("mcr p15, 0, %0, c9, c14, 2" ::"r"(1u << 31));  // PMINTENCLR
    set_counter_near_end();
    pass_time();
    say("pmu masked", interrupts[1] * 10 + (overflow() >> 31));
    reg(kCombiner + 4) = kPmuCombinerBit;                        // and in the combiner
    asm volatile("mcr p15, 0, %0, c9, c14, 1" ::"r"(1u << 31));  // the flag is still set: the line rises
    pass_time();
    say("pmu masked in the combiner", interrupts[1]);
    reg(kCombiner) = kPmuCombinerBit;
    pass_time();
    say("pmu unmasked", interrupts[1] * 10 + (overflow() >> 31));
    disable_interrupts();
}

// --- security state

void try_secure_monitor() {
    uint32_t cpsr = 0;
    asm volatile("mcr p15, 0, %0, c12, c0, 1\n\tisb" ::"r"(monitor_vectors));  // MVBAR
    say("non-secure", visit_non_secure(&cpsr));
    say("monitor mode", cpsr & 0x1DF, 16);
}

}  // namespace

extern "C" int raise(int) { finish(kFailure); }

uint32_t page_table(uint32_t) {
    for (uint32_t i = 0; i < 4096; ++i) table[i] = flat_descriptor(i);
    table[kWindow >> 20] = address_of(pages) | 1;
    pages[0] = address_of(frames[0]) | 0x45E;  // shareable, write-back, full access
    table[0xFFF] = address_of(high_pages) | 1;
    high_pages[0xF0] = address_of(high_frame) | 0x45E;
    for (uint32_t i = 0; high_page + i != high_page_end; ++i) high_frame[i] = high_page[i];
    for (uint32_t i = 0; i < 4096; ++i) big_table[i] = __builtin_bswap32(table[i]);
    return address_of(table);
}

void handle_irq() {
    const uint32_t iar = reg(kGicCpu + 0xC), id = iar & 0x3FF;
    if (id == kSgi) interrupts[0] = interrupts[0] + 1;
    if (id == kPmuId) {
        interrupts[1] = interrupts[1] + 1;
        clear_overflow();
        data_sync_barrier();
    }
    reg(kGicCpu + 0x10) = iar;
}

void core_main(uint32_t) {
    reg(kGicDist) = 1;
    open_interrupts(0);
    try_high_vectors();
    try_thumb_exceptions();
    try_big_endian_exceptions();
    try_stale_translation();
    try_swap();
    try_monitor_interrupt();
    try_secure_monitor();
    finish(kSuccess);
}
