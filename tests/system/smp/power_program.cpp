// Core 1 is switched off and on again by the power controller, as CPU hotplug does it. Prints what core 0
// saw.
#include "bare.hpp"

using namespace bare;

namespace {

constexpr uint32_t kConfiguration = kPmu + 0x2080, kStatus = kPmu + 0x2084, kOn = 3, kPowerBits = 3;
constexpr uint32_t kRounds = 3, kManyReads = 200;

alignas(16384) uint32_t table[4096];
Shared boots, beats, orders, done;  // orders: bit 0 switch yourself off, bit 1 go to sleep

bool is_on() { return (reg(kStatus) & kPowerBits) == kOn; }

/// Looks at the status for a while.
bool stays_on() {
    bool on = true;
    for (uint32_t i = 0; i < kManyReads; ++i) on = is_on() && on;
    return on;
}

/// Whether core 1 goes round its loop.
bool beats_on() {
    const uint32_t before = beats.value;
    stays_on();
    return beats.value != before;
}

void secondary() {
    open_interrupts(1);
    acknowledge_boot(1);
    boots.value = boots.value + 1;
    send_event();
    for (;;) {
        beats.value = beats.value + 1;
        if (orders.value == 0) continue;
        if ((orders.value & 1) != 0) reg(kConfiguration) = 0;
        for (;;) wait_for_interrupt();  // interrupts masked: only power ends it
    }
}

void boot(uint32_t count) {
    orders.value = 0;
    reg(kConfiguration) = kOn;
    while (!is_on()) {
    }
    start_core(1);
    while (boots.value != count) wait_for_event();
}

void say_yes(const char* what, bool yes) { say(what, yes ? 1 : 0); }

/// Core 1 goes down by itself.
void cycle_by_itself(uint32_t count) {
    boot(count);
    say_yes("runs", beats_on());
    orders.value = 1;
    while (is_on()) {
    }
    say_yes("stands", !beats_on());
}

/// Switched off from outside: it goes on until its WFI.
void cycle_from_outside(uint32_t count) {
    boot(count);
    reg(kConfiguration) = 0;
    say_yes("still on", stays_on() && beats_on());
    orders.value = 2;
    while (is_on()) {
    }
    say_yes("stands", !beats_on());
    send_sgi(1, 1);
    say_yes("no interrupt wakes it", !is_on() && !beats_on());
}

}  // namespace

extern "C" int raise(int) { finish(kFailure); }

uint32_t page_table(uint32_t core) {
    if (core != 0) return address_of(table);
    for (uint32_t i = 0; i < 4096; ++i) table[i] = flat_descriptor(i);
    return address_of(table);
}

void handle_irq() {}

void core_main(uint32_t core) {
    if (core != 0) return secondary();
    reg(kGicDist) = 1;
    uint32_t count = 0;
    for (uint32_t i = 0; i < kRounds; ++i) cycle_by_itself(++count);
    cycle_from_outside(++count);
    boot(++count);
    say("boots", boots.value);
    finish(kSuccess);
}
