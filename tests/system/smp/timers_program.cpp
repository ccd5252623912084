// Every core uses what the Cortex-A9 gives it in its private region: timer, watchdog, its comparator of the
// global timer, and its own interrupt controller in front of the chip's. Prints counts that are the same on
// every machine.
#include "bare.hpp"

using namespace bare;

namespace {

constexpr uint32_t kInterface = kPrivate + 0x100, kGlobal = kPrivate + 0x200, kTimer = kPrivate + 0x600,
                   kWatchdog = kPrivate + 0x620, kDistributor = kPrivate + 0x1000;
constexpr uint32_t kGlobalId = 27, kTimerId = 29, kWatchdogId = 30, kPinId = 31;
constexpr uint32_t kEnable = 1, kAutoReload = 2, kIrqEnable = 4, kGlobalCompare = 2, kGlobalAuto = 8;
constexpr uint32_t kPeriod = 10'000, kTicks = 4, kSgi = 5;

alignas(16384) uint32_t table[4096];
MeetingPoint everybody;
uint32_t cores;
struct alignas(32) PerCore {
    volatile uint32_t ticks, barks, matches, pins, sgis, strangers;
    volatile uint32_t first_tick, last_tick;
    bool own_registers, own_base;
};
PerCore seen[kMaxCores];

void meet() { everybody.meet(cores); }

void open_private_interrupts() {
    reg(kDistributor) = 1;
    reg(kDistributor + 0x100) = 1u << kGlobalId | 1u << kTimerId | 1u << kWatchdogId | 1u << kPinId;
    reg(kInterface + 4) = 0xF0;
    reg(kInterface) = 1;
}

void note_tick(PerCore& mine) {
    reg(kTimer + 0xC) = 1;
    mine.last_tick = reg(kGlobal);
    if (mine.ticks == 0) mine.first_tick = mine.last_tick;
    mine.ticks = mine.ticks + 1;
    if (mine.ticks == kTicks) reg(kTimer + 8) = 0;
}
void note_match(PerCore& mine) {
    reg(kGlobal + 0xC) = 1;
    mine.matches = mine.matches + 1;
    if (mine.matches == kTicks) reg(kGlobal + 8) = kEnable;
}
void note_bark(PerCore& mine) {
    reg(kWatchdog + 0xC) = 1;
    mine.barks = mine.barks + 1;
}
/// Something from the chip's controller.
void note_pin(PerCore& mine, uint32_t core) {
    const uint32_t gic = kGicCpu + gic_stride() * core, iar = reg(gic + 0xC);
    if ((iar & 0x3FF) >= kNone) return;
    if ((iar & 0x3FF) == kSgi) mine.sgis = mine.sgis + 1;
    reg(gic + 0x10) = iar;
}

/// Registers of two cores at one address do not meet.
bool registers_are_own(uint32_t core) {
    reg(kTimer) = 1000 + core;
    reg(kWatchdog) = 2000 + core;
    reg(kGlobal + 0x10) = 3000 + core;
    meet();
    const bool own =
        reg(kTimer) == 1000 + core && reg(kWatchdog) == 2000 + core && reg(kGlobal + 0x10) == 3000 + core;
    meet();
    return own;
}

void run_timer(PerCore& mine) {
    reg(kTimer) = kPeriod - 1;
    reg(kTimer + 8) = kEnable | kAutoReload | kIrqEnable;
    sleep_until([&] { return mine.ticks == kTicks; });
}
void run_watchdog(PerCore& mine, uint32_t core) {
    reg(kWatchdog) = kPeriod + 1000 * core;
    reg(kWatchdog + 8) = kEnable | kIrqEnable;
    sleep_until([&] { return mine.barks != 0; });
}
void run_comparator(PerCore& mine, uint32_t core) {
    reg(kGlobal + 0x10) = reg(kGlobal) + kPeriod + 1000 * core;
    reg(kGlobal + 0x14) = 0;
    reg(kGlobal + 0x18) = kPeriod;
    reg(kGlobal + 8) = kEnable | kGlobalCompare | kIrqEnable | kGlobalAuto;
    sleep_until([&] { return mine.matches == kTicks; });
}

void print_results() {
    say("cores", cores);
    for (uint32_t n = 0; n < cores; ++n) {
        const PerCore& c = seen[n];
        say("core", n);
        say("base", c.own_base);
        say("own", c.own_registers);
        say("ticks", c.ticks);
        say("barks", c.barks);
        say("matches", c.matches);
        say("sgis", c.sgis);
        say("strangers", c.strangers);
        // Three periods of the private timer by the global timer's count.
        say("periods", (c.last_tick - c.first_tick + kPeriod / 2) / kPeriod);
    }
    for (uint32_t n = 0; n < cores; ++n) say("pins", seen[n].pins);
}

}  // namespace

extern "C" int raise(int) { finish(kFailure); }

uint32_t page_table(uint32_t core) {
    if (core != 0) return address_of(table);
    for (uint32_t i = 0; i < 4096; ++i) table[i] = flat_descriptor(i);
    return address_of(table);
}

void handle_irq() {
    const uint32_t core = this_core(), iar = reg(kInterface + 0xC), id = iar & 0x3FF;
    PerCore& mine = seen[core];
    if (id == kTimerId) note_tick(mine);
    if (id == kWatchdogId) note_bark(mine);
    if (id == kGlobalId) note_match(mine);
    if (id == kPinId) mine.pins = mine.pins + 1;
    if (id == kPinId || id >= kNone) note_pin(mine, core);
    if (id < kGlobalId || id == kGlobalId + 1) mine.strangers = mine.strangers + 1;
    if (id < kNone) reg(kInterface + 0x10) = iar;
}

void core_main(uint32_t core) {
    if (core == 0) {
        cores = core_count();
        data_memory_barrier();
        start_secondaries(cores);
    }
    PerCore& mine = seen[core];
    open_interrupts(core);
    acknowledge_boot(core);
    meet();
    uint32_t base;
    asm("mrc p15, 4, %0, c15, c0, 0" : "=r"(base));
    mine.own_base = base == kPrivate;
    mine.own_registers = registers_are_own(core);
    if (core == 0) reg(kGlobal + 8) = kEnable;
    open_private_interrupts();
    enable_interrupts();
    meet();
    run_timer(mine);
    meet();
    run_watchdog(mine, core);
    meet();
    run_comparator(mine, core);
    meet();
    send_sgi((core + 1) % cores, kSgi);
    sleep_until([&] { return mine.sgis != 0; });
    meet();
    if (core != 0) return;
    print_results();
    finish(kSuccess);
}
