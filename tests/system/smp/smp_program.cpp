// A bare-metal program for two to four cores: locks, exclusive counters of every size, a ring of interrupts,
// WFE and SEV, broadcast TLB maintenance. Prints the same on any machine with the same number of cores.
#include "bare.hpp"

using namespace bare;

namespace {

constexpr uint32_t kRounds = 2000, kLaps = 100;
constexpr uint32_t kRingSgi = 3;

alignas(16384) uint32_t table[4096];
alignas(1024) uint32_t pages[256];
alignas(4096) uint32_t frames[2][1024];

Shared lock, guarded, words, laps, remapped, seen[4];
struct alignas(32) {
    volatile uint64_t value;
} doubles;
struct alignas(32) {
    volatile uint16_t half[2];
    volatile uint8_t byte[4];
} small;
MeetingPoint everybody;
uint32_t cores;
volatile uint32_t ring_count[4];

// --- exclusives, one flavour each

void add_half(volatile uint16_t* at) {
    uint32_t value, failed;
    do {
        asm volatile("ldrexh %0, [%2]\n\tadd %0, %0, #1\n\tstrexh %1, %0, [%2]"
                     : "=&r"(value), "=&r"(failed)
                     : "r"(at)
                     : "memory");
    } while (failed != 0);
}
void add_byte(volatile uint8_t* at) {
    uint32_t value, failed;
    do {
        asm volatile("ldrexb %0, [%2]\n\tadd %0, %0, #1\n\tstrexb %1, %0, [%2]"
                     : "=&r"(value), "=&r"(failed)
                     : "r"(at)
                     : "memory");
    } while (failed != 0);
}
void add_double(volatile uint64_t* at) {
    uint64_t value;
    uint32_t failed;
    do {
        asm volatile("ldrexd %0, %H0, [%2]\n\tadds %0, %0, #3\n\tadc %H0, %H0, #1\n\tstrexd %1, %0, %H0, [%2]"
                     : "=&r"(value), "=&r"(failed)
                     : "r"(at)
                     : "memory", "cc");
    } while (failed != 0);
}

void acquire(Shared& s) {
    uint32_t value, failed = 1;
    while (failed != 0) {
        asm volatile("ldrex %0, [%1]" : "=r"(value) : "r"(&s.value) : "memory");
        if (value != 0) {
            wait_for_event();
            continue;
        }
        asm volatile("strex %0, %2, [%1]" : "=&r"(failed) : "r"(&s.value), "r"(1) : "memory");
    }
    data_memory_barrier();
}
void release(Shared& s) {
    data_memory_barrier();
    s.value = 0;
    send_event();
}

void meet() { everybody.meet(cores); }

void count(uint32_t core) {
    for (uint32_t i = 0; i < kRounds; ++i) {
        acquire(lock);
        guarded.value = guarded.value + 1;
        release(lock);
        add_word(&words.value, core + 1);
        add_double(&doubles.value);
        add_half(&small.half[i & 1]);
        add_byte(&small.byte[i & 3]);
    }
}

/// A token goes round by SGI; the handler passes it on.
void ring(uint32_t core) {
    enable_interrupts();
    meet();
    if (core == 0) send_sgi(1 % cores, kRingSgi);
    while (laps.value < kLaps) wait_for_event();
    meet();
}

void share_a_page(uint32_t core) {
    volatile uint32_t* const window = reinterpret_cast<volatile uint32_t*>(0x7000'0000);
    meet();
    seen[core].value = *window;  // frame 0, now in every core's TLB
    meet();
    if (core == 0) {
        pages[0] = address_of(frames[1]) | 0x45E;
        data_sync_barrier();
        asm volatile("mcr p15, 0, %0, c8, c3, 1" ::"r"(window) : "memory");  // TLBIMVAIS
        data_sync_barrier();
        asm volatile("isb" ::: "memory");
    }
    meet();
    seen[core].value = seen[core].value * 100 + *window;
    meet();
}

}  // namespace

// The compiler's division calls it for a zero divisor.
extern "C" int raise(int) { finish(kFailure); }

/// A flat map and one MiB of pages at 0x7000'0000. Core 0 builds it for all.
uint32_t page_table(uint32_t core) {
    if (core != 0) return address_of(table);
    for (uint32_t i = 0; i < 4096; ++i) table[i] = flat_descriptor(i);
    table[0x700] = address_of(pages) | 1;
    pages[0] = address_of(frames[0]) | 0x45E;  // shareable, write-back, full access
    frames[0][0] = 11;
    frames[1][0] = 22;
    return address_of(table);
}

void handle_irq() {
    const uint32_t core = this_core(), gic = kGicCpu + gic_stride() * core;
    const uint32_t iar = reg(gic + 0xC);
    if ((iar & 0x3FF) >= 1020) return;
    reg(gic + 0x10) = iar;
    if ((iar & 0x3FF) != kRingSgi) return;
    ring_count[core] = ring_count[core] + 1;
    if (core == 0) laps.value = laps.value + 1;
    if (laps.value < kLaps) {
        send_sgi((core + 1) % cores, kRingSgi);
    }
    send_event();
}

void core_main(uint32_t core) {
    if (core == 0) {
        cores = core_count();
        data_memory_barrier();
        start_secondaries(cores);
    }
    open_interrupts(core);
    meet();
    count(core);
    meet();
    ring(core);
    share_a_page(core);
    if (core != 0) return;
    say("cores", cores);
    say("guarded", guarded.value);
    say("words", words.value);
    say("doubles low", static_cast<uint32_t>(doubles.value));
    say("doubles high", static_cast<uint32_t>(doubles.value >> 32));
    say("halves", small.half[0] + small.half[1]);
    say("bytes", small.byte[0]);
    for (uint32_t n = 0; n < cores; ++n) say("ring", ring_count[n]);
    for (uint32_t n = 0; n < cores; ++n) say("pages", seen[n].value);
    finish(kSuccess);
}
