// What the bare-metal programs of this folder share: registers, barriers, exclusives, meeting points, output.
#pragma once

#include <cstdint>

extern "C" {
void print(const char* text);
[[noreturn]] void finish(uint32_t reason);
void secondary_entry();
uint32_t page_table(uint32_t core);
void core_main(uint32_t core);
void handle_irq();
}

namespace bare {

inline constexpr uint32_t kChipId = 0x1000'0000, kPmu = 0x1002'0000, kInform5 = 0x1002'0814,
                          kSysram = 0x0202'0000;
inline constexpr uint32_t kGicCpu = 0x1048'0000, kGicDist = 0x1049'0000, kPrivate = 0x1050'0000;
inline constexpr uint32_t kSuccess = 0x20026, kFailure = 0x20023;  // semihosting's ADP_Stopped_ reasons
inline constexpr uint32_t kMaxCores = 4;

inline volatile uint32_t& reg(uint32_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }
template <class T>
uint32_t address_of(T* pointer) {
    return reinterpret_cast<uint32_t>(pointer);
}

inline void data_memory_barrier() { asm volatile("dmb" ::: "memory"); }
inline void data_sync_barrier() { asm volatile("dsb" ::: "memory"); }
inline void instruction_barrier() { asm volatile("isb" ::: "memory"); }
inline void wait_for_event() { asm volatile("wfe" ::: "memory"); }
inline void wait_for_interrupt() { asm volatile("dsb\n\twfi" ::: "memory"); }
inline void send_event() { asm volatile("dsb\n\tsev" ::: "memory"); }
inline void enable_interrupts() { asm volatile("cpsie i" ::: "memory"); }
inline void disable_interrupts() { asm volatile("cpsid i" ::: "memory"); }
/// Sleeps until an interrupt handler has made `condition` true.
template <class Condition>
void sleep_until(const Condition& condition) {
    disable_interrupts();  // or else the last interrupt could come between looking and sleeping
    while (!condition()) {
        wait_for_interrupt();
        enable_interrupts();
        instruction_barrier();
        disable_interrupts();
    }
    enable_interrupts();
}
inline uint32_t this_core() {
    uint32_t id;
    asm volatile("mrc p15, 0, %0, c0, c0, 5" : "=r"(id));
    return id & 3;
}

inline bool exynos4412() { return reg(kChipId) >> 12 == 0xE4412; }
inline uint32_t gic_stride() { return exynos4412() ? 0x4000 : 0x8000; }
inline uint32_t core_count() { return (reg(kPrivate + 4) & 3) + 1; }  // SCU configuration

inline uint32_t add_word(volatile uint32_t* at, uint32_t amount) {
    uint32_t value, failed;
    do {
        asm volatile("ldrex %0, [%2]\n\tadd %0, %0, %3\n\tstrex %1, %0, [%2]"
                     : "=&r"(value), "=&r"(failed)
                     : "r"(at), "r"(amount)
                     : "memory");
    } while (failed != 0);
    return value;
}

struct alignas(32) Shared {
    volatile uint32_t value;
};

/// Where `count` cores wait for each other.
struct MeetingPoint {
    Shared arrived, generation;
    void meet(uint32_t count) {
        const uint32_t now = generation.value;
        data_memory_barrier();
        if (add_word(&arrived.value, 1) == count) {
            arrived.value = 0;
            data_memory_barrier();
            generation.value = now + 1;
            send_event();
        } else {
            while (generation.value == now) wait_for_event();
        }
        data_memory_barrier();
    }
};

inline void send_sgi(uint32_t to, uint32_t id) {
    data_sync_barrier();
    reg(kGicDist + gic_stride() * this_core() + 0xF00) = 1u << (16 + to) | id;
}

/// Opens this core's interface of the external controller.
inline void open_interrupts(uint32_t core) {
    const uint32_t gic = kGicCpu + gic_stride() * core;
    reg(gic + 4) = 0xF0;
    reg(gic) = 1;
    reg(kGicDist + gic_stride() * core + 0x100) = 0xFFFF;
}

inline constexpr uint32_t kNone = 1020;  // the first id that is no interrupt

/// Takes the interrupt that ended the boot ROM's wait; a pending one would end every other.
inline void acknowledge_boot(uint32_t core) {
    const uint32_t gic = kGicCpu + gic_stride() * core;
    for (uint32_t iar = reg(gic + 0xC); (iar & 0x3FF) < kNone; iar = reg(gic + 0xC)) reg(gic + 0x10) = iar;
}

/// Lets a core leave the boot ROM's pen.
inline void start_core(uint32_t core) {
    reg(exynos4412() ? kSysram + 4 * core : kInform5) = address_of(&secondary_entry);
    send_sgi(core, 0);
}
inline void start_secondaries(uint32_t count) {
    reg(kGicDist) = 1;
    for (uint32_t core = 1; core < count; ++core) start_core(core);
}

/// RAM shareable write-back, registers Device.
inline uint32_t flat_descriptor(uint32_t mib) {
    const bool ram = mib >= 0x400 && mib < 0x500, device = mib == 0x020 || (mib >= 0x100 && mib < 0x140);
    return ram ? mib << 20 | 0x11C0E : device ? mib << 20 | 0xC06 : 0;
}

inline uint32_t put_number(char* text, uint32_t number, uint32_t base) {
    uint32_t digits = 1;
    for (uint32_t rest = number; rest >= base; rest /= base) ++digits;
    for (uint32_t i = digits; i-- > 0; number /= base) text[i] = "0123456789abcdef"[number % base];
    return digits;
}
inline void say(const char* what, uint32_t number, uint32_t base = 10) {
    char text[64];
    uint32_t n = 0;
    for (; *what != 0; ++what) text[n++] = *what;
    text[n++] = ' ';
    n += put_number(text + n, number, base);
    text[n++] = '\n';
    text[n] = 0;
    print(text);
}

}  // namespace bare
